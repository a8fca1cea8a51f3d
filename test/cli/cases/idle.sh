# Options that would change nothing are refused, so that nobody believes they did.
# shellcheck shell=sh disable=SC2086,SC2154 # options are split on purpose
golden="--model cifar/model.safetensors --config cifar/config.json"
start "a trace and a report to ask"
spikeq run $golden --input cifar/input.npy --quiet --trace "$top/idle.db" --report "$top/idle.json"
exits 0
leaves
finish

# idle COMMAND "ARGUMENT..." "OPTION..." SENTENCE: without the options it is done, with them refused.
idle() {
    start "idle: $1 $3"
    spikeq $1 $2
    exits 0
    rm -rf out
    spikeq $1 $2 $3
    exits 2
    says "spikeq $1: $4; see spikeq $1 --help"
    prints_nothing
    leaves
    finish
}

for source in "$top/idle.json" "$top/idle.db"; do
    idle energy $source "--limit 1" "--labels and --limit go with --model and --input"
    idle energy $source "--labels l.npy" "--labels and --limit go with --model and --input"
    idle energy $source "--config cifar/config.json" "--config goes with --model or --rates"
done
for option in "--convention exact" "--hardware loihi" "--per layer" "--switch pool=ac" "--limit 1"; do
    idle energy --list "$option" "--list shows everything; it goes with options of format alone"
done
idle quantize "$golden --bits 8" "--limit 3" "--limit and --threads go with --calibrate"
idle quantize "$golden --bits 8" "--threads 2" "--limit and --threads go with --calibrate"
idle quantize "$golden --bits 8" --force "--force goes with -o"
idle export "$top/idle.db --to csv" --force "--force goes with -o FILE"
idle export "$top/idle.db --to csv -o -" --force "--force goes with -o FILE"
idle analyze "$top/idle.db --json -" "--top 3" "--top goes with tables; output to - is complete"
printf '1000 3 4 1\n2000 5 6 0\n' >"$top/idle.txt"
idle events "$top/idle.txt" --force "--force goes with --dump-events and -o"

for option in "--seed 3" "--threads 2" "--batch 2" "--schedule step" "--schedule layer" "--isa scalar" \
    "--config cifar/config.json" "--set T=4" "--input cifar/input.npy" "--shift 0" "--drop 0"; do
    name=${option%% *}
    idle replay "$top/idle.db" "$option" "$name goes with --model: only then something is computed"
done
idle replay "$top/idle.db --stream -" "--threads 2" "--threads goes with --model: only then something is computed"
idle replay "$top/idle.db --stream -" --json "--json goes with no --stream"
idle replay "$top/idle.db $golden --from block.0" "--seed 3" "--seed goes with --drop"

start "idle: replay --from block.0 --input"
spikeq replay "$top/idle.db" $golden --from block.0 --input cifar/input.npy
exits 2
says "spikeq replay: --input cifar/input.npy: nothing begins at the input here; it goes with --from input"
leaves
finish
rm "$top/idle.db" "$top/idle.json" "$top/idle.txt"
