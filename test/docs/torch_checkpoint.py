"""A state dict as torch.save() writes it, made of a .safetensors file without PyTorch: where documents begin."""

import collections
import io
import json
import math
import pickle
import sys
import types
import zipfile

KINDS = {"F32": "FloatStorage", "I64": "LongStorage"}


def read_safetensors(path):
    """{name: (type, shape, bytes)}"""
    with open(path, "rb") as file:
        data = file.read()
    end = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:end])
    header.pop("__metadata__", None)
    return {
        name: (tensor["dtype"], tuple(tensor["shape"]), data[end:][slice(*tensor["data_offsets"])])
        for name, tensor in header.items()
    }


def as_module(tensors):
    """The state of the module: without norms that never run, with the counters of batch norms."""
    state = collections.OrderedDict()
    for name, tensor in tensors.items():
        if ".norm1." in name or ".norm2." in name:
            continue
        state[name] = tensor
        if name.endswith(".running_var"):
            state[name.replace("running_var", "num_batches_tracked")] = ("I64", (), bytes(8))
    return state


def save(state, path):
    """Write {name: (type, shape, bytes)} as a .pth file."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    for name in KINDS.values():
        setattr(torch, name, type(name, (), {"__module__": "torch"}))

    def _rebuild_tensor_v2():
        """Known to the pickle by its name alone."""

    _rebuild_tensor_v2.__module__, _rebuild_tensor_v2.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2

    class Storage:
        def __init__(self, key, dtype, n):
            self.id = ("storage", getattr(torch, KINDS[dtype]), str(key), "cpu", n)

    class Tensor:
        def __init__(self, key, dtype, shape):
            self.storage, self.shape = Storage(key, dtype, math.prod(shape)), shape

        def __reduce__(self):
            stride = tuple(math.prod(self.shape[i + 1 :]) for i in range(len(self.shape)))
            return _rebuild_tensor_v2, (self.storage, 0, self.shape, stride, False, collections.OrderedDict())

    class Pickler(pickle.Pickler):
        def persistent_id(self, obj):
            return obj.id if isinstance(obj, Storage) else None

    tensors = collections.OrderedDict(
        (name, Tensor(key, dtype, shape)) for key, (name, (dtype, shape, _)) in enumerate(state.items())
    )
    stream = io.BytesIO()
    kept = {name: sys.modules.get(name) for name in ("torch", "torch._utils")}
    sys.modules.update({"torch": torch, "torch._utils": utils})
    try:
        Pickler(stream, 2).dump(tensors)
    finally:
        for name, module in kept.items():
            sys.modules.pop(name) if module is None else sys.modules.update({name: module})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("checkpoint/data.pkl", stream.getvalue())
        for key, (_, _, data) in enumerate(state.values()):
            archive.writestr(f"checkpoint/data/{key}", data)
        archive.writestr("checkpoint/version", "3\n")
