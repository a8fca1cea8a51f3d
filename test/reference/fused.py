"""The training forward pass of spikformer.py with fused layers, for one CPU core.

Weights + batch norm + LIF are one autograd function over fused.c, which is compiled at import into
a temporary folder and needs AVX-512 BF16. Forward arithmetic is float32; output gradients are
rounded to bfloat16. `available()` is False where the kernels cannot be built: train.py then calls
the model itself, which computes the same, but more slowly.
"""
import ctypes
import os
import subprocess
import tempfile
from typing import Dict, Optional, Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikformer import SSA, MLP, SPS, Spikformer

NARROW = torch.bfloat16
WIDE = 16


def compile_kernels() -> Optional[ctypes.CDLL]:
    try:
        flags = open("/proc/cpuinfo").read()
        if "avx512_bf16" not in flags:
            return None
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fused.c")
        with tempfile.TemporaryDirectory() as folder:
            library = os.path.join(folder, "fused.so")
            subprocess.run(
                ["cc", "-O3", "-march=native", "-shared", "-fPIC", source, "-o", library],
                check=True,
            )
            # Keep freed tensors in the heap: fresh pages cost more than the arithmetic on them.
            libc = ctypes.CDLL(None)
            libc.mallopt(-1, ctypes.c_int(2**31 - 1))  # M_TRIM_THRESHOLD
            libc.mallopt(-3, ctypes.c_int(2**31 - 1))  # M_MMAP_THRESHOLD
            return ctypes.CDLL(library)
    except (OSError, subprocess.CalledProcessError):
        return None


KERNELS = compile_kernels()


def available() -> bool:
    return KERNELS is not None


def call(name: str, *args) -> None:
    """Tensors go as pointers, ints as int or size_t alike (a register each), floats as float."""

    def convert(a):
        if isinstance(a, Tensor):
            assert a.is_contiguous()
            return ctypes.c_void_p(a.data_ptr())
        return (
            ctypes.c_size_t(a)
            if isinstance(a, int)
            else ctypes.c_float(a)
            if isinstance(a, float)
            else a
        )

    if getattr(KERNELS, name)(*map(convert, args)) not in (0, None) and name == "weights_backward":
        raise MemoryError(name)


class Shape(ctypes.Structure):
    _fields_ = [
        (n, ctypes.c_int)
        for n in ("timesteps", "samples", "height", "width", "n_in", "n_out", "side")
    ]


class Buffers:
    """What a layer keeps from forward to backward, reused at every step."""

    def __init__(self) -> None:
        self.kept: Dict[str, Tensor] = {}

    def get(self, name: str, size: int, dtype: torch.dtype = torch.float32) -> Tensor:
        if name not in self.kept or self.kept[name].numel() != size:
            self.kept[name] = torch.empty(size, dtype=dtype)
        return self.kept[name]


class Layer(torch.autograd.Function):
    """x [T, B, H, W, n_in] -> spikes [T, B, H, W, n_out]; weight [n_out, n_in, side, side]. Returns
    the batch's mean and variance too, for the running statistics; `fixed` replaces both in eval.
    """

    @staticmethod
    def forward(
        ctx,
        x: Tensor,
        weight: Tensor,
        gamma: Tensor,
        beta: Tensor,
        eps: float,
        kept: Buffers,
        fixed: Optional[Tuple[Tensor, Tensor]],
    ) -> Tuple[Tensor, ...]:
        t, b, h, w, n_in = x.shape
        n_out, side = weight.shape[0], weight.shape[-1]
        shape, images, pixels = Shape(t, b, h, w, n_in, n_out, side), t * b, h * w
        room = images * (pixels * n_in + WIDE)
        start = kept.get("start", images * (pixels + 1), torch.int32)
        channel, value = kept.get("channel", room, torch.int32), kept.get("value", room)
        z = kept.get("z", images * pixels * n_out)
        rows = weight.permute(2, 3, 1, 0).contiguous()
        total, square = torch.zeros(2, n_out, dtype=torch.float64)
        call(
            "weights_forward", ctypes.byref(shape), x, rows, start, channel, value, z, total, square
        )
        count = images * pixels
        mean = total / count
        var = (square / count - mean * mean).clamp_(min=0)
        if fixed is not None:
            mean, var = fixed[0].double(), fixed[1].double()
        scale = gamma.double() / (var + eps).sqrt()
        a, shift = scale.float(), (beta.double() - mean * scale).float()
        s = torch.empty(t, b, h, w, n_out)
        call("lif_forward", t, b * pixels, n_out, z, a, shift, 1.0, s)
        ctx.save_for_backward(weight, a, shift, mean, (var + eps).rsqrt())
        ctx.shape, ctx.kept, ctx.side, ctx.x_shape = shape, kept, side, x.shape
        mean32, var32 = mean.float(), (var * count / (count - 1)).float()
        ctx.mark_non_differentiable(mean32, var32)
        return s, mean32, var32

    @staticmethod
    def backward(ctx, grad: Tensor, *_: Tensor) -> Tuple[Optional[Tensor], ...]:
        weight, a, shift, mean, inverse = ctx.saved_tensors
        kept, (t, b, h, w, n_in), n_out = ctx.kept, ctx.x_shape, weight.shape[0]
        count = t * b * h * w
        z = kept.kept["z"]
        grad_y = kept.get("grad_y", count * n_out, NARROW)
        total, dot = torch.zeros(2, n_out, dtype=torch.float64)
        call(
            "lif_backward",
            t,
            b * h * w,
            n_out,
            z,
            a,
            shift,
            1.0,
            grad.contiguous(),
            None,
            grad_y,
            total,
            dot,
        )
        grad_gamma = (dot - mean * total) * inverse
        # grad_z = a (grad_y - mean(grad_y) - xhat mean(grad_y xhat)), xhat = (z - mean) inverse
        slope = -a.double() * inverse * grad_gamma / count
        offset = -a.double() * total / count - slope * mean
        packed = F.pad(weight, (0, 0, 0, 0, 0, max(0, WIDE - n_in))).permute(2, 3, 0, 1)
        packed = (
            packed.reshape(ctx.side**2, n_out // 2, 2, -1).transpose(2, 3).to(NARROW).contiguous()
        )
        grad_w = torch.zeros(ctx.side, ctx.side, n_in, n_out)
        grad_x = torch.empty(ctx.x_shape)
        call(
            "weights_backward",
            ctypes.byref(ctx.shape),
            kept.kept["start"],
            kept.kept["channel"],
            kept.kept["value"],
            grad_y,
            z,
            a,
            slope.float(),
            offset.float(),
            packed,
            grad_w,
            grad_x,
        )
        return (
            grad_x,
            grad_w.permute(3, 2, 0, 1),
            grad_gamma.float(),
            total.float(),
            None,
            None,
            None,
        )


class Neurons(torch.autograd.Function):
    """LIF(x * scale) without weights, over [T, ..., n]."""

    @staticmethod
    def forward(ctx, x: Tensor, threshold: float, scale: float) -> Tensor:
        x = x.contiguous()
        t, n = x.shape[0], x.shape[-1]
        # 8 channels are half a vector: two pixels make a row then.
        ctx.n = n = max(n, WIDE)
        ctx.a, ctx.b, ctx.threshold = torch.full((n,), scale), torch.zeros(n), threshold
        s = torch.empty(x.shape)
        call("lif_forward", t, x.numel() // t // n, n, x, ctx.a, ctx.b, threshold, s)
        ctx.save_for_backward(x)
        return s

    @staticmethod
    def backward(ctx, grad: Tensor) -> Tuple[Optional[Tensor], ...]:
        (x,) = ctx.saved_tensors
        out, unused = torch.empty(x.shape), torch.empty(2, ctx.n, dtype=torch.float64)
        call(
            "lif_backward",
            x.shape[0],
            x.numel() // x.shape[0] // ctx.n,
            ctx.n,
            x,
            ctx.a,
            ctx.b,
            ctx.threshold,
            grad.contiguous(),
            out,
            None,
            unused[0],
            unused[1],
        )
        return out * ctx.a[0], None, None


class Pool(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: Tensor) -> Tensor:
        t, b, h, w, n = x.shape
        out = torch.empty(t, b, (h + 1) // 2, (w + 1) // 2, n)
        call("pool_forward", t * b, h, w, n, x, out)
        ctx.save_for_backward(x, out)
        return out

    @staticmethod
    def backward(ctx, grad: Tensor) -> Tensor:
        x, out = ctx.saved_tensors
        t, b, h, w, n = x.shape
        grad_x = torch.empty(x.shape)
        call("pool_backward", t * b, h, w, n, x, out, grad.contiguous(), grad_x)
        return grad_x


class Attend(torch.autograd.Function):
    """q (k^T v) of qkv [T, B, H, W, 3 D], heads of 16 channels."""

    @staticmethod
    def forward(ctx, qkv: Tensor, heads: int) -> Tensor:
        t, b, h, w, n = qkv.shape
        kv, y = torch.empty(t * b * heads, WIDE, WIDE), torch.empty(t, b, h, w, n // 3)
        call("attend_forward", t * b, h * w, heads, qkv, kv, y)
        ctx.save_for_backward(qkv, kv)
        ctx.heads = heads
        return y

    @staticmethod
    def backward(ctx, grad: Tensor) -> Tuple[Tensor, None]:
        qkv, kv = ctx.saved_tensors
        t, b, h, w, _ = qkv.shape
        out = torch.empty(qkv.shape)
        call("attend_backward", t * b, h * w, ctx.heads, qkv, kv, grad.contiguous(), out)
        return out, None


def fits(model: Spikformer) -> bool:
    """Whether the kernels' vector widths cover this network; they were made for fashion-2-64."""
    hidden = {block.mlp.fc1_linear.out_features for block in model.block}
    return (
        available()
        and model.head.in_features == 64
        and hidden <= {64, 128, 192, 256}
        and model.patch_embed.timesteps <= 16
        and all(block.attn.heads == 4 for block in model.block)
    )


@torch.no_grad()
def track(bn: nn.Module, mean: Tensor, var: Tensor, bias: Optional[Tensor]) -> None:
    bn.num_batches_tracked += 1
    momentum = bn.momentum if bn.momentum is not None else 1.0 / float(bn.num_batches_tracked)
    bn.running_mean.lerp_(mean if bias is None else mean + bias, momentum)
    bn.running_var.lerp_(var, momentum)


class Trainer:
    """forward(images) -> logits of a Spikformer, on its parameters and in its mode."""

    def __init__(self, model: Spikformer) -> None:
        self.model = model
        self.kept: Dict[str, Buffers] = {}

    def layer(
        self, name: str, x: Tensor, weights: Tuple[nn.Module, ...], norms: Tuple[nn.Module, ...]
    ) -> Tensor:
        """Layers with a common input run as one. Batch norm cancels a bias, but for its mean."""
        join = lambda ps: ps[0] if len(ps) == 1 else torch.cat(ps)
        weight = join([w.weight for w in weights])
        if weight.dim() == 2:
            weight = weight[:, :, None, None]
        fixed = None
        if not self.model.training:
            fixed = (
                join(
                    [
                        n.running_mean if w.bias is None else n.running_mean - w.bias
                        for w, n in zip(weights, norms)
                    ]
                ),
                join([n.running_var for n in norms]),
            )
        s, mean, var = Layer.apply(
            x,
            weight,
            join([n.weight for n in norms]),
            join([n.bias for n in norms]),
            norms[0].eps,
            self.kept.setdefault(name, Buffers()),
            fixed,
        )
        if fixed is not None:
            return s
        sizes = [n.num_features for n in norms]
        for w, bn, m, v in zip(weights, norms, mean.split(sizes), var.split(sizes)):
            track(bn, m, v, w.bias)
        return s

    def patches(self, sps: SPS, image: Tensor) -> Tensor:
        x = sps.proj_bn(sps.proj_conv(image)).permute(0, 2, 3, 1)
        x = Neurons.apply(x.expand(sps.timesteps, *x.shape), 1.0, 1.0)
        for i in (1, 2, 3):
            x = self.layer(
                f"sps{i}", x, (getattr(sps, f"proj_conv{i}"),), (getattr(sps, f"proj_bn{i}"),)
            )
            x = Pool.apply(x) if i > 1 else x
        return x + self.layer("rpe", x, (sps.rpe_conv,), (sps.rpe_bn,))

    def attention(self, name: str, m: SSA, u: Tensor) -> Tensor:
        qkv = self.layer(
            name + "qkv", u, (m.q_linear, m.k_linear, m.v_linear), (m.q_bn, m.k_bn, m.v_bn)
        )
        a = Neurons.apply(Attend.apply(qkv, m.heads), m.attn_lif.threshold, m.scale)
        return self.layer(name + "proj", a, (m.proj_linear,), (m.proj_bn,))

    def mlp(self, name: str, m: MLP, u: Tensor) -> Tensor:
        h = self.layer(name + "fc1", u, (m.fc1_linear,), (m.fc1_bn,))
        return self.layer(name + "fc2", h, (m.fc2_linear,), (m.fc2_bn,))

    def forward(self, image: Tensor) -> Tensor:
        assert image.shape[-2:] == (
            32,
            32,
        ), "rows of pixels must be multiples of the kernels' blocks"
        u = self.patches(self.model.patch_embed, image)
        for i, block in enumerate(self.model.block):
            u = u + self.attention(f"{i}.attn.", block.attn, u)
            u = u + self.mlp(f"{i}.mlp.", block.mlp, u)
        return self.model.head(u.mean((2, 3)).mean(0))
