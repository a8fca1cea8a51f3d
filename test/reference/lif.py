"""Multi-step LIF as one autograd function: forward and backward each pass once over memory.

The loops are lif.c, compiled at first use into a temporary folder; without a C compiler the same
arithmetic runs in PyTorch operations.
"""
import ctypes
import os
import subprocess
import tempfile
from typing import Optional, Tuple

import torch
from torch import Tensor

ALPHA = 4.0  # slope of the sigmoid surrogate


def compile_kernel() -> Optional[ctypes.CDLL]:
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lif.c")
    folder = tempfile.mkdtemp(prefix="spikeq-lif-")
    library = os.path.join(folder, "lif.so")
    command = ["cc", "-O3", "-march=native", "-ffast-math", "-shared", "-fPIC", source, "-o", library, "-lm"]
    try:
        subprocess.run(command, check=True)
        return ctypes.CDLL(library)
    except (OSError, subprocess.CalledProcessError):
        return None


kernel = compile_kernel()


def pointer(x: Tensor) -> ctypes.c_void_p:
    return ctypes.c_void_p(x.data_ptr())


class MultiStep(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: Tensor, threshold: float) -> Tensor:
        # A static input arrives as one step expanded to T (stride 0): read in place.
        if not (x.stride(0) == 0 and x[0].is_contiguous()):
            x = x.contiguous()
        n = x[0].numel()
        h, s = torch.empty(x.shape), torch.empty(x.shape)
        if kernel is not None:
            kernel.lif_forward(pointer(x), ctypes.c_size_t(min(x.stride(0), n)), pointer(h), pointer(s),
                               x.shape[0], ctypes.c_size_t(n), ctypes.c_float(threshold))
        else:
            v = torch.zeros(x.shape[1:])
            for t in range(x.shape[0]):
                h[t] = v + (x[t] - v) / 2
                s[t] = (h[t] >= threshold).float()
                v = h[t] * (1 - s[t])
        ctx.save_for_backward(h)
        ctx.threshold = threshold
        return s

    @staticmethod
    def backward(ctx, grad: Tensor) -> Tuple[Tensor, None]:
        (h,) = ctx.saved_tensors
        grad = grad.contiguous()
        out = torch.empty(h.shape)
        if kernel is not None:
            kernel.lif_backward(pointer(grad), pointer(h), pointer(out), h.shape[0], ctypes.c_size_t(h[0].numel()),
                                ctypes.c_float(ctx.threshold), ctypes.c_float(ALPHA))
            return out, None
        carried = torch.zeros(h.shape[1:])
        for t in reversed(range(h.shape[0])):
            sigmoid = torch.sigmoid(ALPHA * (h[t] - ctx.threshold))
            grad_h = grad[t] * ALPHA * sigmoid * (1 - sigmoid) + carried * (h[t] < ctx.threshold)
            out[t] = grad_h / 2
            carried = out[t]
        return out, None


def multi_step(x: Tensor, threshold: float) -> Tensor:
    """Spikes [T, ...] of currents [T, ...]; the reset is detached from the graph."""
    return MultiStep.apply(x, threshold)
