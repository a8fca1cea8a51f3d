"""Train the demonstration network on Fashion-MNIST (Debian package dataset-fashion-mnist), CPU.

From nothing:          python3 train.py --epochs 12 --lr 3e-3 --out run/
From a checkpoint:     python3 train.py --init first.pth --epochs 3 --lr 1.5e-3 --out run/

AdamW, one-cycle learning rate (linear warm-up, cosine to 0), label smoothing, random horizontal
flips, one random shift of up to 2 pixels per batch. The weights at the end of the schedule are kept;
the test set is looked at once an epoch for the log and decides nothing.
"""
import argparse
import gzip
import json
import math
import os
import struct
import time
from typing import Tuple

import torch
from torch import Tensor
from torch.nn import functional as F

from spikformer import fashion

MEAN, STD = 0.2860, 0.3530
DATA = "/usr/share/datasets/fashion-mnist"


def read_idx(path: str) -> Tensor:
    with gzip.open(path) if path.endswith(".gz") else open(path, "rb") as file:
        data = file.read()
    n_dims = data[3]
    shape = struct.unpack(">" + "I" * n_dims, data[4:4 + 4 * n_dims])
    return torch.frombuffer(bytearray(data[4 + 4 * n_dims:]), dtype=torch.uint8).view(shape)


def load(folder: str, part: str) -> Tuple[Tensor, Tensor]:
    """Images [B, 1, 32, 32] float32, padded by 2 and normalised; labels [B]."""
    images, labels = (read_idx(next(os.path.join(folder, f) for f in sorted(os.listdir(folder))
                                    if f.startswith(part + "-" + what))) for what in ("images", "labels"))
    images = F.pad(images.unsqueeze(1), (2, 2, 2, 2)).float().div_(255).sub_(MEAN).div_(STD)
    return images, labels.long()


def augment(x: Tensor) -> Tensor:
    flip = torch.rand(x.shape[0]) < 0.5
    x = torch.where(flip.view(-1, 1, 1, 1), x.flip(-1), x)
    dy, dx = (int(v) for v in torch.randint(-2, 3, (2,)))
    return torch.roll(x, (dy, dx), (-2, -1))  # the border of 2 is background on all sides


def rate(step: int, steps: int, warm_up: float, peak: float) -> float:
    if step < warm_up * steps:
        return peak * (step + 1) / (warm_up * steps)
    return peak * 0.5 * (1 + math.cos(math.pi * (step - warm_up * steps) / ((1 - warm_up) * steps)))


@torch.no_grad()
def accuracy(model: torch.nn.Module, x: Tensor, y: Tensor) -> float:
    model.eval()
    right = sum(int((model(x[i:i + 250]).argmax(1) == y[i:i + 250]).sum()) for i in range(0, len(x), 250))
    model.train()
    return right / len(x)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=DATA)
    parser.add_argument("--out", required=True)
    parser.add_argument("--init", help="state dict to start from")
    parser.add_argument("--epochs", type=float, default=12)
    parser.add_argument("--lr", type=float, default=3e-3)
    parser.add_argument("--warm-up", type=float, default=0.1)
    parser.add_argument("--weight-decay", type=float, default=0.02)
    parser.add_argument("--smoothing", type=float, default=0.05)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=0)
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    torch.manual_seed(args.seed)
    if args.threads:
        torch.set_num_threads(args.threads)
    model = fashion()
    if args.init:
        model.load_state_dict(torch.load(args.init, map_location="cpu"))
    x, y = load(args.data, "train")
    test_x, test_y = load(args.data, "t10k")
    decay = [p for p in model.parameters() if p.dim() > 1]
    rest = [p for p in model.parameters() if p.dim() <= 1]
    optimizer = torch.optim.AdamW([{"params": decay, "weight_decay": args.weight_decay},
                                   {"params": rest, "weight_decay": 0.0}], lr=args.lr)
    per_epoch = len(x) // args.batch
    steps = int(args.epochs * per_epoch)
    log = open(os.path.join(args.out, "log.txt"), "a")
    print(json.dumps(vars(args)), file=log, flush=True)
    start, total, order = time.time(), 0.0, torch.randperm(len(x))
    for step in range(steps):
        at = step % per_epoch
        if at == 0:
            order = torch.randperm(len(x))
        batch = order[at * args.batch:(at + 1) * args.batch]
        for group in optimizer.param_groups:
            group["lr"] = rate(step, steps, args.warm_up, args.lr)
        loss = F.cross_entropy(model(augment(x[batch])), y[batch], label_smoothing=args.smoothing)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        total += loss.item()
        if (step + 1) % 100 == 0:
            print(f"step {step + 1}/{steps} loss {total / 100:.4f} seconds {time.time() - start:.0f}", file=log, flush=True)
            total = 0.0
        if at == per_epoch - 1 or step == steps - 1:
            torch.save(model.state_dict(), os.path.join(args.out, "last.pth"))
            print(f"epoch {(step + 1) / per_epoch:.2f} test accuracy {accuracy(model, test_x, test_y):.4f} "
                  f"seconds {time.time() - start:.0f}", file=log, flush=True)


if __name__ == "__main__":
    main()
