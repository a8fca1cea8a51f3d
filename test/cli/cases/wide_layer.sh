# A layer of more inputs than 16 bits can name: its spikes are those of the definition, in floats, in integers of every
# width, tiled in any way.
# shellcheck shell=sh disable=SC2086,SC2154 # options are split on purpose
# needs: /usr/bin/python3
start "a convolution of 67,500 inputs a neuron"
PYTHONPATH=$root/test/reference /usr/bin/python3 -B - "$root/test/bench/layer.json" <<'PYTHON' || complain "not written"
import json, sys
import numpy as np
from tensors import write_safetensors
rng, channels, out = np.random.default_rng(3), 7500, 40
shapes = {"first": (channels, 1, 3, 3), "layer": (out, channels, 3, 3), "reader": (16, out), "head": (2, 16)}
# Dyadic and within 8 bits: floats are exact in any order, and so are integers.
tensors = {f"{name}.weight": (rng.integers(-8, 9, shape) / 32).astype(np.float32) for name, shape in shapes.items()}
tensors["layer.weight"] *= rng.random(shapes["layer"]) < 0.1
tensors["head.bias"] = np.zeros(2, np.float32)
write_safetensors("wide.safetensors", tensors, {})
np.save("x.npy", (rng.integers(-16, 17, (3, 1, 3, 4)) / 4).astype(np.float32))
np.save("w.npy", tensors["layer.weight"])
json.dump({"name": "wide", "architecture": sys.argv[1], "T": 2, "in_channels": 1, "image_height": 3, "image_width": 4,
           "classes": 2, "kernel": 3, "c_in": channels, "c_out": out}, open("wide.json", "w"))
plan = {"format": "spikeq plan", "version": 1, "layers": [{"layer": "layer", "tilings": [
    {"lines": 1, "taps": 1, "channels": 1000}]}]}
json.dump(plan, open("parts.json", "w"))
plan["layers"][0]["tilings"][0] = {"lines": 1, "taps": 2, "channels": channels}
json.dump(plan, open("taps.json", "w"))
plan["layers"][0]["tilings"][0] = {"lines": 3, "taps": 3, "channels": channels}
json.dump(plan, open("whole.json", "w"))
PYTHON
run="run --model wide.safetensors --config wide.json --input x.npy --quiet --force --dump d"
for how in "" "--isa scalar" "--threads 3 --schedule step" "--plan parts.json" "--plan taps.json" \
    "--arith fixed --weight-bits 6" "--arith fixed" "--arith fixed --weight-bits 16" "--arith fixed --plan parts.json"; do
    spikeq $run $how
    exits 0
    holds "$(/usr/bin/python3 - 2>&1 <<'PYTHON'
import numpy as np
w, source, target = np.load("w.npy").astype(np.float64), np.load("d/source.npy"), np.load("d/target.npy")
assert source.mean() > 0.02 and 0.05 < target.mean() < 0.9, (source.mean(), target.mean())
padded = np.pad(source.astype(np.float64), [(0, 0)] * (source.ndim - 2) + [(1, 1), (1, 1)])
height, width = source.shape[-2:]
x = sum(np.einsum("oc,...chw->...ohw", w[:, :, ky, kx], padded[..., ky:ky + height, kx:kx + width])
        for ky in range(3) for kx in range(3))
v = np.zeros_like(x[0])
for t in range(2):
    h = v + (x[t] - v) / 2
    fires = h >= 1
    assert np.array_equal(fires, target[t] != 0), t
    v = np.where(fires, 0, h)
print("agrees")
PYTHON
    )" agrees
done
spikeq $run --plan whole.json
exits 1
holds "$(tail -n 1 "$top/err")" "spikeq run: whole.json: layer layer, tiling 1: a tile of 67500 weight rows of layer: of \
a layer with so many inputs it has at most 16384; make it smaller"
rm -r d wide.safetensors wide.json x.npy w.npy parts.json taps.json whole.json
leaves
finish
