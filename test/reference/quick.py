"""The training forward pass of spikingformer.py and sdt.py for one CPU core, in float32.

Channels are innermost in memory; convolutions of spikes walk lists of events; batch norm + LIF are
one autograd function over quick.c, which is compiled at import into a temporary folder; layers with
a common input run as one convolution. `fits` is False where that cannot be done: train.py then
calls the model itself, which computes the same, but more slowly.
"""
import ctypes
import os
import subprocess
import tempfile
from typing import List, Optional, Sequence, Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sdt import SDT
from spikformer import LIF


def compile_kernels() -> Optional[ctypes.CDLL]:
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "quick.c")
    flags = ["-O3", "-march=native", "-ffast-math", "-shared", "-fPIC"]
    try:
        with tempfile.TemporaryDirectory() as folder:
            library = os.path.join(folder, "quick.so")
            subprocess.run(["cc", *flags, source, "-o", library], check=True)
            # Keep freed tensors in the heap: fresh pages cost more than the arithmetic on them.
            libc = ctypes.CDLL(None)
            libc.mallopt(-1, ctypes.c_int(2**31 - 1))  # M_TRIM_THRESHOLD
            libc.mallopt(-3, ctypes.c_int(2**31 - 1))  # M_MMAP_THRESHOLD
            return ctypes.CDLL(library)
    except (OSError, subprocess.CalledProcessError):
        return None


KERNELS = compile_kernels()


def call(name: str, *args) -> None:
    """Tensors go as pointers, ints as int or size_t alike (a register each), floats as float."""

    def convert(a):
        if isinstance(a, Tensor):
            return ctypes.c_void_p(a.data_ptr())
        if isinstance(a, int):
            return ctypes.c_size_t(a)
        return ctypes.c_float(a) if isinstance(a, float) else a

    getattr(KERNELS, name)(*map(convert, args))


def inner(x: Tensor) -> Tensor:
    """[B, C, H, W] with the channels innermost in memory; [B, C] as it is."""
    return x.contiguous(memory_format=torch.channels_last) if x.dim() == 4 else x.contiguous()


def moments(x: Tensor) -> Tuple[Tensor, Tensor]:
    """Mean and variance by channel, in double."""
    n = x.shape[1]
    total, square = torch.zeros(2, n, dtype=torch.float64)
    call("moments", x.numel() // n, n, x, total, square)
    mean = total * n / x.numel()
    return mean, (square * n / x.numel() - mean * mean).clamp_(min=0)


def norm_backward(
    x: Tensor, a: Tensor, mean: Tensor, inverse: Tensor, total: Tensor, dot: Tensor, grad: Tensor
) -> Tuple[Tensor, Tensor]:
    """Gradients of gamma and beta; `grad` becomes that of x. total, dot: sums of grad, grad * x."""
    n = x.shape[1]
    count = x.numel() // n
    grad_gamma = (dot - mean * total) * inverse
    slope = -a.double() * inverse * grad_gamma / count
    offset = -a.double() * total / count - slope * mean
    call("norm_backward", count, n, x, a, slope.float(), offset.float(), grad)
    return grad_gamma.float(), total.float()


class Norm(torch.autograd.Function):
    """Batch norm in training of [B, C, H, W]; the mean and the variance of the batch too."""

    @staticmethod
    def forward(ctx, x: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Tuple[Tensor, ...]:
        mean, var = moments(x)
        inverse = (var + eps).rsqrt()
        scale = gamma.double() * inverse
        a, b = scale.float(), (beta.double() - mean * scale).float()
        ctx.save_for_backward(x, a, mean, inverse)
        count = x.numel() // x.shape[1]
        mean32, var32 = mean.float(), (var * count / (count - 1)).float()
        ctx.mark_non_differentiable(mean32, var32)
        return x * a.view(-1, 1, 1) + b.view(-1, 1, 1), mean32, var32

    @staticmethod
    def backward(ctx, grad: Tensor, *_: Tensor) -> Tuple[Optional[Tensor], ...]:
        x, a, mean, inverse = ctx.saved_tensors
        n = x.shape[1]
        total, dot = torch.zeros(2, n, dtype=torch.float64)
        out = grad.clone(memory_format=torch.channels_last)
        call("norm_sums", x.numel() // n, n, x, out, total, dot)
        return (out, *norm_backward(x, a, mean, inverse, total, dot, out), None)


class NormLIF(torch.autograd.Function):
    """x [T * B, C, ...], or [B, C, ...] the same at every timestep -> batch norm -> LIF, spikes
    [T * B, C, ...]; no norm where gamma is None. Returns the mean and the variance of the batch
    too, for the running statistics; `fixed` replaces both in eval."""

    @staticmethod
    def forward(
        ctx,
        x: Tensor,
        gamma: Optional[Tensor],
        beta: Optional[Tensor],
        eps: float,
        timesteps: int,
        repeat: bool,
        threshold: float,
        fixed: Optional[Tuple[Tensor, Tensor]],
    ) -> Tuple[Tensor, ...]:
        x = inner(x)
        n = x.shape[1]
        count = x.numel() // n
        rows = count if repeat else count // timesteps
        if gamma is None:
            mean, inverse = torch.zeros(n, dtype=torch.float64), torch.ones(n, dtype=torch.float64)
            var, a, b = inverse, torch.ones(n), torch.zeros(n)
        else:
            if fixed is None:
                mean, var = moments(x)
            else:
                mean, var = fixed[0].double(), fixed[1].double()
            inverse = (var + eps).rsqrt()
            scale = gamma.double() * inverse
            a, b = scale.float(), (beta.double() - mean * scale).float()
        s = torch.empty(
            (timesteps * x.shape[0] if repeat else x.shape[0], *x.shape[1:]),
            memory_format=torch.channels_last if x.dim() == 4 else torch.contiguous_format,
        )
        step = 0 if repeat else rows * n
        call("lif_forward", timesteps, rows, n, step, x, a, b, threshold, s)
        ctx.save_for_backward(x, a, b, mean, inverse)
        ctx.sizes, ctx.threshold = (timesteps, rows, n, step), threshold
        ctx.norm = gamma is not None
        mean32, var32 = mean.float(), (var * count / max(1, count - 1)).float()
        ctx.mark_non_differentiable(mean32, var32)
        return s, mean32, var32

    @staticmethod
    def backward(ctx, grad: Tensor, *_: Tensor) -> Tuple[Optional[Tensor], ...]:
        x, a, b, mean, inverse = ctx.saved_tensors
        total, dot = torch.zeros(2, x.shape[1], dtype=torch.float64)
        out = torch.empty_like(x)
        call("lif_backward", *ctx.sizes, x, a, b, ctx.threshold, inner(grad), out, total, dot)
        if not ctx.norm:
            return (out, *[None] * 7)
        return (out, *norm_backward(x, a, mean, inverse, total, dot, out), *[None] * 5)


class Pool(torch.autograd.Function):
    """Max-pooling 3x3, stride 2, padding 1."""

    @staticmethod
    def forward(ctx, x: Tensor) -> Tensor:
        x = inner(x)
        b, n, h, w = x.shape
        ctx.sizes = (b, h, w, n)
        half = (b, n, (h + 1) // 2, (w + 1) // 2)
        out = torch.empty(half, memory_format=torch.channels_last)
        taken = torch.empty(out.numel(), dtype=torch.int32)
        call("pool_forward", *ctx.sizes, x, out, taken)
        ctx.save_for_backward(taken)
        return out

    @staticmethod
    def backward(ctx, grad: Tensor) -> Tensor:
        b, h, w, n = ctx.sizes
        grad_x = torch.zeros(b, h, w, n)
        call("pool_backward", *ctx.sizes, ctx.saved_tensors[0], inner(grad), grad_x)
        return grad_x.permute(0, 3, 1, 2)


class Attend(torch.autograd.Function):
    """q (k^T v) of the spikes [B, 3 D, H, W], heads of 16 channels."""

    @staticmethod
    def forward(ctx, qkv: Tensor, heads: int) -> Tensor:
        b, n, h, w = qkv.shape
        ctx.sizes = (b, h * w, heads)
        y = torch.empty((b, n // 3, h, w), memory_format=torch.channels_last)
        call("attend_forward", *ctx.sizes, qkv, y)
        ctx.save_for_backward(qkv)
        return y

    @staticmethod
    def backward(ctx, grad: Tensor) -> Tuple[Tensor, None]:
        (qkv,) = ctx.saved_tensors
        out = torch.empty_like(qkv)
        call("attend_backward", *ctx.sizes, qkv, inner(grad), out)
        return out, None


@torch.no_grad()
def track(bn: nn.Module, mean: Tensor, var: Tensor, bias: Optional[Tensor]) -> None:
    bn.num_batches_tracked += 1
    bn.running_mean.lerp_(mean if bias is None else mean + bias, bn.momentum)
    bn.running_var.lerp_(var, bn.momentum)


def join(parts: Sequence[Tensor]) -> Tensor:
    return parts[0] if len(parts) == 1 else torch.cat(list(parts))


class Shape(ctypes.Structure):
    _fields_ = [(n, ctypes.c_int) for n in ("images", "height", "width", "n_in", "n_out", "side")]


class Events(torch.autograd.Function):
    """Convolution of spikes [B, C, H, W], stride 1: by lists of events, but for the gradient of the
    input, which is dense."""

    @staticmethod
    def forward(ctx, x: Tensor, weight: Tensor) -> Tensor:
        x = inner(x)
        (b, n_in, h, w), (n_out, _, _, side) = x.shape, weight.shape
        shape = Shape(b, h, w, n_in, n_out, side)
        start = torch.empty(b * h * w + 1, dtype=torch.int32)
        channel = torch.empty(x.numel() + 1, dtype=torch.int16)
        z = torch.empty((b, n_out, h, w), memory_format=torch.channels_last)
        rows = weight.permute(2, 3, 1, 0).contiguous()
        call("list_events", ctypes.byref(shape), x, start, channel)
        call("events_forward", ctypes.byref(shape), start, channel, rows, z)
        ctx.save_for_backward(x, weight, start, channel)
        ctx.shape = shape
        return z

    @staticmethod
    def backward(ctx, grad: Tensor) -> Tuple[Tensor, Tensor]:
        x, weight, start, channel = ctx.saved_tensors
        grad, side = inner(grad), weight.shape[-1]
        rows = torch.zeros(side, side, weight.shape[1], weight.shape[0])
        call("events_weights", ctypes.byref(ctx.shape), start, channel, rows, grad)
        padding = [side // 2] * 2
        grad_x, _, _ = torch.ops.aten.convolution_backward(
            grad,
            x,
            inner(weight),
            None,
            [1, 1],
            padding,
            [1, 1],
            False,
            [0, 0],
            1,
            [True, False, False],
        )
        return grad_x, rows.permute(3, 2, 0, 1)



def fits(model: nn.Module) -> bool:
    """Whether quick.c can do it: timesteps, multiples of channels, channels of a head."""
    dim = model.head.in_features
    return (
        KERNELS is not None
        and model.patch_embed.timesteps in (1, 2, 4)
        and dim % 64 == 0
        and all(isinstance(model, SDT) or dim == 16 * b.attn.heads for b in model.block)
    )


class Trainer:
    """forward(images) -> logits of a Spikingformer or SDT, on its parameters and in its mode.
    Activations are [T * B, C, H, W]."""

    def __init__(self, model: nn.Module) -> None:
        self.model, self.timesteps = model, model.patch_embed.timesteps

    def neurons(self, x: Tensor, lif: LIF) -> Tensor:
        return NormLIF.apply(x, None, None, 0.0, self.timesteps, False, lif.threshold, None)[0]

    def spikes(
        self, x: Tensor, convs: List[nn.Module], norms: List[nn.Module], repeat: bool = False
    ) -> Tensor:
        """Convolution, batch norm, neurons; the batch norm cancels a bias, but for its mean."""
        weight = join([c.weight for c in convs])
        if weight.dim() == 3:
            weight = weight.unsqueeze(-1)
        # The first layer reads the image, the same at every timestep; all others read spikes.
        z = F.conv2d(x, inner(weight), padding=1) if repeat else Events.apply(x, weight)
        fixed = None
        if not self.model.training:
            biases = [0.0 if c.bias is None else c.bias for c in convs]
            fixed = (
                join([n.running_mean - b for n, b in zip(norms, biases)]),
                join([n.running_var for n in norms]),
            )
        gamma, beta = join([n.weight for n in norms]), join([n.bias for n in norms])
        s, mean, var = NormLIF.apply(
            z, gamma, beta, norms[0].eps, self.timesteps, repeat, 1.0, fixed
        )
        if fixed is None:
            sizes = [n.num_features for n in norms]
            for c, n, m, v in zip(convs, norms, mean.split(sizes), var.split(sizes)):
                track(n, m, v, c.bias)
        return s

    def real(self, x: Tensor, conv: nn.Module, norm: nn.Module) -> Tensor:
        """Convolution and batch norm."""
        weight = conv.weight if conv.weight.dim() == 4 else conv.weight.unsqueeze(-1)
        z = Events.apply(x, weight)
        if not norm.training:
            mean = norm.running_mean if conv.bias is None else norm.running_mean - conv.bias
            return F.batch_norm(z, mean, norm.running_var, norm.weight, norm.bias, eps=norm.eps)
        y, mean, var = Norm.apply(z, norm.weight, norm.bias, norm.eps)
        track(norm, mean, var, conv.bias)
        return y

    def qkv(self, m: nn.Module, s: Tensor) -> Tensor:
        convs, norms = [m.q_conv, m.k_conv, m.v_conv], [m.q_bn, m.k_bn, m.v_bn]
        return self.spikes(s, convs, norms)

    def spikingformer(self, image: Tensor) -> Tensor:
        p, x = self.model.patch_embed, image
        for i in range(4):
            conv, norm = p.weights(i)
            x = self.spikes(x, [conv], [norm], repeat=i == 0)
            if p.pooled[i] == "1":
                x = Pool.apply(x)
        u = self.real(x, *p.weights(4))
        for block in self.model.block:
            m = block.attn
            qkv = self.qkv(m, self.neurons(u, m.proj_lif))
            y = Attend.apply(qkv, m.heads) * m.scale
            u = u + self.real(self.neurons(y, m.attn_lif), m.proj_conv, m.proj_bn)
            m = block.mlp
            h = self.spikes(self.neurons(u, m.mlp1_lif), [m.mlp1_conv], [m.mlp1_bn])
            u = u + self.real(h, m.mlp2_conv, m.mlp2_bn)
        return self.model.head(u.mean((2, 3)).unflatten(0, (self.timesteps, -1)).mean(0))

    def sdt(self, image: Tensor) -> Tensor:
        p = self.model.patch_embed
        x = self.spikes(image, [p.proj_conv], [p.proj_bn], repeat=True)
        for i, (conv, norm) in enumerate(
            ((p.proj_conv1, p.proj_bn1), (p.proj_conv2, p.proj_bn2), (p.proj_conv3, p.proj_bn3))
        ):
            if p.pooling[i] == "1":
                x = Pool.apply(x)
            x = self.spikes(x, [conv], [norm]) if i < 2 else self.real(x, conv, norm)
        if p.pooling[3] == "1":
            x = Pool.apply(x)
        u = x + self.real(self.neurons(x, p.proj_lif3), p.rpe_conv, p.rpe_bn)
        for block in self.model.block:
            m = block.attn
            q, k, v = self.qkv(m, self.neurons(u, m.shortcut_lif)).chunk(3, 1)
            g = self.neurons((k * v).sum((2, 3)), m.talking_heads_lif)
            u = u + self.real(q * g[:, :, None, None], m.proj_conv, m.proj_bn)
            m = block.mlp
            h = self.spikes(self.neurons(u, m.fc1_lif), [m.fc1_conv], [m.fc1_bn])
            u = u + self.real(h, m.fc2_conv, m.fc2_bn)
        s = self.neurons(u.mean((2, 3)), self.model.head_lif)
        return self.model.head(s.unflatten(0, (self.timesteps, -1)).mean(0))

    def forward(self, image: Tensor) -> Tensor:
        return self.sdt(image) if isinstance(self.model, SDT) else self.spikingformer(image)
