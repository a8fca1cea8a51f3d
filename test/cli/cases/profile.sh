# run --profile: every node's time and additions; nothing else changes.
# needs: python3
# shellcheck shell=sh disable=SC2086,SC2154 # options are split on purpose
see="see spikeq run --help"

# profiled PLAIN PROFILED: the reports differ by timing.profile alone, whose additions are those of the run, node
# by node in the order of the graph, with times and shares that agree.
profiled() {
    python3 - "$@" <<'PYTHON'
import json, sys
plain, with_it = (json.load(open(path)) for path in sys.argv[1:])
timing = with_it.pop("timing")
assert "profile" not in plain.pop("timing") and plain == with_it
profile = timing["profile"]
nodes, limit = profile["nodes"], profile["limit_additions_per_second"]
assert limit > 1e8
assert sum(n["additions"] for n in nodes) == plain["totals"]["additions"], "additions"
assert {p["name"] for p in plain["populations"]} < {n["name"] for n in nodes}
assert all(n["seconds"] > 0 for n in nodes)
for n in nodes:
    assert abs(n["share_of_limit"] * n["seconds"] * limit - n["additions"]) <= 1e-6 * n["additions"]
share = plain["totals"]["additions"] / (timing["seconds"] * timing["threads"] * limit)
assert abs(profile["share_of_limit"] - share) <= 1e-6 * share
print("agrees")
PYTHON
}

for set in cifar odd dvs; do
    start "run --profile: $set"
    run="run --model $set/model.safetensors --config $set/config.json --input $set/input.npy"
    spikeq $run --json
    exits 0
    cp "$top/out" plain.json
    for how in "--threads 3" "--threads 1 --schedule step --isa scalar"; do
        spikeq $run --json --profile $how
        exits 0
        is_silent
        cp "$top/out" profiled.json
        holds "$(profiled plain.json profiled.json 2>&1 | tail -n 1)" agrees
    done
    spikeq $run --profile --trace t.db
    exits 0
    prints_part "profile: processor time of "
    prints_part "; times vary from run to run"
    prints_part "sum of nodes "
    prints_part "% of what its threads could add"
    spikeq $run --trace u.db --quiet
    spikeq diff t.db u.db
    exits 0
    rm plain.json profiled.json t.db u.db
    leaves
    finish
done

run="run --model odd/model.safetensors --config odd/config.json --input odd/input.npy"
refuse 2 "run --profile: nowhere to go" "spikeq run: --profile has nowhere to go: --quiet prints nothing, and no --report is given; $see" $run --profile --quiet
refuse 2 "run --profile: samples that do not run" "spikeq run: --profile measures the samples that run, and cannot be combined with --resume" $run --profile --trace t.db --resume

start "run --profile: relatives, whose streams of reals take time and no additions"
for config in fashion-spikingformer-1-64 fashion-sdt-1-64; do
    model="--model $root/configs/models/weights/$config.safetensors --config $root/configs/models/$config.json"
    spikeq synthesize --config "$root/configs/models/$config.json" --rate 0.1 -o m.safetensors --save-input n.npy --limit 2
    spikeq run $model --input n.npy --json
    cp "$top/out" plain.json
    spikeq run $model --input n.npy --json --profile
    exits 0
    cp "$top/out" profiled.json
    holds "$(profiled plain.json profiled.json 2>&1 | tail -n 1)" agrees
    rm m.safetensors n.npy plain.json profiled.json
done
leaves
finish
