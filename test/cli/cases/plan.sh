# graph --plan says how layers are tiled, run --plan forces it; the results' bits never depend on it.
# needs: python3
# shellcheck shell=sh disable=SC2086,SC2154 # options are split on purpose
run="run --model odd/model.safetensors --config odd/config.json --input odd/input.npy"

start "graph --plan: a table"
spikeq graph cifar/model.safetensors --config cifar/config.json --plan --rates 0.1,0.5 --isa scalar
exits 0
is_silent
prints_part "arithmetic f32, kernels scalar"
prints_part "caches: first level "
line=$(grep '^block.0.mlp.fc2_linear ' "$top/out" | tr -s ' ' | cut -d' ' -f1-6)
holds "$line" "block.0.mlp.fc2_linear accumulate_f32 256 64 0.1 25.6"
line=$(grep '^patch_embed.proj_conv ' "$top/out" | tr -s ' ')
holds "$line" "patch_embed.proj_conv dense_f32 27 8"
spikeq graph cifar/config.json --plan --rates 0.1,0.5 --isa scalar
exits 0
prints_part "block.0.mlp.fc2_linear"
spikeq graph cifar/model.safetensors --config cifar/config.json --plan --arith fixed
exits 0
prints_part "arithmetic fixed weights=8 "
prints_part "accumulate_i8"
spikeq graph cifar/model.safetensors --config cifar/config.json --plan --arith fixed --weight-bits 12
prints_part "accumulate_i16"
leaves
finish

start "run --plan: what graph --plan prints, and a file of one's own; nothing but the report's timing says so"
spikeq $run --json
exits 0
cp "$top/out" plain.json
spikeq graph odd/model.safetensors --config odd/config.json --plan --json
exits 0
is_silent
cp "$top/out" plan.json
printf '{"format": "spikeq plan", "version": 1, "layers": [{"layer": "block.0.mlp.fc1_linear",
    "tilings": [{"lines": 1, "taps": 1, "channels": 48}]}]}\n' >own.json
for how in plan.json "own.json --threads 3 --schedule step --isa scalar"; do
    spikeq $run --json --plan $how
    exits 0
    is_silent
    cp "$top/out" forced.json
    holds "$(python3 - "${how%% *}" 2>&1 <<'PYTHON'
import json, sys
plain, forced = (json.load(open(path)) for path in ("plain.json", "forced.json"))
plan = forced.pop("timing")["plan"]
assert "plan" not in plain.pop("timing") and plain == forced
assert plan["file"] == sys.argv[1], plan
wanted = sum("tilings" in layer for layer in json.load(open(sys.argv[1]))["layers"])
assert plan["layers"] == wanted > 0, plan
print("agrees")
PYTHON
    )" agrees
done
spikeq $run --plan own.json
exits 0
prints_part "plan      own.json: tilings of 1 layer forced"
rm plain.json forced.json plan.json own.json
leaves
finish

# refused NAME SENTENCE TEXT: a plan that is not taken
refused() {
    start "run --plan: $1"
    printf '%s\n' "$3" >p.json
    spikeq $run --plan p.json --report r.json --trace t.db
    exits 1
    prints_nothing
    says "spikeq run: p.json: $2"
    rm p.json
    leaves
    finish
}
plan='{"format": "spikeq plan", "version": 1, "layers": ['
refused "an unknown layer" 'the network has no layer "block.7.mlp.fc1_linear"; spikeq graph --plan lists them' \
    "$plan{\"layer\": \"block.7.mlp.fc1_linear\", \"tilings\": [{\"lines\": 1, \"taps\": 1, \"channels\": 48}]}]}"
refused "channels that it has not" 'layer block.0.mlp.fc1_linear, tiling 1: "channels": expected a whole number from 1 to 48' \
    "$plan{\"layer\": \"block.0.mlp.fc1_linear\", \"tilings\": [{\"lines\": 1, \"taps\": 1, \"channels\": 0}]}]}"
refused "a key that would force nothing" 'plan: "isa" forces nothing; leave it out' \
    '{"format": "spikeq plan", "version": 1, "isa": "avx2", "layers": []}'
refused "another file" 'not a plan: "format" is not "spikeq plan"; spikeq graph --plan --json writes one' "{}"
refuse 1 "run --plan: no such file" "spikeq run: none.json: cannot be opened: No such file or directory" $run --plan none.json

refuse 2 "graph --rates: without a plan" "spikeq graph: --rates is of a plan, and would change nothing; give --plan too" graph cifar/config.json --rates 0.1
refuse 2 "graph --arith: without a plan" "spikeq graph: --arith is of a plan, and would change nothing; give --plan too" graph cifar/config.json --arith fixed
refuse 2 "graph --plan: as a picture" "spikeq graph: --format dot: a plan is text or json" graph cifar/config.json --plan --dot
refuse 2 "graph --plan: rates" "spikeq graph: --rates 0.2,0.1: expected firing rates above 0, at most 1, ascending, separated by commas" graph cifar/config.json --plan --rates 0.2,0.1
refuse 2 "graph --plan: integers without weights" "spikeq graph: cifar/config.json: is a configuration without weights, which decide how integers are tiled; give a checkpoint" graph cifar/config.json --plan --arith fixed
refuse 2 "graph --plan: an instruction set" "spikeq graph: isa mmx: not one of auto, scalar, avx2, avx512" graph cifar/config.json --plan --isa mmx

start "graph --plan: not of a run that was"
spikeq $run --quiet --report r.json
spikeq graph r.json --plan
exits 2
says "spikeq graph: r.json: is a report; a plan is of a checkpoint, a configuration or an architecture"
rm r.json
leaves
finish

start "graph: what stands behind a NUL byte"
printf '{"nodes": []}\0{}\n' >nul.json
spikeq graph nul.json
exits 1
prints_nothing
says "spikeq graph: nul.json: not JSON: byte 0x00 at 13 is not UTF-8 text"
rm nul.json
leaves
finish
