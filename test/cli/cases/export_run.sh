# A run, recorded and exported: the arrays are those of --dump, and what enters each layer has as many
# nonzeros as the run counted events there.
# shellcheck shell=sh disable=SC2086,SC2154,SC2034,SC2010,SC2012 # options are split on purpose
numpy=
for python in python3 /usr/bin/python3; do
    [ -n "$numpy" ] || ! $python -c 'import numpy' 2>/dev/null || numpy=$python
done
for set in cifar odd dvs; do
    start "export of a run: $set"
    if [ -z "$numpy" ]; then
        skip "$name" "needs python3 with NumPy"
        continue
    fi
    spikeq run --model $set/model.safetensors --config $set/config.json --input $set/input.npy \
        --limit 1 --quiet --trace a.db --dump dump --report r.json
    exits 0
    for format in npz prosperity; do
        spikeq export a.db --to $format -o $format
        exits 0
        is_silent
        prints_nothing
    done
    $numpy - <<'END' >"$top/out" 2>&1
import glob, json, numpy
arrays, keys = numpy.load("npz"), numpy.load("prosperity")
dumped = {path[5:-4]: numpy.load(path) for path in glob.glob("dump/*.npy") if path != "dump/head_in.npy"}
assert set(dumped) <= set(arrays) and len(dumped) > 10
for name, array in dumped.items():
    assert numpy.array_equal(arrays[name], array) and arrays[name].dtype == array.dtype, name
events = {s["name"].replace("_conv", "_linear") if "block" in s["name"] else s["name"]: s["events"]
          for s in json.load(open("r.json"))["synapses"]}
layer = {"fc_q": "attn.q", "fc_o": "attn.proj", "fc_1": "mlp.fc1", "fc_2": "mlp.fc2"}
for key in keys:
    if key.endswith("_sps"):
        name = {"1": "proj_conv1", "2": "proj_conv2", "3": "proj_conv3", "rpe": "rpe_conv"}[key[7:-4]]
        assert keys[key].sum() == events["patch_embed." + name], key
    elif key.startswith("fc_"):
        assert keys[key].sum() == events[f"block.{key[9:]}.{layer[key[:4]]}_linear"], key
END
    status=$?
    exits 0
    prints </dev/null
    finish
done
