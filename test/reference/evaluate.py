"""Run a checkpoint on the Fashion-MNIST test set.

    python3 evaluate.py fashion-2-64.safetensors --logits logits.npy --rates rates.csv

Prints the accuracy and the smallest distance between the two largest logits. Logits are float32
[images, 10] in test order; the rates file has the spikes of every population per timestep. The
definition of spikformer.py (or the other file that --model names) is what runs, in batches of 250.
"""
import argparse
from typing import Dict, List

import numpy as np
import torch
from torch import Tensor, nn

from tensors import read_safetensors
from train import DATA, MODELS, load, make


def read_checkpoint(path: str) -> Dict[str, Tensor]:
    if path.endswith(".safetensors"):
        return {
            name: torch.from_numpy(x.astype(np.float32))
            for name, x in read_safetensors(path)[0].items()
        }
    return torch.load(path, map_location="cpu")


def restore(model: nn.Module, state: Dict[str, Tensor]) -> nn.Module:
    """Batch counters may be missing and the norms that never run present; no other difference."""
    missing, extra = model.load_state_dict(state, strict=False)
    missing = [n for n in missing if not n.endswith("num_batches_tracked")]
    extra = [n for n in extra if ".norm1." not in n and ".norm2." not in n]
    if missing or extra:
        raise SystemExit(f"not this network: missing {missing}, unknown {extra}")
    return model.eval()


@torch.no_grad()
def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoint", help=".pth (bare state dict) or .safetensors")
    parser.add_argument("--model", choices=list(MODELS), default="spikformer")
    parser.add_argument("--data", default=DATA)
    parser.add_argument("--logits", help=".npy to write")
    parser.add_argument("--rates", help=".csv to write")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    model = restore(make(args.model), read_checkpoint(args.checkpoint))
    model.record(args.rates is not None)
    images, labels = load(args.data, "t10k")
    logits: List[Tensor] = []
    spikes: Dict[str, Tensor] = {}
    sizes: Dict[str, int] = {}
    for x in images.split(250):
        logits.append(model(x))
        if args.rates is None:
            continue
        for name, population in model.populations().items():
            s = population.spikes.flatten(1)
            spikes[name] = spikes.get(name, 0) + s.sum(1)
            sizes[name] = sizes.get(name, 0) + s.numel()
    result = torch.cat(logits)
    top = result.topk(2).values
    right = int((result.argmax(1) == labels).sum())
    print(
        f"accuracy {right / len(labels):.4f} ({right} of {len(labels)}), "
        f"smallest top-1 margin {(top[:, 0] - top[:, 1]).min():.2e}"
    )
    if args.logits:
        np.save(args.logits, result.numpy())
    if args.rates:
        with open(args.rates, "w") as file:
            steps = len(next(iter(spikes.values())))
            print(
                "population,spikes,neuron_timesteps,rate",
                *(f"spikes_t{t}" for t in range(steps)),
                sep=",",
                file=file,
            )
            for name, s in spikes.items():
                total = int(s.sum())
                print(
                    name,
                    total,
                    sizes[name],
                    f"{total / sizes[name]:.6f}",
                    *s.tolist(),
                    sep=",",
                    file=file,
                )


if __name__ == "__main__":
    main()
