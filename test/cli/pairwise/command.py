"""The command spikeq, run in a folder of its own; inputs of several samples made of the golden sets'."""
import json
import pathlib
import struct
import subprocess


class Wrong(Exception):
    """What does not hold."""


def need(holds, what):
    if not holds:
        raise Wrong(what)


class Command:
    def __init__(self, program, folder):
        self.program, self.folder = program, pathlib.Path(folder)
        self.n_runs = 0

    def try_(self, *arguments):
        """Exit status, stdout, stderr; no more than the documented statuses, errors in one line."""
        self.n_runs += 1
        done = subprocess.run(
            [self.program, *map(str, arguments)],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
        )
        out, err = done.stdout, done.stderr.decode()
        line = " ".join(map(str, arguments))
        need(done.returncode in (0, 1, 2), f"{line}: exit status {done.returncode}: {err[:300]}")
        errors = [text for text in err.splitlines() if ": warning: " not in text]
        if done.returncode == 2 or (done.returncode == 1 and arguments[0] != "diff"):
            need(len(errors) == 1, f"{line}: {len(errors)} lines of error: {err[:300]}")
        elif done.returncode == 0:
            need(not errors, f"{line}: exit status 0, but {err[:300]}")
        return done.returncode, out, err

    def run(self, *arguments):
        """stdout of a command that must succeed."""
        status, out, err = self.try_(*arguments)
        need(status == 0, f"{' '.join(map(str, arguments))}: exit status {status}: {err[:300]}")
        return out

    def json(self, *arguments):
        return json.loads(self.run(*arguments))

    def exists(self, name):
        return (self.folder / name).exists()


def npy(path):
    """Shape and bytes of a version 1 array in C order."""
    data = path.read_bytes()
    size = struct.unpack("<H", data[8:10])[0]
    header = eval(data[10 : 10 + size].decode(), {"__builtins__": {}}, {"True": True, "False": False})
    return header["shape"], header["descr"], data[10 + size :]


def write_npy(path, descr, shape, data):
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {tuple(shape)}, }}".encode()
    header += b" " * (63 - (10 + len(header)) % 64) + b"\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data)


class Inputs:
    """Networks, inputs of n samples each (the golden set's, its values rotated), labels."""

    def __init__(self, golden, folder, n):
        self.golden, self.folder, self.n = pathlib.Path(golden), pathlib.Path(folder), n
        self.sample = {}
        self.write_labels("labels.npy", 0, n)

    def write_labels(self, name, first, end):
        """The classes of samples first .. end - 1."""
        labels = [i * i % 7 for i in range(first, end)]
        write_npy(self.folder / name, "<i8", [end - first], struct.pack(f"<{end - first}q", *labels))

    def network(self, name):
        there = self.golden / f"fixed-{name}"
        return ["--model", there / "model.safetensors", "--config", there / "config.json"]

    def samples(self, name):
        """Shape of a sample, and the bytes of each of them."""
        if name not in self.sample:
            shape, _, data = npy(next(self.golden.glob(f"fixed-{name}/input.npy")))
            size = len(data) // shape[0]
            first = [data[i * size : (i + 1) * size] for i in range(shape[0])]
            turned = [
                first[i % len(first)][28 * i :] + first[i % len(first)][: 28 * i]
                for i in range(self.n)
            ]
            self.sample[name] = (shape[1:], turned)
        return self.sample[name]

    def input(self, name, first=0, end=None):
        """An array of the samples first .. end - 1."""
        shape, samples = self.samples(name)
        end = self.n if end is None else end
        path = self.folder / f"{name}-{first}-{end}.npy"
        if not path.exists():
            write_npy(path, "<f4", [end - first, *shape], b"".join(samples[first:end]))
        return path
