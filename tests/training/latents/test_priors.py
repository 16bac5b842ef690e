"""Priors: mean 0 and variance 1 in each latent, and the shape that their name says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed")

import torch

from rootae.training.latents import priors

if TYPE_CHECKING:
    from torch import Tensor


ROWS = 40_000


def drawn(name: str, rows: int = ROWS, latents: int = 3, seed: int = 1) -> Tensor:
    return priors.sample(name, rows, latents, torch.Generator().manual_seed(seed)).double()


@pytest.mark.parametrize("name", priors.names())
@pytest.mark.parametrize("latents", [1, 2, 5])
def test_every_prior_has_mean_0_and_variance_1_in_each_latent(name: str, latents: int) -> None:
    z = drawn(name, latents=latents)
    assert z.shape == (ROWS, latents)
    assert z.mean(0).abs().max() < 5 / ROWS**0.5
    assert (z.var(0) - 1).abs().max() < 8 / ROWS**0.5


@pytest.mark.parametrize("name", priors.names())
def test_latents_of_different_pairs_are_uncorrelated(name: str) -> None:
    correlation = torch.corrcoef(drawn(name, latents=4).T)
    assert (correlation - torch.eye(4)).abs().max() < 5 / ROWS**0.5


@pytest.mark.parametrize("name", priors.names())
def test_a_seed_repeats_the_same_points(name: str) -> None:
    assert torch.equal(drawn(name, 10), drawn(name, 10))
    assert not torch.equal(drawn(name, 10), drawn(name, 10, seed=2))


@pytest.mark.parametrize(
    ("name", "fourth"),
    [("gaussian", 3.0), ("uniform", 9 / 5), ("grid", (1 + 6 * 0.04 + 3 * 0.0016) / 1.04**2)],
)
def test_fourth_moments_are_those_of_the_named_distribution(name: str, fourth: float) -> None:
    assert float(drawn(name, 400_000, 1).pow(4).mean()) == pytest.approx(fourth, rel=0.02)


def test_the_uniform_prior_fills_its_interval_and_no_more() -> None:
    z = drawn("uniform", latents=1)
    assert float(z.abs().max()) <= 3**0.5
    counts = np.histogram(z, bins=8, range=(-(3**0.5), 3**0.5))[0]
    assert np.abs(counts - ROWS / 8).max() < 5 * (ROWS / 8) ** 0.5


def test_the_ring_has_eight_peaks_on_a_circle() -> None:
    x, y = drawn("ring", latents=2).T.numpy()
    radius = np.hypot(x, y)
    assert abs(np.median(radius) - (2 / 1.04) ** 0.5) < 0.02
    eighth = np.exp(8j * np.arctan2(y, x))  # 1 at every peak, 0 in the mean of an even ring
    assert abs(eighth.mean() - np.exp(-32 * 0.04 / 2)) < 0.05


@pytest.mark.parametrize("name", priors.names())
def test_marginals_are_standardised_and_the_same_each_time(name: str) -> None:
    drawn = priors.marginals(name, 20_000, 3)
    assert drawn.shape == (3, 20_000)
    assert np.abs(drawn.mean(axis=1)).max() < 0.05
    assert np.abs(drawn.std(axis=1) - 1).max() < 0.05
    assert np.array_equal(drawn, priors.marginals(name, 20_000, 3))
