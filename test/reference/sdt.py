"""Spike-Driven Transformer (SDT) for still images in PyTorch: the definition that spikeq is
compared with.

Yao et al., "Spike-driven Transformer", NeurIPS 2023. Parameter names are those of the official
code. Neurons and surrogate as in spikformer.py. The residual stream is real-valued; attention is
masks and sums of spikes, without products of matrices. Left out: event frames and their `erode`,
learned time constants, and the extra residual of mlp_ratio 1.
"""
from typing import Dict

from torch import Tensor, nn

from spikformer import LIF, steps


class SPS(nn.Module):
    """Four convolution stages and the relative position embedding; `pooling`: "0011" and so on."""

    def __init__(self, in_channels: int, dim: int, timesteps: int, pooling: str) -> None:
        super().__init__()
        self.timesteps, self.pooling = timesteps, pooling
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
        self.pool = nn.MaxPool2d(3, 2, 1)

    def forward(self, image: Tensor) -> Tensor:
        # The image is the same at every t, so its convolution and batch norm are too.
        x = self.proj_bn(self.proj_conv(image))
        x = x.unsqueeze(0).expand(self.timesteps, *x.shape)
        for i in range(3):
            s = getattr(self, f"proj_lif{i}" if i else "proj_lif")(x)
            if self.pooling[i] == "1":
                s = steps(self.pool, s)
            weights = (getattr(self, f"proj_conv{i + 1}"), getattr(self, f"proj_bn{i + 1}"))
            x = steps(nn.Sequential(*weights), s)
        if self.pooling[3] == "1":
            x = steps(self.pool, x)  # the maximum of real values
        return x + steps(nn.Sequential(self.rpe_conv, self.rpe_bn), self.proj_lif3(x))


class SDSA(nn.Module):
    """Spike-driven self-attention; gives what the stream gains. A channel's tokens where k and v
    both fire are counted into one neuron, whose spike lets the channel of q pass."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.shortcut_lif = LIF()
        for name in "qkv":
            setattr(self, name + "_conv", nn.Conv2d(dim, dim, 1, bias=False))
            setattr(self, name + "_bn", nn.BatchNorm2d(dim))
            setattr(self, name + "_lif", LIF())
        self.talking_heads = nn.Conv1d(heads, heads, 1, bias=False)  # in checkpoints, never used
        self.talking_heads_lif = LIF(0.5)
        self.proj_conv, self.proj_bn = nn.Conv2d(dim, dim, 1), nn.BatchNorm2d(dim)

    def forward(self, u: Tensor) -> Tensor:
        s = self.shortcut_lif(u)  # [T, B, D, H, W]

        def spikes(name: str) -> Tensor:
            weights = nn.Sequential(getattr(self, name + "_conv"), getattr(self, name + "_bn"))
            return getattr(self, name + "_lif")(steps(weights, s))

        q, k, v = spikes("q"), spikes("k"), spikes("v")
        count = (k * v).sum((3, 4))
        # [T, B, heads, 1, d], the official shape, and back
        g = self.talking_heads_lif(count.unflatten(2, (self.heads, 1, -1)))
        y = q * g.flatten(2).view(*count.shape, 1, 1)
        return steps(nn.Sequential(self.proj_conv, self.proj_bn), y)


class MLP(nn.Module):
    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()
        self.fc1_lif, self.fc1_conv, self.fc1_bn = (
            LIF(),
            nn.Conv2d(dim, hidden, 1),
            nn.BatchNorm2d(hidden),
        )
        self.fc2_lif, self.fc2_conv, self.fc2_bn = (
            LIF(),
            nn.Conv2d(hidden, dim, 1),
            nn.BatchNorm2d(dim),
        )

    def forward(self, u: Tensor) -> Tensor:
        h = steps(nn.Sequential(self.fc1_conv, self.fc1_bn), self.fc1_lif(u))
        return steps(nn.Sequential(self.fc2_conv, self.fc2_bn), self.fc2_lif(h))


class Block(nn.Module):
    def __init__(self, dim: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.attn, self.mlp = SDSA(dim, heads), MLP(dim, hidden)

    def forward(self, u: Tensor) -> Tensor:
        u = u + self.attn(u)
        return u + self.mlp(u)


class SDT(nn.Module):
    def __init__(
        self,
        depth: int,
        dim: int,
        heads: int,
        hidden: int,
        timesteps: int,
        in_channels: int,
        classes: int,
        pooling: str,
    ) -> None:
        super().__init__()
        self.patch_embed = SPS(in_channels, dim, timesteps, pooling)
        self.block = nn.ModuleList(Block(dim, heads, hidden) for _ in range(depth))
        self.head_lif = LIF()
        self.head = nn.Linear(dim, classes)
        nn.init.trunc_normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def forward(self, image: Tensor) -> Tensor:
        u = self.patch_embed(image)
        for block in self.block:
            u = block(u)
        return self.head(self.head_lif(u.flatten(3).mean(3))).mean(0)

    def populations(self) -> Dict[str, LIF]:
        """Every LIF population by module path, in execution order."""
        return {name: m for name, m in self.named_modules() if isinstance(m, LIF)}

    def record(self, on: bool = True) -> None:
        for population in self.populations().values():
            population.record = on


def from_config(config: dict) -> SDT:
    """The network of a config.json with `architecture` sdt."""
    if config.get("erode") or config["mlp_hidden"] == config["dim"]:
        raise ValueError("erode and mlp_ratio 1 are not written here")
    return SDT(
        config["depth"],
        config["dim"],
        config["heads"],
        config["mlp_hidden"],
        config["T"],
        config["in_channels"],
        config["classes"],
        config["pooling"],
    )


def fashion() -> SDT:
    """The demonstration network, configs/models/fashion-sdt-1-64.json."""
    return SDT(
        depth=1,
        dim=64,
        heads=4,
        hidden=256,
        timesteps=4,
        in_channels=1,
        classes=10,
        pooling="0110",
    )
