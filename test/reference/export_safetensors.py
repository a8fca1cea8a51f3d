"""Write a trained state dict as .safetensors.

    python3 export_safetensors.py run/ema.pth fashion-2-64.safetensors --name fashion-2-64 \\
        --recipe "..." --accuracy 0.91

Batch counters are left out: they take no part in evaluation.
"""
import argparse

import numpy as np
import torch

from tensors import write_safetensors


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoint", help=".pth with a bare state dict")
    parser.add_argument("out", help=".safetensors")
    parser.add_argument("--dtype", choices=["float32", "float16"], default="float32")
    for key in ("name", "recipe", "accuracy"):
        parser.add_argument("--" + key, help="goes to __metadata__")
    args = parser.parse_args()
    state = torch.load(args.checkpoint, map_location="cpu")
    tensors = {
        name: x.numpy().astype(np.dtype(args.dtype))
        for name, x in state.items()
        if not name.endswith("num_batches_tracked")
    }
    metadata = {
        key: getattr(args, key)
        for key in ("name", "recipe", "accuracy")
        if getattr(args, key) is not None
    }
    write_safetensors(args.out, tensors, metadata)


if __name__ == "__main__":
    main()
