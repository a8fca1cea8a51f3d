"""The .safetensors container in NumPy: 8-byte little-endian header size, JSON header, data."""
import json
import struct
from typing import Dict, Tuple

import numpy as np

DTYPES = {
    "F64": np.float64,
    "F32": np.float32,
    "F16": np.float16,
    "I64": np.int64,
    "I32": np.int32,
    "U8": np.uint8,
}
NAMES = {np.dtype(t): name for name, t in DTYPES.items()}


def read_safetensors(path: str) -> Tuple[Dict[str, np.ndarray], Dict[str, str]]:
    """The tensors, and __metadata__."""
    with open(path, "rb") as file:
        data = file.read()
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        values = np.frombuffer(
            data[8 + size + start : 8 + size + end],
            np.dtype(DTYPES[entry["dtype"]]).newbyteorder("<"),
        )
        tensors[name] = values.reshape(entry["shape"])
    return tensors, metadata


def write_safetensors(path: str, tensors: Dict[str, np.ndarray], metadata: Dict[str, str]) -> None:
    """Wide types first and the header padded with spaces: the data start at a multiple of 8 bytes,
    every tensor at a multiple of its element's size."""
    header: Dict[str, object] = {"__metadata__": metadata} if metadata else {}
    at, parts = 0, []
    for name, x in sorted(tensors.items(), key=lambda item: (-item[1].itemsize, item[0])):
        raw = np.ascontiguousarray(x, x.dtype.newbyteorder("<")).tobytes()
        header[name] = {
            "dtype": NAMES[x.dtype],
            "shape": list(x.shape),
            "data_offsets": [at, at + len(raw)],
        }
        parts.append(raw)
        at += len(raw)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(parts))
