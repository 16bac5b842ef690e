from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from rootae.evaluation.columns.correlations import Correlations
from rootae.evaluation.columns.residuals import (
    ColumnReport,
    Residuals,
    kolmogorov_smirnov,
    wasserstein,
)
from rootae.evaluation.columns.spectra import spectrum_of
from rootae.schema.bounds.bound import Bound

if TYPE_CHECKING:
    from numpy.typing import NDArray

samples = arrays(
    np.float64, st.integers(1, 60), elements=st.integers(-(10**7), 10**7).map(lambda n: n / 64)
)


def compared(
    x: NDArray[Any], y: NDArray[Any], bound: str = "none", step: int | None = None
) -> ColumnReport:
    residuals = Residuals(Bound.parse(bound))
    for start in range(0, len(x), step or max(len(x), 1)):
        part = slice(start, start + (step or len(x)))
        residuals.update(x[part], y[part], slice(None))
    return residuals.report("t", "x", "double", 100)


@given(samples, samples)
def test_distances_are_those_of_scipy(x: NDArray[Any], y: NDArray[Any]) -> None:
    with np.errstate(divide="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on the p-value, which is not asked for
        reference = stats.ks_2samp(x, y, method="asymp").statistic
    assert kolmogorov_smirnov(x, y) == pytest.approx(reference, abs=1e-12)
    assert wasserstein(x, y) == pytest.approx(stats.wasserstein_distance(x, y))


@given(samples, st.integers(-6400, 6400).map(lambda n: n / 64))
def test_a_shift_is_found_as_bias_rms_and_wasserstein(x: NDArray[Any], shift: float) -> None:
    found = compared(x, x + shift)
    moved = (x + shift) - x
    assert found.bias == pytest.approx(moved.mean(), abs=1e-9)
    assert found.rms == pytest.approx(np.sqrt((moved**2).mean()), abs=1e-9)
    assert found.largest == pytest.approx(np.abs(moved).max())
    assert found.wasserstein == pytest.approx(abs(moved.mean()), abs=1e-7)


@given(samples, st.integers(1, 7))
def test_pieces_give_what_the_whole_gives(x: NDArray[Any], step: int) -> None:
    y = x * 1.01 + 0.5
    whole, pieces = compared(x, y, "abs:1"), compared(x, y, "abs:1", step)
    assert (pieces.values, pieces.changed, pieces.broken) == (
        whole.values, whole.changed, whole.broken,
    )  # fmt: skip
    for name in ("largest", "rms", "bias", "spread", "response", "resolution", "ks"):
        assert getattr(pieces, name) == pytest.approx(getattr(whole, name), rel=1e-6, abs=1e-9)


def test_a_scale_is_found_as_response() -> None:
    x = np.array([-4.0, 0.0, 2.0, 8.0])
    found = compared(x, x * 1.25, "rel:0.5")
    assert (found.response, found.resolution) == (0.25, 0.0)
    assert found.largest == 0.25
    assert found.share == 0.5
    assert found.broken == 0
    assert found.bits == 200


def test_values_outside_the_bound_are_counted() -> None:
    x = np.arange(10.0)
    y = x.copy()
    y[3] += 2
    assert compared(x, y, "abs:1").broken == 1
    assert compared(x, y, "exact").broken == 1
    assert compared(x, y).broken == 0
    assert compared(x, y).share is None


def test_values_that_are_not_finite_are_counted_and_left_out() -> None:
    x = np.array([1.0, np.nan, np.inf, 4.0])
    found = compared(x, np.array([1.5, np.nan, np.inf, 4.5]))
    assert (found.nonfinite, found.sampled, found.changed) == (2, 2, 2)
    assert (found.bias, found.rms) == (0.5, 0.5)


def test_an_empty_column_has_figures() -> None:
    found = compared(np.zeros(0), np.zeros(0), "exact")
    assert (found.values, found.ks, found.wasserstein, found.rms, found.noise) == (0, 0, 0, 0, 0)


def test_correlations_are_those_of_numpy_whatever_the_offset() -> None:
    rng = np.random.default_rng(1)
    x = rng.multivariate_normal([1e6, 0, 5], [[1, 0.8, 0], [0.8, 1, -0.3], [0, -0.3, 1]], 4000)
    y = x + rng.normal(0, 0.1, x.shape)
    gathered = Correlations(["a", "b", "c"])
    for part in (slice(0, 1), slice(1, 1000), slice(1000, None)):
        gathered.update(list(x[part].T), list(y[part].T))
    report = gathered.report("t", "")
    assert report is not None
    np.testing.assert_allclose(report.before, np.corrcoef(x.T), atol=1e-9)
    np.testing.assert_allclose(report.difference, np.corrcoef(y.T) - np.corrcoef(x.T), atol=1e-9)
    assert abs(report.largest[0]) == pytest.approx(np.abs(report.difference).max())
    assert len(report.most_changed(2).names) == 2


def test_correlations_leave_out_what_is_constant_or_not_finite() -> None:
    x = np.arange(50.0)
    other = np.where(x % 7 == 0, np.nan, x**2)
    gathered = Correlations(["x", "constant", "other"])
    columns = [x, np.full(50, 3.3), other]
    gathered.update(columns, columns)
    report = gathered.report("t", "nJet")
    assert report is not None
    assert report.names == ("x", "other")
    there = np.isfinite(other)
    assert report.before[0, 1] == pytest.approx(np.corrcoef(x[there], other[there])[0, 1])
    assert not report.difference.any()
    lone = Correlations(["x", "constant"])
    lone.update(columns[:2], columns[:2])
    assert lone.report("t", "") is None


def test_a_spectrum_holds_every_value_but_those_outside() -> None:
    x = np.random.default_rng(0).normal(size=5000)
    spectrum = spectrum_of(x, x + 0.5e-3, Bound("abs", 1e-3), whole=False)
    assert spectrum.before.sum() == pytest.approx(len(x) * (1 - spectrum.outside))
    assert spectrum.errors.sum() == len(x)
    assert spectrum.error_edges[-1] > spectrum.bound == 1e-3
    assert not len(spectrum_of(x, x, Bound("exact"), whole=False).errors)
    whole = spectrum_of(
        np.array([0.0, 1, 1, 3]), np.array([0.0, 1, 1, 3]), Bound("exact"), whole=True
    )
    assert whole.before.tolist() == [1, 2, 0, 1]


def test_values_at_the_ends_of_doubles_are_compared_and_drawn_without_warnings() -> None:
    from rootae.evaluation.columns.correlations import Correlations
    from rootae.evaluation.columns.spectra import spectrum_of

    largest, smallest = np.finfo("f8").max, np.finfo("f8").smallest_subnormal
    x = np.resize([largest, -largest, smallest, 0.0, 1.0], 100)
    y = x[::-1].copy()
    with np.errstate(all="raise", under="ignore"):
        for bound in ("exact", "abs:0.1", "rel:0.1", "none"):
            for values in (x, np.abs(x), x[:2], x[:0]):
                found = spectrum_of(values, y[: len(values)], Bound.parse(bound), whole=False)
                assert (np.diff(found.edges) > 0).all()
                assert np.isfinite(found.edges).all()
                assert (np.diff(found.error_edges) > 0).all()
        pairs = Correlations(["x", "y"])
        signalling = np.full(100, 0x7FA00001, "u4").view("f4")
        for other in (y, signalling):
            pairs.update([x, other], [y, other])
        report = pairs.report("t", "")
    assert report is None or np.abs(report.before).max() <= 1


def test_a_distance_that_comes_of_repeated_values_is_told() -> None:
    rng = np.random.default_rng(0)
    zero = np.where(rng.random(5000) < 0.3, 1.0, rng.normal(size=5000))
    smooth = rng.normal(size=5000)
    for x, is_discrete in ((zero, True), (smooth, False)):
        found = Residuals(Bound("abs", 0.01))
        found.update(x, x + 1e-6, slice(None))
        column = found.report("t", "x", "double", None)
        assert column.is_discrete == is_discrete
        assert (column.ks > 0.2) == is_discrete
