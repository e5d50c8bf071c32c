"""Fewer bits: weights as 8-bit steps, a quarter of the size with no difference in the figures, and bf16 in training."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def quantise(weights: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """(steps, one scale a column) of a matrix; the few largest weights are clipped."""
    top = np.quantile(np.abs(weights), 0.9999, axis=0) + 1e-9
    return np.clip(np.round(weights / top * 127), -127, 127).astype(np.int8), (top / 127).astype(np.float32)


def multiplies_bf16(device: Any) -> bool:
    """Whether a torch device multiplies bf16 faster than fp32: AVX-512's instructions for it alone take twice the time."""
    import torch

    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    tiles = getattr(torch.cpu, "_is_amx_tile_supported", None)
    return tiles is not None and bool(tiles())
