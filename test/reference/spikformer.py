"""Spikformer, CIFAR-10 layout, in PyTorch: the definition that spikeq is compared with.

Zhou et al., "Spikformer: When Spiking Neural Network Meets Transformer", ICLR 2023. Parameter names
are those of the official code, so its checkpoints load here and ours load there. Neurons: LIF with
tau 2, hard reset to 0 (spikingjelly.clock_driven.neuron.MultiStepLIFNode, detach_reset), sigmoid
surrogate of slope 4 in the backward pass.
"""
from typing import Dict, Optional

import torch
from torch import Tensor, nn


class Spike(torch.autograd.Function):
    """1 where d >= 0; backward the slope of sigmoid(alpha d), alpha = 4."""

    @staticmethod
    def forward(ctx, d: Tensor) -> Tensor:
        ctx.save_for_backward(d)
        return (d >= 0).to(d.dtype)

    @staticmethod
    def backward(ctx, grad: Tensor) -> Tensor:
        sigmoid = torch.sigmoid(4.0 * ctx.saved_tensors[0])
        return grad * 4.0 * sigmoid * (1 - sigmoid)


class LIF(nn.Module):
    """Leaky integrate-and-fire over [T, ...]: h = v + (x - v)/2, s = h >= v_th, v = s ? 0 : h."""

    def __init__(self, threshold: float = 1.0) -> None:
        super().__init__()
        self.threshold = threshold
        self.spikes: Optional[Tensor] = None  # last output, kept if `record` is set
        self.record = False

    def forward(self, x: Tensor) -> Tensor:
        v, spikes = torch.zeros_like(x[0]), []
        for current in x:
            h = v + (current - v) / 2
            spikes.append(Spike.apply(h - self.threshold))
            v = torch.where(h.detach() >= self.threshold, 0.0, h)  # the reset is not differentiated
        s = torch.stack(spikes)
        if self.record:
            self.spikes = s.detach().to(torch.uint8)
        return s


def steps(module: nn.Module, x: Tensor) -> Tensor:
    """Apply a module that knows no time to [T, B, ...]."""
    return module(x.flatten(0, 1)).unflatten(0, x.shape[:2])


class SPS(nn.Module):
    """Spiking patch splitting: four convolution stages and the relative position embedding."""

    def __init__(self, in_channels: int, dim: int, timesteps: int) -> None:
        super().__init__()
        self.timesteps = timesteps
        widths = [in_channels, dim // 8, dim // 4, dim // 2, dim]
        for i in range(4):
            suffix = str(i) if i else ""
            setattr(
                self,
                "proj_conv" + suffix,
                nn.Conv2d(widths[i], widths[i + 1], 3, padding=1, bias=False),
            )
            setattr(self, "proj_bn" + suffix, nn.BatchNorm2d(widths[i + 1]))
            setattr(self, "proj_lif" + suffix, LIF())
        self.rpe_conv = nn.Conv2d(dim, dim, 3, padding=1, bias=False)
        self.rpe_bn = nn.BatchNorm2d(dim)
        self.rpe_lif = LIF()
        self.pool = nn.MaxPool2d(3, 2, 1)

    def forward(self, image: Tensor) -> Tensor:
        # The image is the same at every t, so its convolution and batch norm are too.
        x = self.proj_bn(self.proj_conv(image))
        x = self.proj_lif(x.unsqueeze(0).expand(self.timesteps, *x.shape))
        x = self.proj_lif1(steps(nn.Sequential(self.proj_conv1, self.proj_bn1), x))
        x = steps(
            self.pool, self.proj_lif2(steps(nn.Sequential(self.proj_conv2, self.proj_bn2), x))
        )
        x = steps(
            self.pool, self.proj_lif3(steps(nn.Sequential(self.proj_conv3, self.proj_bn3), x))
        )
        x = x + self.rpe_lif(steps(nn.Sequential(self.rpe_conv, self.rpe_bn), x))
        return x.flatten(-2).transpose(-1, -2)  # [T, B, N, D]


def norm_tokens(bn: nn.BatchNorm1d, x: Tensor) -> Tensor:
    """Batch norm over the channels of [T, B, N, D]; rows are as good as a batch axis."""
    return bn(x.reshape(-1, x.shape[-1])).view(x.shape)


class SSA(nn.Module):
    """Spiking self-attention, eq. 6: q, k, v in {0, 1}, no softmax."""

    def __init__(self, dim: int, heads: int, scale: float = 0.125) -> None:
        super().__init__()
        self.heads, self.scale = heads, scale
        for name in ("q", "k", "v", "attn", "proj"):  # execution order
            if name != "attn":
                setattr(self, name + "_linear", nn.Linear(dim, dim))
                setattr(self, name + "_bn", nn.BatchNorm1d(dim))
            setattr(self, name + "_lif", LIF(0.5 if name == "attn" else 1.0))

    def forward(self, u: Tensor) -> Tensor:
        def heads(name: str) -> Tensor:
            x = norm_tokens(getattr(self, name + "_bn"), getattr(self, name + "_linear")(u))
            x = getattr(self, name + "_lif")(x)
            return x.unflatten(-1, (self.heads, -1)).transpose(2, 3)  # [T, B, H, N, d]

        q, k, v = heads("q"), heads("k"), heads("v")
        # (q k^T) v = q (k^T v) exactly: sums of integers below 2^24.
        y = (q @ (k.transpose(-1, -2) @ v)) * self.scale
        a = self.attn_lif(y.transpose(2, 3).flatten(-2).contiguous())
        return self.proj_lif(norm_tokens(self.proj_bn, self.proj_linear(a)))


class MLP(nn.Module):
    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()
        self.fc1_linear, self.fc1_bn, self.fc1_lif = (
            nn.Linear(dim, hidden),
            nn.BatchNorm1d(hidden),
            LIF(),
        )
        self.fc2_linear, self.fc2_bn, self.fc2_lif = (
            nn.Linear(hidden, dim),
            nn.BatchNorm1d(dim),
            LIF(),
        )

    def forward(self, u: Tensor) -> Tensor:
        h = self.fc1_lif(norm_tokens(self.fc1_bn, self.fc1_linear(u)))
        return self.fc2_lif(norm_tokens(self.fc2_bn, self.fc2_linear(h)))


class Block(nn.Module):
    def __init__(self, dim: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.attn, self.mlp = SSA(dim, heads), MLP(dim, hidden)

    def forward(self, u: Tensor) -> Tensor:
        u = u + self.attn(u)
        return u + self.mlp(u)


class Spikformer(nn.Module):
    def __init__(
        self,
        depth: int,
        dim: int,
        heads: int,
        hidden: int,
        timesteps: int,
        in_channels: int,
        classes: int,
    ) -> None:
        super().__init__()
        self.patch_embed = SPS(in_channels, dim, timesteps)
        self.block = nn.ModuleList(Block(dim, heads, hidden) for _ in range(depth))
        self.head = nn.Linear(dim, classes)
        self.apply(self.init_weights)

    @staticmethod
    def init_weights(module: nn.Module) -> None:
        if isinstance(module, nn.Linear):
            nn.init.trunc_normal_(module.weight, std=0.02)
            nn.init.zeros_(module.bias)

    def forward(self, image: Tensor) -> Tensor:
        u = self.patch_embed(image)
        for block in self.block:
            u = block(u)
        return self.head(u.mean(2).mean(0))

    def populations(self) -> Dict[str, LIF]:
        """Every LIF population by module path, in execution order."""
        return {name: m for name, m in self.named_modules() if isinstance(m, LIF)}

    def record(self, on: bool = True) -> None:
        for population in self.populations().values():
            population.record = on


def from_config(config: dict) -> Spikformer:
    """The network of a config.json (configs/models/*.json, test/golden/*/config.json)."""
    return Spikformer(
        config["depth"],
        config["dim"],
        config["heads"],
        config["mlp_hidden"],
        config["T"],
        config["in_channels"],
        config["classes"],
    )


def fashion() -> Spikformer:
    """The demonstration network, configs/models/fashion-2-64.json."""
    return Spikformer(depth=2, dim=64, heads=4, hidden=256, timesteps=4, in_channels=1, classes=10)
