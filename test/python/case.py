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

OTHERS = pathlib.Path(os.environ["SPIKEQ_GOLDEN"]) if os.environ.get("SPIKEQ_GOLDEN") else None


def sets_of(*files):
    """Names of the golden sets that have these files: of this repository, and with SPIKEQ_GOLDEN of that folder."""
    found = {}
    for place in filter(None, (GOLDEN, OTHERS)):
        for folder in sorted(place.iterdir()):
            if all((folder / file).exists() for file in ("model.safetensors", "config.json", "input.npy", *files)):
                found.setdefault(folder.name, folder)
    return found


# Sets of the official code: weights, configuration, input, logits and every spike; and of the reference in integers,
# each in several arithmetics.
SETS = sets_of("spikes.npz", "logits.npy")
FIXED_SETS = sets_of("arith-0.txt")


def folder_of(name):
    """Where a golden set lies."""
    return SETS.get(name) or FIXED_SETS[name]


def fixed_sets():
    """(set, number, what `fixed` of load() is, the command's options) of every arithmetic."""
    for name, folder in FIXED_SETS.items():
        for path in sorted(folder.glob("arith-*.txt")):
            value = dict(word.split("=") for word in path.read_text().split()[1:])
            fixed = {"weight_bits": int(value["weights"]), "scale": value["scale"], "rounding": value["rounding"],
                     "membrane_bits": int(value["membrane"]), "pixel_bits": int(value["pixels"]),
                     "pixel_max": float(value["max"])}  # fmt: skip
            options = [f"--{key.replace('_', '-')}={item!r}".replace("'", "") for key, item in fixed.items()]
            yield name, path.stem.removeprefix("arith-"), fixed, ["--arith=fixed", *options]


def load(name, **options):
    """The network of a golden set."""
    folder = folder_of(name)
    return spikeq.load(folder / "model.safetensors", folder / "config.json", **options)


def pixels(name):
    return np.load(folder_of(name) / "input.npy")


def golden_spikes(name, file="spikes.npz"):
    """{population: uint8 [T,B,...]} of a golden set; a module without time axis has [B,...]."""
    with np.load(folder_of(name) / file) as arrays:
        return {key: arrays[key] for key in arrays.files}


def command(*arguments, status=0):
    """Run the command; its standard output."""
    done = subprocess.run([SPIKEQ, *map(str, arguments)], capture_output=True, cwd=ROOT, check=False)
    if done.returncode != status:
        raise AssertionError(f"{arguments}: exit status {done.returncode}: {done.stderr.decode()}")
    return done.stdout.decode()


def report_of(name, path, *arguments):
    """The report that the command writes of a golden set's run."""
    folder = folder_of(name)
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

    def assert_spikes(self, spikes, wanted):
        """{population: [B,T,...]} of a result or a trace is {population: uint8 [T,B,...]}, as PyTorch and the command have it."""
        self.assertEqual(sorted(spikes), sorted(wanted))
        for population, array in wanted.items():
            self.assert_same(np.moveaxis(np.asarray(spikes[population]), 1, 0).astype(np.uint8).reshape(array.shape), array, population)
