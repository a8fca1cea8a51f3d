#!/bin/sh
# An analysis of 10,000 samples against the run that recorded them, in one go: seconds, processor
# seconds, peak KiB, ratio of the seconds. Prints, judges nothing. Aims: 30 s, 200 MiB, a ratio of 1.
cd "$(dirname "$0")/../.." || exit 1
data=/usr/share/datasets/fashion-mnist
model=configs/models/weights/fashion-2-64.safetensors
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM

if ! [ -x /usr/bin/time ]; then
    echo "install the package time for this benchmark"
    exit 0
fi

# measure COMMAND...: "wall processor KiB"
measure() {
    /usr/bin/time -f '%e %U %S %M' -o "$folder/time" "$@" >"$folder/out" || exit 1
    awk '{ print $1, $2 + $3, $4 }' "$folder/time"
}

run=$(measure build/spikeq run --quiet --model $model --config fashion-2-64 --trace "$folder/a.db" \
    --input $data/t10k-images-idx3-ubyte.gz --labels $data/t10k-labels-idx1-ubyte.gz)
plain=$(measure build/spikeq analyze "$folder/a.db" --json "$folder/a.json" --force)
full=$(measure build/spikeq analyze "$folder/a.db" --json "$folder/a.json" --force --csv "$folder/csv" \
    --model $model --config fashion-2-64)
pair=$(measure build/spikeq analyze "$folder/a.db" "$folder/a.db" --json "$folder/b.json" --force)
echo "10,000 images: seconds, processor seconds, peak KiB; seconds over those of the run"
while read -r name figures; do
    echo "$name: $figures $(echo "$run $figures" | awk '{ printf "%.2f", $4 / $1 }')"
done <<END
run_with_trace $run
analyze $plain
analyze_with_model $full
analyze_two_traces $pair
END
echo "JSON of one trace: $(wc -c <"$folder/a.json") bytes"
