"""Train a demonstration network on Fashion-MNIST (Debian: dataset-fashion-mnist): Spikformer
(fashion-2-64), or with --model spikingformer or sdt one of its relatives.

From nothing:        python3 train.py --epochs 20 --lr 2e-3 --out run/
From a checkpoint:   python3 train.py --init first.pth --epochs 8 --lr 1.5e-3 --out run/
By the clock:        python3 train.py --init first.pth --minutes 75 --out run/
After a stop:        the same command with --resume
Cheaply at first:    --timesteps 1, then --init its ema.pth without --timesteps

AdamW; learning rate with linear warm-up, then cosine to 0, over the epochs or the minutes given;
label smoothing, horizontal flips, a shift of every image. The result is run/ema.pth: the
exponential moving average of the weights and batch norm statistics at the end of the schedule. The
test set is looked at once an epoch for the log and decides nothing.
"""
import argparse
import copy
import gzip
import json
import math
import os
import struct
import time
from typing import Callable, Optional, Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

import fused
import quick
import sdt
import spikformer
import spikingformer

MODELS = {"spikformer": spikformer, "spikingformer": spikingformer, "sdt": sdt}
MEAN, STD = 0.2860, 0.3530
DATA = "/usr/share/datasets/fashion-mnist"


def read_idx(path: str) -> Tensor:
    with gzip.open(path) if path.endswith(".gz") else open(path, "rb") as file:
        data = file.read()
    n_dims = data[3]
    shape = struct.unpack(">" + "I" * n_dims, data[4 : 4 + 4 * n_dims])
    return torch.frombuffer(bytearray(data[4 + 4 * n_dims :]), dtype=torch.uint8).view(shape)


def load(folder: str, part: str) -> Tuple[Tensor, Tensor]:
    """Images [B, 1, 32, 32] float32, padded by 2 and normalised (the padding too); labels [B]."""
    images, labels = (
        read_idx(
            next(
                os.path.join(folder, f)
                for f in sorted(os.listdir(folder))
                if f.startswith(part + "-" + what)
            )
        )
        for what in ("images", "labels")
    )
    images = F.pad(images.unsqueeze(1), (2, 2, 2, 2)).float().div_(255).sub_(MEAN).div_(STD)
    return images, labels.long()


def augment(x: Tensor, shift: int, flips: float) -> Tensor:
    """Flip each image or not and move it by up to `shift` <= 2 pixels: rolling is moving, as the
    outer 2 pixels are background."""
    n, size = x.shape[0], x.shape[-1]
    flip = torch.rand(n, 1, 1) < flips
    dy, dx = torch.randint(-shift, shift + 1, (2, n, 1, 1))
    rows = (torch.arange(size).view(1, -1, 1) + dy) % size
    columns = (torch.arange(size).view(1, 1, -1) + dx) % size
    columns = torch.where(flip, size - 1 - columns, columns)
    return x[torch.arange(n).view(-1, 1, 1), 0, rows, columns].unsqueeze(1)


def rate(progress: float, warm_up: float, peak: float) -> float:
    if progress < warm_up:
        return peak * progress / warm_up
    return peak * 0.5 * (1 + math.cos(math.pi * min(1.0, (progress - warm_up) / (1 - warm_up))))


def make(name: str, timesteps: Optional[int] = None) -> nn.Module:
    """A demonstration network, random. The weights know nothing of the number of timesteps."""
    model = MODELS[name].fashion()
    if timesteps is not None:
        model.patch_embed.timesteps = timesteps
    return model


def runner(model: nn.Module) -> Callable[[Tensor], Tensor]:
    if isinstance(model, spikformer.Spikformer):
        return fused.Trainer(model).forward if fused.fits(model) else model
    return quick.Trainer(model).forward if quick.fits(model) else model


@torch.no_grad()
def average(ema: nn.Module, model: nn.Module, step: int, decay: float) -> None:
    """Weights and running statistics alike; a short memory at first."""
    keep = min(decay, (1 + step) / (10 + step))
    for mine, new in zip(ema.state_dict().values(), model.state_dict().values()):
        if mine.is_floating_point():
            mine.lerp_(new, 1 - keep)
        else:
            mine.copy_(new)


@torch.no_grad()
def accuracy(model: nn.Module, x: Tensor, y: Tensor, batch: int) -> float:
    model.eval()
    run = runner(model)
    right = sum(int((run(a).argmax(1) == b).sum()) for a, b in zip(x.split(batch), y.split(batch)))
    return right / len(x)


def save(what: object, path: str) -> None:
    torch.save(what, path + ".part")
    os.replace(path + ".part", path)  # a stop in between leaves the older file whole


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", choices=list(MODELS), default="spikformer")
    parser.add_argument("--timesteps", type=int, help="others than the network's own")
    parser.add_argument("--data", default=DATA)
    parser.add_argument(
        "--out", required=True, help="folder for log.txt, ema.pth, last.pth, state.pth"
    )
    parser.add_argument("--init", help="state dict to start from")
    parser.add_argument("--resume", action="store_true", help="go on from OUT/state.pth")
    parser.add_argument("--epochs", type=float, default=20)
    parser.add_argument(
        "--minutes",
        type=float,
        help="let the clock drive the schedule, not --epochs (not reproducible)",
    )
    parser.add_argument("--lr", type=float, default=1.5e-3)
    parser.add_argument("--warm-up", type=float, default=0.08, help="part of the schedule")
    parser.add_argument("--weight-decay", type=float, default=0.01)
    parser.add_argument("--smoothing", type=float, default=0.05)
    parser.add_argument("--shift", type=int, default=1, help="pixels")
    parser.add_argument("--flips", type=float, default=0.5, help="part of the images, at random")
    parser.add_argument("--ema", type=float, default=0.998)
    parser.add_argument("--batch", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    args = parse()
    os.makedirs(args.out, exist_ok=True)
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    model = make(args.model, args.timesteps)
    if args.init:
        model.load_state_dict(torch.load(args.init, map_location="cpu"))
    ema = copy.deepcopy(model)
    decay = [p for p in model.parameters() if p.dim() > 1]
    rest = [p for p in model.parameters() if p.dim() <= 1]
    optimizer = torch.optim.AdamW(
        [
            {"params": decay, "weight_decay": args.weight_decay},
            {"params": rest, "weight_decay": 0.0},
        ],
        lr=args.lr,
    )
    step, before = 0, 0.0  # before: seconds of earlier runs
    if args.resume:
        state = torch.load(os.path.join(args.out, "state.pth"))
        model.load_state_dict(state["model"]), ema.load_state_dict(state["ema"])
        optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["rng"])
        step, before = state["step"], state["seconds"]
    x, y = load(args.data, "train")
    test_x, test_y = load(args.data, "t10k")
    per_epoch = len(x) // args.batch
    forward, start = runner(model), time.time() - before
    log = open(os.path.join(args.out, "log.txt"), "a")
    say = lambda line: print(line, file=log, flush=True)
    say(json.dumps(vars(args)))
    model.train()
    progress, total, shown, order = 0.0, 0.0, 0, None
    while progress < 1:
        at = step % per_epoch
        if at == 0 or order is None:
            order = torch.randperm(
                len(x),
                generator=torch.Generator().manual_seed(args.seed * 1000 + step // per_epoch),
            )
        batch = order[at * args.batch : (at + 1) * args.batch]
        for group in optimizer.param_groups:
            group["lr"] = rate(progress, args.warm_up, args.lr)
        loss = F.cross_entropy(
            forward(augment(x[batch], args.shift, args.flips)),
            y[batch],
            label_smoothing=args.smoothing,
        )
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        average(ema, model, step, args.ema)
        step, total, shown = step + 1, total + loss.item(), shown + 1
        seconds = time.time() - start
        progress = (
            seconds / (60 * args.minutes) if args.minutes else step / (args.epochs * per_epoch)
        )
        if step % 200 == 0:
            say(f"step {step} of {progress:.3f} loss {total / shown:.4f} seconds {seconds:.0f}")
            total, shown = 0.0, 0
        if step % per_epoch == 0 or progress >= 1:
            save(ema.state_dict(), os.path.join(args.out, "ema.pth"))
            save(model.state_dict(), os.path.join(args.out, "last.pth"))
            save(
                {
                    "model": model.state_dict(),
                    "ema": ema.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "rng": torch.get_rng_state(),
                    "step": step,
                    "seconds": seconds,
                },
                os.path.join(args.out, "state.pth"),
            )
            result = accuracy(ema, test_x, test_y, args.batch)
            say(
                f"epoch {step / per_epoch:.2f} of {progress:.3f} test accuracy {result:.4f} "
                f"seconds {time.time() - start:.0f} (processor {time.process_time():.0f})"
            )


if __name__ == "__main__":
    main()
