"""Spikingformer, CIFAR-10 and ImageNet layouts, in PyTorch: the definition that spikeq is compared
with.

Zhou et al., "Spikingformer: Spike-driven Residual Learning for Transformer-based Spiking Neural
Network", 2023. Parameter names are those of the official code. Neurons and surrogate as in
spikformer.py. The residual stream is real-valued: neurons come before the weights, and only spikes
enter a convolution, but for the first one.
"""
from typing import Dict

from torch import Tensor, nn

from spikformer import LIF, steps


class Tokenizer(nn.Module):
    """Five convolutions; the spikes before the last four are pooled where `pooled` says so."""

    def __init__(
        self, in_channels: int, dim: int, timesteps: int, names: str, pooled: str
    ) -> None:
        super().__init__()
        self.timesteps, self.pooled = timesteps, pooled
        # cifar: block0_conv, block1_conv ..; imagenet: proj_conv, proj1_conv ..
        self.names = [names + (str(i) if i or names == "block" else "") for i in range(5)]
        widths = [in_channels, dim // 8, dim // 4, dim // 2, dim, dim]
        for i, name in enumerate(self.names):
            if i:
                setattr(self, name + "_lif", LIF())
            setattr(
                self,
                name + "_conv",
                nn.Conv2d(widths[i], widths[i + 1], 3, padding=1, bias=False),
            )
            setattr(self, name + "_bn", nn.BatchNorm2d(widths[i + 1]))
        self.pool = nn.MaxPool2d(3, 2, 1)

    def weights(self, i: int) -> nn.Module:
        name = self.names[i]
        return nn.Sequential(getattr(self, name + "_conv"), getattr(self, name + "_bn"))

    def forward(self, image: Tensor) -> Tensor:
        # The image is the same at every t, so its convolution and batch norm are too.
        x = self.weights(0)(image)
        x = x.unsqueeze(0).expand(self.timesteps, *x.shape)
        for i in range(1, 5):
            s = getattr(self, self.names[i] + "_lif")(x)
            if self.pooled[i - 1] == "1":
                s = steps(self.pool, s)
            x = steps(self.weights(i), s)
        return x  # [T, B, D, H', W'], real


class SSA(nn.Module):
    """Spiking self-attention behind a neuron of its own; gives what the stream gains."""

    def __init__(self, dim: int, heads: int, scale: float) -> None:
        super().__init__()
        self.heads, self.scale = heads, scale
        self.proj_lif = LIF()
        for name in "qkv":
            setattr(self, name + "_conv", nn.Conv1d(dim, dim, 1, bias=False))
            setattr(self, name + "_bn", nn.BatchNorm1d(dim))
            setattr(self, name + "_lif", LIF())
        self.attn_lif = LIF(0.5)
        self.proj_conv, self.proj_bn = nn.Conv1d(dim, dim, 1), nn.BatchNorm1d(dim)

    def forward(self, u: Tensor) -> Tensor:
        s = self.proj_lif(u).flatten(3)  # [T, B, D, N]

        def heads(name: str) -> Tensor:
            weights = nn.Sequential(getattr(self, name + "_conv"), getattr(self, name + "_bn"))
            x = getattr(self, name + "_lif")(steps(weights, s))
            return x.unflatten(2, (self.heads, -1))  # [T, B, H, d, N]

        q, k, v = heads("q"), heads("k"), heads("v")
        # (q k^T) v = q (k^T v) exactly: sums of integers below 2^24.
        y = ((v @ k.transpose(-1, -2)) @ q) * self.scale
        a = self.attn_lif(y.flatten(2, 3))
        return steps(nn.Sequential(self.proj_conv, self.proj_bn), a).view(u.shape)


class MLP(nn.Module):
    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()
        self.mlp1_lif, self.mlp1_conv, self.mlp1_bn = (
            LIF(),
            nn.Conv2d(dim, hidden, 1),
            nn.BatchNorm2d(hidden),
        )
        self.mlp2_lif, self.mlp2_conv, self.mlp2_bn = (
            LIF(),
            nn.Conv2d(hidden, dim, 1),
            nn.BatchNorm2d(dim),
        )

    def forward(self, u: Tensor) -> Tensor:
        h = steps(nn.Sequential(self.mlp1_conv, self.mlp1_bn), self.mlp1_lif(u))
        return steps(nn.Sequential(self.mlp2_conv, self.mlp2_bn), self.mlp2_lif(h))


class Block(nn.Module):
    def __init__(self, dim: int, heads: int, hidden: int, scale: float) -> None:
        super().__init__()
        self.attn, self.mlp = SSA(dim, heads, scale), MLP(dim, hidden)

    def forward(self, u: Tensor) -> Tensor:
        u = u + self.attn(u)
        return u + self.mlp(u)


class Spikingformer(nn.Module):
    """`names` and `pooled` make the layout: "block", "0011" for cifar, "proj", "1111" for imagenet.
    """

    def __init__(
        self,
        depth: int,
        dim: int,
        heads: int,
        hidden: int,
        timesteps: int,
        in_channels: int,
        classes: int,
        scale: float = 0.125,
        names: str = "block",
        pooled: str = "0011",
    ) -> None:
        super().__init__()
        self.patch_embed = Tokenizer(in_channels, dim, timesteps, names, pooled)
        self.block = nn.ModuleList(Block(dim, heads, hidden, scale) for _ in range(depth))
        self.head = nn.Linear(dim, classes)
        nn.init.trunc_normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def forward(self, image: Tensor) -> Tensor:
        u = self.patch_embed(image)
        for block in self.block:
            u = block(u)
        return self.head(u.flatten(3).mean(3).mean(0))

    def populations(self) -> Dict[str, LIF]:
        """Every LIF population by module path, in execution order."""
        return {name: m for name, m in self.named_modules() if isinstance(m, LIF)}

    def record(self, on: bool = True) -> None:
        for population in self.populations().values():
            population.record = on


def from_config(config: dict) -> Spikingformer:
    """The network of a config.json; `architecture` is spikingformer-cifar or -imagenet."""
    imagenet = config["architecture"] == "spikingformer-imagenet"
    return Spikingformer(
        config["depth"],
        config["dim"],
        config["heads"],
        config["mlp_hidden"],
        config["T"],
        config["in_channels"],
        config["classes"],
        config["attn_scale"],
        "proj" if imagenet else "block",
        "1111" if imagenet else "0011",
    )


def fashion() -> Spikingformer:
    """The demonstration network, configs/models/fashion-spikingformer-1-64.json."""
    return Spikingformer(
        depth=1, dim=64, heads=4, hidden=256, timesteps=2, in_channels=1, classes=10
    )
