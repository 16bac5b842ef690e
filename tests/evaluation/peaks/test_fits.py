from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import integrate, stats

import rootae.evaluation.peaks.fits as fits
from rootae.evaluation.peaks.fits import Method, best, compare
from rootae.evaluation.peaks.models import Model, curve
from rootae.evaluation.peaks.shapes import (
    BACKGROUNDS,
    SIGNALS,
    crystal_ball,
    gauss,
    normalised,
    voigt,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

GAUSS = Model("gauss", "linear", 70, 110)
METHODS = ("binned", "unbinned")


def peak(
    seed: int, mass: float = 91.0, width: float = 2.0, signal: int = 3000, background: int = 2000
) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    x = np.concatenate([rng.normal(mass, width, signal), rng.uniform(70, 110, background)])
    return rng.permutation(x)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("seed", [0, *(pytest.param(s, marks=pytest.mark.slow) for s in (1, 2))])
def test_an_injected_peak_is_recovered_within_its_errors(method: Method, seed: int) -> None:
    x = peak(seed)
    fit = compare(GAUSS, x, x, method).before
    assert fit.converged
    assert abs(fit.mass - 91.0) < 3.5 * fit.mass_error
    assert abs(fit.width - 2.0) < 3.5 * fit.width_error
    assert abs(fit.signal - 3000) < 3.5 * fit.signal_error
    assert 0 < fit.mass_error < 0.1
    assert 0 < fit.width_error < 0.1
    assert stats.chi2.sf(fit.chi2, fit.ndf) > 1e-4


@pytest.mark.parametrize("method", METHODS)
def test_a_breit_wigner_under_resolution_is_recovered(method: Method) -> None:
    rng = np.random.default_rng(4)
    x = 91.19 + stats.cauchy.rvs(scale=1.25, size=5000, random_state=rng)
    x += rng.normal(0, 1.5, len(x))
    fit = compare(Model("voigt", "exponential", 75, 107, gamma=2.5), x, x, method).before
    assert abs(fit.mass - 91.19) < 3.5 * fit.mass_error
    assert abs(fit.width - 1.5) < 3.5 * fit.width_error


@pytest.mark.parametrize("method", METHODS)
def test_equal_values_have_no_shift_at_all(method: Method) -> None:
    x = peak(3)
    found = compare(GAUSS, x, x.copy(), method)
    assert found.converged
    assert found.mass_shift == 0.0
    assert found.width_shift == 0.0


@pytest.mark.parametrize("method", METHODS)
def test_a_shift_is_told_in_units_of_the_error(method: Method) -> None:
    x = peak(5, background=500)
    found = compare(GAUSS, x, x + 0.02, method)
    assert found.after.mass - found.before.mass == pytest.approx(0.02, abs=0.006)
    assert found.mass_shift == pytest.approx(0.02 / found.before.mass_error, rel=0.3)


@pytest.mark.parametrize("method", METHODS)
def test_a_peak_without_background_is_fitted_with_its_background_held(method: Method) -> None:
    x = np.random.default_rng(11).normal(91, 2, 800)
    found = compare(GAUSS, x, x.copy(), method)
    assert found.converged
    assert found.before.mass == pytest.approx(x.mean(), abs=0.01)
    assert found.before.width == pytest.approx(x.std(), rel=0.02)
    assert found.mass_shift == 0.0


def test_too_few_values_and_no_minimum_are_said_in_words() -> None:
    few = compare(GAUSS, np.full(10, 90.0), np.full(10, 90.0), "binned")
    assert not few.converged
    assert "fewer than" in few.before.problem
    assert np.isnan(few.mass_shift)
    spike = np.full(200, 90.0)
    none = compare(GAUSS, spike, spike, "unbinned").before
    assert none.converged or "no minimum" in none.problem


def test_a_sample_of_many_values_is_the_same_before_and_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fits, "UNBINNED_AT_MOST", 3000)
    x = peak(6)
    found = compare(GAUSS, x, x.copy(), "unbinned")
    assert found.before.every == 2
    assert 2000 < found.before.values < 3000
    assert found.mass_shift == 0.0


def test_the_model_that_describes_the_values_is_chosen() -> None:
    rng = np.random.default_rng(7)
    tailed = 91 + 1.5 * stats.t.rvs(2.5, size=4000, random_state=rng)
    models = [GAUSS, Model("crystal_ball", "linear", 70, 110)]
    assert best(models, tailed).signal == "crystal_ball"
    assert best(models, peak(8)).signal == "gauss"


@pytest.mark.parametrize("name", SIGNALS)
def test_signals_are_densities_with_their_maximum_at_the_mass(name: str) -> None:
    signal = SIGNALS[name](2.5)
    others = [first for first, _, _ in signal.others.values()]
    x = np.linspace(70, 110, 4001)
    y = normalised(signal.density, 70, 110)(x, 90.0, 2.0, *others)
    assert integrate.trapezoid(y, x) == pytest.approx(1, abs=1e-6)
    assert x[np.argmax(y)] == pytest.approx(90, abs=1e-6)
    assert (y > 0).all()


@pytest.mark.parametrize("name", BACKGROUNDS)
def test_backgrounds_are_positive_densities(name: str) -> None:
    background = BACKGROUNDS[name]
    others = [first for first, _, _ in background.others.values()]
    x = np.linspace(0, 10, 1001)
    y = normalised(lambda x, *p: background.density(x, 0, 10, *p), 0, 10)(x, *others)
    assert (y > 0).all()
    assert integrate.trapezoid(y, x) == pytest.approx(1, abs=1e-4)


def test_shapes_have_their_closed_forms() -> None:
    x = np.linspace(-8, 8, 101)
    np.testing.assert_allclose(gauss(x, 0, 1), stats.norm.pdf(x) / stats.norm.pdf(0))
    np.testing.assert_allclose(voigt(x, 0, 1e-9, 2), stats.cauchy.pdf(x), rtol=1e-6)
    core = np.abs(x) < 1.5
    ball = crystal_ball(x, 0, 1, 1.5, 1.5)
    np.testing.assert_allclose(ball[core], gauss(x, 0, 1)[core])
    assert np.abs(np.diff(crystal_ball(np.linspace(-1.51, -1.49, 50), 0, 1, 1.5, 2))).max() < 1e-3
    assert (ball[~core] > gauss(x, 0, 1)[~core]).all()


def test_the_curve_holds_what_was_fitted() -> None:
    x = peak(9)
    fit = compare(GAUSS, x, x, "binned").before
    fine = np.linspace(70, 110, 2001)
    total = integrate.trapezoid(curve(GAUSS, fit.parameters, fine), fine)
    floor = integrate.trapezoid(curve(GAUSS, fit.parameters, fine, signal=False), fine)
    assert total == pytest.approx(fit.values, rel=0.01)
    assert total - floor == pytest.approx(fit.signal, rel=0.01)
