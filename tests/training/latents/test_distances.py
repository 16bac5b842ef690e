"""Distances between samples agree with independent references and with closed forms."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch", reason="torch is not installed")

import torch

from rootae.training.latents.distances import (
    DISTANCES,
    cramer_wold,
    energy,
    mmd,
    sinkhorn,
    sliced_wasserstein,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

torch.set_num_threads(1)


def normal(rows: int, dimensions: int, seed: int, shift: float = 0.0, scale: float = 1.0) -> Tensor:
    drawn = torch.randn(rows, dimensions, generator=torch.Generator().manual_seed(seed))
    return drawn.double() * scale + shift


def mmd_of_shifted_normals(dimensions: int, shift: float) -> float:
    """Integrate the kernel C / (C + r^2) = int exp(-t (1 + r^2 / C)) dt in closed form over r."""
    from scipy.integrate import quad

    def mean_kernel(size: float, squared: float) -> float:
        def part(t: float) -> float:
            wide = 1 + 4 * t / size
            return math.exp(-t - t / size * squared / wide) * float(wide ** (-dimensions / 2))

        return float(quad(part, 0, np.inf)[0])

    sizes = [2 * dimensions * s for s in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)]
    squared = dimensions * shift**2
    return sum(2 * mean_kernel(c, 0.0) - 2 * mean_kernel(c, squared) for c in sizes)


@pytest.mark.parametrize(("dimensions", "shift"), [(1, 1.0), (3, 0.5), (8, 0.3)])
def test_mmd_is_the_closed_form_of_shifted_gaussians(dimensions: int, shift: float) -> None:
    x, y = normal(1200, dimensions, 1), normal(1200, dimensions, 2, shift)
    wanted = mmd_of_shifted_normals(dimensions, shift)
    assert float(mmd(x, y)) == pytest.approx(wanted, rel=0.15)


def test_mmd_is_the_unbiased_estimate_of_its_definition() -> None:
    x, y = normal(7, 2, 1), normal(5, 2, 2, 1.0)

    def kernel(a: Tensor, b: Tensor) -> float:
        return sum(4 * s / (4 * s + float(((a - b) ** 2).sum())) for s in (0.5, 2.0))

    within = [
        np.mean([kernel(a, b) for i, a in enumerate(z) for j, b in enumerate(z) if i != j])
        for z in (x, y)
    ]
    across = np.mean([kernel(a, b) for a in x for b in y])
    assert float(mmd(x, y, (0.5, 2.0))) == pytest.approx(sum(within) - 2 * across, rel=1e-9)


def test_sliced_wasserstein_is_that_of_pot_on_the_same_directions() -> None:
    ot = pytest.importorskip("ot", reason="POT is not installed")
    x, y = normal(200, 4, 1), normal(200, 4, 2, 0.5, 2.0)
    directions = torch.nn.functional.normalize(normal(4, 32, 3), dim=0)
    wanted = ot.sliced_wasserstein_distance(x, y, projections=directions) ** 2
    assert float(sliced_wasserstein(x, y, directions)) == pytest.approx(float(wanted), rel=1e-9)


@given(st.integers(1, 6), st.floats(-3, 3))
def test_sliced_wasserstein_of_a_shift_is_its_square_over_the_dimensions(
    dimensions: int, shift: float
) -> None:
    x = normal(50, dimensions, 1)
    found = sliced_wasserstein(x, x + shift, 4000, torch.Generator().manual_seed(2))
    assert float(found) == pytest.approx(shift**2, rel=0.2, abs=1e-9)


@pytest.mark.parametrize("shift", [0.0, 0.3, 2.0])
def test_energy_is_the_square_of_scipys_in_one_dimension(shift: float) -> None:
    stats = pytest.importorskip("scipy.stats", reason="scipy is not installed")
    x, y = normal(80, 1, 1), normal(120, 1, 2, shift)
    wanted = stats.energy_distance(x.ravel(), y.ravel()) ** 2
    assert float(energy(x, y)) == pytest.approx(wanted, rel=1e-4, abs=1e-5)


def test_energy_is_the_closed_form_of_shifted_gaussians() -> None:
    def mean_distance(shift: float) -> float:  # of two standard normal variables
        return shift * math.erf(shift / 2) + 2 / math.sqrt(math.pi) * math.exp(-(shift**2) / 4)

    x, y = normal(1500, 1, 1), normal(1500, 1, 2, 1.0)
    wanted = 2 * mean_distance(1.0) - 2 * mean_distance(0.0)
    assert float(energy(x, y)) == pytest.approx(wanted, rel=0.1)


def smoothed_along(x: Tensor, y: Tensor, direction: Tensor, width: float) -> float:
    """Integrate the squared difference of two smoothed one-dimensional densities on a grid."""
    t = np.linspace(-12, 12, 4001)

    def density(z: Tensor) -> NDArray[Any]:
        along = (z @ direction).numpy()
        bumps = np.exp(-((t[:, None] - along) ** 2) / (2 * width))
        found: NDArray[Any] = bumps.mean(1) / math.sqrt(2 * math.pi * width)
        return found

    return float(np.trapezoid((density(x) - density(y)) ** 2, t))


# beyond one dimension directions are drawn, and beyond two the mean over all is asymptotic
@pytest.mark.parametrize(("dimensions", "agree"), [(1, 1e-6), (2, 0.06), (12, 0.08)])
def test_cramer_wold_is_the_mean_over_directions_of_its_definition(
    dimensions: int, agree: float
) -> None:
    x, y = normal(20, dimensions, 1), normal(20, dimensions, 2, 1.0)
    directions = torch.nn.functional.normalize(normal(dimensions, 400, 3), dim=0).T
    wanted = np.mean([smoothed_along(x, y, d, 0.4) for d in directions])
    assert float(cramer_wold(x, y, 0.4)) == pytest.approx(
        wanted, rel=agree + 0.05 * (dimensions > 1)
    )


@pytest.mark.parametrize("dimensions", [1, 2, 5])
def test_sinkhorn_is_that_of_pot(dimensions: int) -> None:
    ot = pytest.importorskip("ot", reason="POT is not installed")
    x, y = normal(40, dimensions, 1), normal(30, dimensions, 2, 0.7)
    weight = 0.5 * dimensions

    def cost(a: Tensor, b: Tensor) -> float:
        m = ot.dist(a.numpy(), b.numpy())
        return float(ot.solve(m, reg=weight, reg_type="kl", max_iter=5000, tol=1e-12).value)

    wanted = cost(x, y) - (cost(x, x) + cost(y, y)) / 2
    assert float(sinkhorn(x, y, 0.5, 2000)) == pytest.approx(wanted, rel=1e-5)


def test_sinkhorn_of_a_shift_is_its_square() -> None:
    x = normal(60, 3, 1)
    assert float(sinkhorn(x, x + 0.5, 0.1, 500)) == pytest.approx(3 * 0.25, rel=1e-3)


@pytest.mark.parametrize("name", DISTANCES)
def test_a_distance_grows_with_the_shift(name: str) -> None:
    torch.manual_seed(0)
    x, distance = normal(200, 4, 1), DISTANCES[name]
    apart = [float(distance(x, normal(200, 4, 2, shift))) for shift in (0.0, 0.5, 1.0, 2.0)]
    assert apart == sorted(apart)
    assert abs(apart[0]) < 0.1 * apart[-1]


@pytest.mark.slow
@pytest.mark.parametrize("name", DISTANCES)
def test_a_distance_pulls_latents_towards_the_prior(name: str) -> None:
    torch.manual_seed(0)
    x = normal(64, 2, 1, 1.0, 0.3).requires_grad_()
    optimiser = torch.optim.Adam([x], 0.05)
    for _ in range(100):
        optimiser.zero_grad()
        lost = DISTANCES[name](x, torch.randn(64, 2).double())
        lost.backward()  # type: ignore[no-untyped-call]  # torch's own
        assert x.grad is not None
        assert bool(torch.isfinite(x.grad).all())
        optimiser.step()
    found = x.detach()
    assert float(found.mean(0).abs().max()) < 0.4
    assert float((found.std(0) - 1).abs().max()) < 0.4


@pytest.mark.parametrize("name", ["energy", "cramer-wold", "mmd", "sinkhorn"])
def test_gradients_are_those_of_finite_differences(name: str) -> None:
    x, y = normal(5, 2, 1).requires_grad_(), normal(6, 2, 2, 0.5)

    def distance(z: Tensor) -> Tensor:
        return sinkhorn(z, y, 0.5, 500) if name == "sinkhorn" else DISTANCES[name](z, y)

    (found,) = torch.autograd.grad(distance(x), x)
    step = torch.zeros_like(x)
    step[2, 1] = 1e-5
    with torch.no_grad():
        wanted = (distance(x + step) - distance(x - step)) / 2e-5
    assert float(found[2, 1]) == pytest.approx(float(wanted), rel=1e-3, abs=1e-8)
