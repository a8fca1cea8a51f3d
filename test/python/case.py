"""What the tests of the package share: where things are, golden sets, the command."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "sim" / "python"
SPIKEQ = pathlib.Path(os.environ.get("SPIKEQ", ROOT / "build" / "release" / "spikeq"))
SPIKEQ = SPIKEQ if SPIKEQ.is_absolute() else ROOT / SPIKEQ
LIBRARY = SPIKEQ.parent / "libspikeq.so"
GOLDEN = ROOT / "test" / "golden"
os.environ["SPIKEQ_LIBRARY"] = str(LIBRARY)
os.environ["SPIKEQ_CONFIGS"] = str(ROOT / "configs")
sys.path.insert(0, str(PACKAGE))

import numpy as np  # noqa: E402

import spikeq  # noqa: E402

# Sets of the official code: weights, configuration, input, logits and every spike.
SETS = (
    "cifar-2-64", "cifar-1-48-odd", "dvs-1-64", "imagenet-1-64", "float-cifar-2-64", "sdt-cifar-2-64",
    "sdt-dvs-1-32", "sdt-plif-1-32", "spikingformer-cifar-2-64", "spikingformer-dvs-1-32",
    "cml-spikingformer-cifar-1-48",
)  # fmt: skip


def load(name, **options):
    """The network of a golden set."""
    folder = GOLDEN / name
    return spikeq.load(folder / "model.safetensors", folder / "config.json", **options)


def pixels(name):
    return np.load(GOLDEN / name / "input.npy")


def golden_spikes(name, file="spikes.npz"):
    """{population: bool [B,T,...]} of a golden set."""
    with np.load(GOLDEN / name / file) as arrays:
        return {key: np.moveaxis(arrays[key], 0, 1) != 0 for key in arrays.files}


def command(*arguments, status=0):
    """Run the command; its standard output."""
    done = subprocess.run([SPIKEQ, *map(str, arguments)], capture_output=True, cwd=ROOT, check=False)
    if done.returncode != status:
        raise AssertionError(f"{arguments}: exit status {done.returncode}: {done.stderr.decode()}")
    return done.stdout.decode()


def report_of(name, path, *arguments):
    """The report that the command writes of a golden set's run."""
    folder = GOLDEN / name
    command("run", "--model", folder / "model.safetensors", "--config", folder / "config.json", "--input",
            folder / "input.npy", "--quiet", "--report", path, *arguments)  # fmt: skip
    return json.loads(path.read_text())


class Case(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="spikeq-python-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def assert_same(self, a, b, what=""):
        """Two arrays are equal: shape, type, every bit."""
        self.assertEqual((a.shape, a.dtype), (b.shape, b.dtype), what)
        self.assertEqual(np.ascontiguousarray(a).tobytes(), np.ascontiguousarray(b).tobytes(), what)
