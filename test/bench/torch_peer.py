"""PyTorch's side of the benchmark of whole networks: the dense peer, one process a network.

    torch_peer.py MODEL.safetensors GRAPH.json INPUT.npy THREADS

The twin of bench_network.c. A line of JSON says that it is ready, and which BLAS it multiplies with;
each line `run SAMPLES BATCH` on standard input runs so many images and gives one line of JSON. The
environment must set OPENBLAS_NUM_THREADS and OMP_NUM_THREADS. With a BLAS that is not OpenBLAS (Debian's
reference BLAS is ten times slower) it says so and ends: no ratio is printed against that.
"""
import json
import os
import resource
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "reference"))

import numpy as np
import torch

from tensors import read_safetensors
from torch_graph import Network


def blas_in_use() -> str:
    """The library that a product of matrices has loaded."""
    a = torch.ones(256, 256)
    (a @ a).sum().item()
    with open("/proc/self/maps", encoding="utf-8") as maps:
        paths = {line.split()[-1] for line in maps if "blas" in line}
    return ", ".join(sorted(os.path.realpath(p) for p in paths))


def main() -> None:
    model, graph, images, threads = sys.argv[1:5]
    torch.set_num_threads(int(threads))
    blas = blas_in_use()
    if "openblas" not in blas:
        raise SystemExit(
            f"torch_peer.py: PyTorch multiplies with {blas or 'no BLAS'}, not with OpenBLAS; install"
            " libopenblas0-pthread, see update-alternatives --query libblas.so.3-x86_64-linux-gnu"
        )
    with open(graph, encoding="utf-8") as file:
        network = Network(json.load(file), read_safetensors(model)[0])
    pixels = torch.from_numpy(np.load(images))
    ready = {
        "ready": True,
        "torch": torch.__version__,
        "blas": blas,
        "onednn": torch.backends.mkldnn.is_available(),
        "threads": torch.get_num_threads(),
    }
    print(json.dumps(ready), flush=True)
    for line in sys.stdin:
        _, samples, batch = line.split()
        start, cpu = time.perf_counter(), time.process_time()
        logits = [network(x) for x in pixels[: int(samples)].split(int(batch))]
        taken, cpu_taken = time.perf_counter() - start, time.process_time() - cpu
        answer = {
            "seconds": taken,
            "cpu_seconds": cpu_taken,
            "samples": sum(len(x) for x in logits),
            "classes": torch.cat(logits).argmax(1).tolist(),
            "logits": torch.cat(logits)[0].tolist(),
            "peak_kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
