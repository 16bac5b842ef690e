"""Bits of codes: as the distribution gives them, but never absurdly many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

torch = pytest.importorskip("torch")

from rootae.training.rate import coded_bits, logistic_bits  # noqa: E402  after the check for torch

if TYPE_CHECKING:
    from torch import Tensor


def ends(rows: int = 500) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    low = torch.randn(rows, generator=generator)
    return low, low + torch.rand(rows, generator=generator) + 0.01


def test_expected_codes_cost_what_the_distribution_says() -> None:
    low, high = ends()
    zero = torch.zeros_like(low)
    whole = logistic_bits(low, high, zero, zero)
    assert torch.allclose(coded_bits(low, high, zero, zero), whole, atol=1e-2)


@pytest.mark.parametrize("log_scale", [-30.0, -1e3, -1e30])
def test_what_nobody_expected_costs_24_bits_and_moves_weights_by_finite_steps(
    log_scale: float,
) -> None:
    low, high = ends()
    location = torch.full_like(low, 40.0, requires_grad=True)
    scale = torch.full_like(low, log_scale, requires_grad=True)
    bits = coded_bits(low, high, location, scale)
    assert torch.allclose(bits, torch.full_like(bits, 24.0), atol=1e-3)
    bits.sum().backward()  # type: ignore[no-untyped-call]  # torch's own
    assert torch.isfinite(location.grad).all()
    assert torch.isfinite(scale.grad).all()
