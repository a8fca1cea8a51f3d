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

# Spike-driven Transformer: neurons stand in front of their layers, and attention lets q through channel by channel.
for set in sdt-cifar-2-64 sdt-plif-1-32; do
    start "export to prosperity: $set"
    if [ -z "$numpy" ]; then
        skip "$name" "needs python3 with NumPy"
        continue
    fi
    golden=$root/test/golden/$set
    "$spikeq" run --model $golden/model.safetensors --config $golden/config.json --input $golden/input.npy --quiet \
        --trace a.db 2>err || complain "not recorded"
    spikeq export a.db --to prosperity --samples 1 -o keys.npz
    exits 0
    spikeq export a.db --to prosperity --samples 1 --populations '*.fc?_lif,*.q_lif' -o part.npz
    exits 0
    $numpy - $golden <<'END' >"$top/out" 2>&1
import json, os, sys, numpy
x = {k: v[:, 1].astype(bool) for k, v in numpy.load(os.path.join(sys.argv[1], "spikes.npz")).items()}
config = json.load(open(os.path.join(sys.argv[1], "config.json")))
def pool(a):
    t, c, h, w = a.shape
    b = numpy.zeros((t, c, h + 2, w + 2), bool)
    b[:, :, 1:-1, 1:-1] = a
    return sum(b[:, :, y:y + h:2, i:i + w:2].astype(int) for y in range(3) for i in range(3)) > 0
tokens = lambda a: a.reshape(*a.shape[:2], -1).transpose(0, 2, 1)
want = {}
for n, key in enumerate(("1", "2", "3", "rpe")):
    a = x["patch_embed.proj_lif" + ("", "1", "2", "3")[n]]
    want[f"conv2d_{key}_sps"] = pool(a) if n < 3 and config["pooling"][n] == "1" else a
for b in range(config["depth"]):
    at = f"block.{b}.attn."
    want[f"fc_q_enc_{b}"] = tokens(x[at + "shortcut_lif"])
    for letter in "qkv":
        a = tokens(x[at + letter + "_lif"])
        want[f"attention_enc_{b}_{letter}"] = a.reshape(*a.shape[:2], config["heads"], -1).transpose(0, 2, 1, 3)
    gate = x[at + "talking_heads_lif"]
    want[f"fc_o_enc_{b}"] = tokens(x[at + "q_lif"]) & gate.reshape(gate.shape[0], 1, -1)
    want[f"fc_1_enc_{b}"] = tokens(x[f"block.{b}.mlp.fc1_lif"])
    want[f"fc_2_enc_{b}"] = tokens(x[f"block.{b}.mlp.fc2_lif"])
keys = numpy.load("keys.npz")
assert keys.files == list(want), (keys.files, list(want))
for key, a in want.items():
    assert keys[key].dtype == bool and numpy.array_equal(keys[key], a), key
part = numpy.load("part.npz")
assert part.files == [f"{key}_enc_{b}{end}" for b in range(config["depth"])
                      for key, end in (("attention", "_q"), ("fc_1", ""), ("fc_2", ""))], part.files
END
    [ $? -eq 0 ] || complain "$(tail -3 "$top/out")"
    rm err
    leaves a.db keys.npz part.npz
    finish
done

start "export to prosperity: what it has no layers for"
unlike() { # SET WHAT
    golden=$root/test/golden/$1
    "$spikeq" run --model $golden/model.safetensors --config $golden/config.json --input $golden/input.npy --quiet \
        --limit 1 --trace a.db || complain "not recorded"
    spikeq export a.db --to prosperity -o b
    exits 1
    says "spikeq export: a.db: Prosperity has layers of Spikformer and of Spike-driven Transformer without erosion, none for node $2; --to npz writes populations by their module paths"
    prints_nothing
    rm a.db
}
unlike spikingformer-cifar-2-64 "block.0.mid (reals, add)"
unlike sdt-dvs-1-32 "block.0.attn.k_erode (erode)"
leaves
finish
