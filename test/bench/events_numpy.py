"""Raw recordings read by spikeq and by NumPy, processor time of both: events_numpy.py SPIKEQ"""
import os
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np

N = 4_000_000
rng = np.random.default_rng(1)
t = np.sort(rng.integers(0, 8_000, N)).astype(np.uint32)
x, y, p = (rng.integers(0, n, N).astype(np.uint32) for n in (34, 34, 2))


def nmnist(path):
    out = np.empty((N, 5), np.uint8)
    out[:, 0], out[:, 1] = x, y
    out[:, 2], out[:, 3], out[:, 4] = p << 7 | t >> 16, t >> 8 & 255, t & 255
    out.tofile(path)


def read_nmnist(path):
    raw = np.fromfile(path, np.uint8).reshape(-1, 5).astype(np.uint32)
    return raw[:, 0], raw[:, 1], raw[:, 2] >> 7, (raw[:, 2] & 127) << 16 | raw[:, 3] << 8 | raw[:, 4]


def dat(path):
    with open(path, "wb") as file:
        file.write(b"% Version 2\n% Width 34\n% Height 34\n\x0c\x08")
        np.stack([t, x | y << 14 | p << 28], 1).astype("<u4").tofile(file)


def read_dat(path):
    raw = np.frombuffer(open(path, "rb").read(), "<u4", offset=37).reshape(-1, 2)
    return raw[:, 1] & 0x3FFF, raw[:, 1] >> 14 & 0x3FFF, raw[:, 1] >> 28 & 1, raw[:, 0].copy()


def best(work):
    return min(work() for _ in range(5))


def python_seconds(read, path):
    start = time.process_time()
    assert len(read(path)[0]) == N
    return time.process_time() - start


def spikeq_seconds(path):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.argv[1], "events", path, "--size", "34x34"], check=True,
                   stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


print(f"{N} events: million a second, processor time\nformat    spikeq   NumPy   ratio")
with tempfile.TemporaryDirectory() as folder:
    for name, write, read in (("N-MNIST", nmnist, read_nmnist), ("DAT 2", dat, read_dat)):
        path = os.path.join(folder, "recording")
        write(path)
        ours, theirs = best(lambda: spikeq_seconds(path)), best(lambda: python_seconds(read, path))
        print(f"{name:8} {N / ours / 1e6:7.1f} {N / theirs / 1e6:7.1f} {theirs / ours:7.2f}")
