"""Bits of whole numbers under logistic distributions."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

__all__ = ["coded_bits", "latent_bits", "logistic_bits"]

_LN2 = math.log(2.0)
_MOST, _SHARPEST = 24.0, 32.0  # bits; e-folds


def logistic_bits(low: Tensor, high: Tensor, location: Tensor, log_scale: Tensor) -> Tensor:
    """Return the bits of a cell under a logistic distribution.

    Arguments:
        low, high: the cell's ends on the column's rank scale.
        location, log_scale: of the distribution, same shape.

    Returns:
        Bits, same shape.

    References:
        Salimans et al., *PixelCNN++* (2017), arXiv:1701.05517, for discretised logistics.
    """
    a = (low - location) * torch.exp(-log_scale)
    b = (high - location) * torch.exp(-log_scale)
    inside = torch.log(-torch.expm1((a - b).clamp(max=-1e-6)))
    return -(functional.logsigmoid(b) + functional.logsigmoid(-a) + inside) / _LN2


def coded_bits(low: Tensor, high: Tensor, location: Tensor, log_scale: Tensor) -> Tensor:
    """Return the bits of a cell as contexts give them: about 24 for what was never seen in one.

    Under the distribution alone, one row that a nearly certain network did not expect may come to
    more bits than all others together.

    Arguments:
        low, high: the cell's ends on the column's rank scale.
        location, log_scale: of the distribution, same shape.

    Returns:
        Bits, same shape.
    """
    # beyond it numbers overflow; whole networks cannot say it either
    bits = logistic_bits(low, high, location, log_scale.clamp(min=-_SHARPEST))
    never = torch.full_like(bits, -_MOST * _LN2)
    return -torch.logaddexp(-bits * _LN2, never) / _LN2


def latent_bits(z: Tensor, location: Tensor, log_scale: Tensor) -> Tensor:
    """Return the bits of (noisy) whole latents under one logistic distribution each.

    References:
        Balle, Laparra, Simoncelli, *End-to-end optimized image compression* (2017),
        arXiv:1611.01704, for uniform noise in the place of rounding.
    """
    return logistic_bits(z - 0.5, z + 0.5, location, log_scale)
