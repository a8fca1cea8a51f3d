"""Makes test/golden/checkpoints/: tiny files that torch.save() wrote, and what they hold.

    /usr/bin/python3 test/reference/make_checkpoints.py test/golden/checkpoints

Debian 12's PyTorch 1.13. expected.txt has one line per tensor: what was saved, name, type, shape,
and every element as a hexadecimal float, so that the test needs neither Python nor PyTorch. The
legacy files name their storages by address: they differ from run to run, their values do not.
"""
import argparse
import collections
import json
import pathlib
import struct
import sys
import zipfile

import numpy
import torch

DTYPES = [torch.float32, torch.float16, torch.bfloat16, torch.float64, torch.int64, torch.int32,
          torch.int16, torch.int8, torch.uint8, torch.bool]
SAFETENSORS = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16",
               torch.float64: "F64", torch.int64: "I64", torch.int32: "I32", torch.int16: "I16",
               torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL"}


def zoo():
    """One tensor of each kind that a state dict may hold."""
    base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4) / 8 - 1
    tensors = collections.OrderedDict()
    for dtype in DTYPES:
        tensors[str(dtype).split(".")[1]] = (torch.tensor([[-3.5, 0.0, 1.0], [0.5, 2.0, 100.0]])
                                             .abs().to(dtype))
    tensors["tiny.half"] = torch.tensor([6e-8, -6e-5, 65504.0], dtype=torch.float16)
    tensors["tiny.bfloat"] = torch.tensor([1e-40, -3e38], dtype=torch.bfloat16)
    tensors["tiny.double"] = torch.tensor([1 / 3, 1e-50, 2.0**-149], dtype=torch.float64)
    tensors["large.int"] = torch.tensor([2**24 + 1, -2**62, 9007199791611905])
    tensors["scalar"] = torch.tensor(42)
    tensors["empty"] = torch.zeros(0, 3)
    tensors["view.whole"] = base
    tensors["view.transposed"] = base.permute(2, 0, 1)
    tensors["view.slice"] = base[1, 1:, ::2]
    tensors["view.last"] = base[1, 2, 3]
    tensors["view.expanded"] = base[0, 0, 1:3].reshape(2, 1).expand(2, 3)
    tensors["parameter"] = torch.nn.Parameter(torch.tensor([0.25, -0.25]))
    tensors["grad"] = torch.tensor([1.5], requires_grad=True)
    return tensors


def network():
    torch.manual_seed(1)
    return torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2),
                               torch.nn.Linear(3, 2))


def training():
    """What a training script leaves: weights among everything else."""
    net = network()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.125)
    net(torch.ones(1, 1, 5, 5)).sum().backward()
    optimizer.step()
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [1, 2])
    return {"epoch": 3, "arch": "spikformer", "state_dict": net.state_dict(),
            "optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict(),
            "args": argparse.Namespace(lr=0.1, mean=[0.5, 0.5], extra=None, sub={"a": (1, 2)}),
            "best": numpy.float64(95.25), "steps": numpy.int64(7), "classes": {"cat"},
            "raw": b"\x00\xff", "shape": torch.Size([1, 2]), "dtype": torch.float32,
            "device": torch.device("cuda:0"), "seed": 2**70,
            "history": [{"loss": torch.tensor(0.5)}, {"loss": torch.tensor(0.25)}]}


def flatten(value, name=""):
    if isinstance(value, torch.Tensor):
        yield name or "tensor", value
        return
    if isinstance(value, argparse.Namespace):
        value = vars(value)
    if isinstance(value, (list, tuple)) and not isinstance(value, torch.Size):
        value = dict(enumerate(value))
    if isinstance(value, dict) and not isinstance(value, collections.Counter):
        for key, item in value.items():
            yield from flatten(item, f"{name}.{key}" if name else str(key))


def expected(saved, value):
    for name, tensor in flatten(value):
        shape = "x".join(map(str, tensor.shape)) or "-"
        # float64 -> float32 in NumPy rounds to nearest; integers go to float32 directly.
        raw = tensor.detach()
        raw = raw.float() if raw.dtype in (torch.float16, torch.bfloat16) else raw
        values = raw.numpy().astype(numpy.float32).ravel()
        yield " ".join([saved, name, str(tensor.dtype).split(".")[1], shape]
                       + [float(v).hex() for v in values])


def save_safetensors(path, tensors):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, tensor in tensors.items():
        raw = tensor.detach().contiguous()
        raw = raw.view(torch.int16) if raw.dtype == torch.bfloat16 else raw
        raw = raw.numpy().tobytes()
        header[name] = {"dtype": SAFETENSORS[tensor.dtype], "shape": list(tensor.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def deflate(source, path):
    with zipfile.ZipFile(source) as stored, zipfile.ZipFile(path, "w") as packed:
        for member in stored.infolist():
            packed.writestr(zipfile.ZipInfo(member.filename), stored.read(member),
                            zipfile.ZIP_DEFLATED)


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for name, value in [("zoo", zoo()), ("network", network().state_dict()),
                        ("training", training()), ("bare", torch.tensor([1.0, 2.0]))]:
        torch.save(value, folder / f"{name}.pth")
        torch.save(value, folder / f"{name}_legacy.pth", _use_new_zipfile_serialization=False)
        lines += expected(name, value)
    torch.save(zoo(), folder / "zoo_protocol4.pth", pickle_protocol=4)
    deflate(folder / "zoo.pth", folder / "zoo_deflated.pth")
    save_safetensors(folder / "zoo.safetensors", zoo())
    (folder / "expected.txt").write_text("\n".join(lines) + "\n")


main(pathlib.Path(sys.argv[1]))
