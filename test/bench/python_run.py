"""The package beside the command, a PyTorch model that is recorded beside one that is not, and the import.

    python_run.py run [N]      net.run() of N demo images (10,000), a ratio of times to `spikeq run`
    python_run.py record [N]   a forward pass of the reference Spikformer over N images (400), recorded
    python_run.py import [N]   N interpreters (21) that import NumPy, beside N that import the package too

Each pair runs alternately, five times; the figures are ratios of the medians, of time by the clock and of
processor time (which other programs disturb less). `make bench-parts` runs them.
"""

import gzip
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "sim" / "python"), str(ROOT / "test" / "reference")]

import spikeq  # noqa: E402

IMAGES = pathlib.Path("/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz")
MODEL = ROOT / "configs" / "models" / "weights" / "fashion-2-64.safetensors"
ROUNDS = 5


def images(n):
    """uint8 [n,28,28], the test images of Fashion-MNIST."""
    with gzip.open(IMAGES) as file:
        return np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28)[:n]


def processor_time():
    """Seconds of all threads of this process and of its children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def timed(function):
    """Seconds by the clock, and of the processor."""
    start = time.perf_counter(), processor_time()
    function()
    return time.perf_counter() - start[0], processor_time() - start[1]


def ratio(what, first, second, rounds=ROUNDS):
    """Alternate the two; print the medians, their difference and their ratio."""
    times = ([], [])
    for _ in range(rounds):
        for kept, function in zip(times, (first, second)):
            kept.append(timed(function))
    for i, clock in enumerate(("by the clock", "of the processor")):
        a, b = (statistics.median(pair[i] for pair in kept) for kept in times)
        print(f"{what}, {clock}: {a:.3f} s, {b:.3f} s: {b - a:+.3f} s, ratio {b / a:.3f}")


def bench_run(n):
    x = images(n)
    net = spikeq.load(MODEL, "fashion-2-64")
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "x.npy"
        np.save(path, x)
        command = [ROOT / "build" / "release" / "spikeq", "run", "--model", MODEL, "--config", "fashion-2-64", "--input",
                   path, "--quiet"]  # fmt: skip
        ratio(f"run of {n} images, the command, net.run()", lambda: subprocess.run(command, check=True), lambda: net.run(x))


def bench_record(n):
    import spikformer
    import torch
    from evaluate import read_checkpoint, restore

    torch.set_num_threads(1)
    model = spikformer.fashion()
    restore(model, read_checkpoint(str(MODEL)))
    model.eval()
    x = np.pad(images(n).astype(np.float32) / 255, ((0, 0), (2, 2), (2, 2)))
    batches = torch.split(torch.from_numpy(x).unsqueeze(1), 100)

    def plain():
        with torch.no_grad():
            for batch in batches:
                model(batch)

    def recorded():
        with tempfile.TemporaryDirectory() as folder, spikeq.record(model, folder + "/a.db"):
            plain()

    plain()
    ratio(f"forward of {n} images in PyTorch, plain, recorded", plain, recorded)


def bench_import(n):
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "sim" / "python")}

    def interpreter(code):
        return lambda: subprocess.run([sys.executable, "-c", code], env=environment, check=True)

    ratio("an interpreter with NumPy, with spikeq too", interpreter("import numpy"), interpreter("import numpy, spikeq"), n)


def main():
    what, n = sys.argv[1], [int(word) for word in sys.argv[2:]]
    if what == "run":
        bench_run(*(n or [10000]))
    elif what == "record":
        bench_record(*(n or [400]))
    else:
        bench_import(*(n or [21]))


if __name__ == "__main__":
    main()
