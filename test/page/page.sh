#!/bin/sh
# The page of spikeq analyze --html in headless Chromium, of real traces; pictures of it are kept as
# build/page.png, page-dark.png and page-phone.png. "N passed, N failed" last.
root=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
spikeq=${SPIKEQ:-${B:-build/${VARIANT:-release}}/spikeq}
case $spikeq in /*) ;; *) spikeq=$root/$spikeq ;; esac
export SPIKEQ_CONFIGS="$root/configs" LC_ALL=C.UTF-8
data=/usr/share/datasets/fashion-mnist
model=$root/configs/models/weights/fashion-2-64.safetensors
if ! command -v chromium >/dev/null; then
    echo "skip: the page in a browser: needs chromium"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
top=$(mktemp -d) || exit 1
trap 'rm -rf "$top"' EXIT
trap 'exit 1' HUP INT TERM
cd "$top" || exit 1

record() { # TRACE SAMPLES [OPTION...]
    trace=$1 limit=$2
    shift 2
    "$spikeq" run --model "$model" --config fashion-2-64 --input $data/t10k-images-idx3-ubyte.gz \
        --limit "$limit" --trace "$trace" --quiet "$@" >/dev/null
}

analyze() { # NAME TRACE... [OPTION...]: NAME.json and NAME.html
    name=$1
    shift
    "$spikeq" analyze "$@" --json "$name.json" --html "$name.html" >/dev/null
}

mkdir 'odd<'
record full.db 40 --labels $data/t10k-labels-idx1-ubyte.gz &&
    record 'odd</script><!--.db' 1 --set T=1 &&
    record counts.db 3 --trace-detail counts &&
    record integers.db 3 --arith fixed &&
    record other.db 40 --labels $data/t10k-labels-idx1-ubyte.gz --set v_threshold=1.1 &&
    analyze full full.db --model "$model" --config fashion-2-64 &&
    printf '%s\n' T-shirt/top Trouser Pullover Dress Coat Sandal '<i>Shirt</i>' Sneaker Bag Bag >names.txt &&
    analyze named full.db --class-names names.txt --raster-sample 3 &&
    analyze unpriced full.db --hardware loihi 2>/dev/null &&
    analyze integers integers.db --hardware fixed_45nm 2>/dev/null &&
    analyze odd 'odd</script><!--.db' &&
    analyze counts counts.db &&
    analyze two full.db other.db &&
    /usr/bin/python3 -B "$root/test/page/check_page.py" "$top" "$root/build"
