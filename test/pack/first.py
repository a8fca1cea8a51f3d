"""A first example with the installed package, whose library must lie below the folder $FIRST."""

import gzip
import json
import os

import numpy as np

import spikeq

DATA = "/usr/share/datasets/fashion-mnist"
folder = os.path.realpath(os.environ["FIRST"])
library = spikeq.library_path()
with open("/proc/self/maps") as maps:
    mapped = {line.split(None, 5)[5].strip() for line in maps if "/" in line}
found = [path for path in mapped if os.path.basename(path).startswith("libspikeq")]
assert found and all(path.startswith(folder) for path in found), (library, found)
if os.path.dirname(found[0]).startswith(os.path.join(folder, "spikeq")):  # a wheel: nothing of the system's
    for name in ("libzip", "libcjson", "libuv", "libhdf5", "libcurl"):
        stray = [path for path in mapped if os.path.basename(path).startswith(name) and not path.startswith(folder)]
        assert not stray, stray

with gzip.open(f"{DATA}/t10k-images-idx3-ubyte.gz") as file:
    images = np.frombuffer(file.read(), np.uint8, 10 * 28 * 28, 16).reshape(10, 1, 28, 28)
with gzip.open(f"{DATA}/t10k-labels-idx1-ubyte.gz") as file:
    labels = np.frombuffer(file.read(), np.uint8, 10, 8)
configs = os.path.join(os.path.dirname(spikeq.__file__), "configs")
if not os.path.isdir(configs):
    configs = os.path.join(folder, os.pardir, "share/spikeq/configs")
network = spikeq.load(os.path.join(configs, "models/weights/fashion-2-64.safetensors"), "fashion-2-64")
result = network.run(images, labels)
result.save_report("first.json")
with open("first.json") as file:
    totals = json.load(file)["totals"]
print(result.accuracy, totals)
assert result.accuracy == 1.0 and totals["additions"] == 106759847, (result.accuracy, totals)
