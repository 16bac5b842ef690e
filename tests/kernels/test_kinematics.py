from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rootae.kernels.arithmetic import exponential
from rootae.kernels.kinematics import COMPONENTS, component, cos_sin

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy
    from numpy.typing import NDArray

ULP = 2.0**-52  # of 1
ANY = arrays("f8", 20, elements=st.floats(width=64))


def within(largest: float, size: int = 30) -> SearchStrategy[NDArray[Any]]:
    return arrays("f8", size, elements=st.floats(-largest, largest))


def ulps(
    value: NDArray[Any], wanted: NDArray[Any], size: NDArray[Any] | float | None = None
) -> float:
    """Return the largest distance in units in the last place of `size`, or of what was wanted."""
    return float(
        np.max(np.abs(value - wanted) / np.spacing(np.abs(wanted if size is None else size)))
    )


@given(within(700.0))
def test_the_exponential_is_within_4_ulp_of_numpy_s_up_to_700(x: NDArray[Any]) -> None:
    assert ulps(exponential(x), np.exp(x)) <= 4


@given(within(1000.0))
def test_cosine_and_sine_are_within_4_ulp_of_1_of_numpy_s_up_to_1000(x: NDArray[Any]) -> None:
    c, s = cos_sin(x)
    assert np.abs(c - np.cos(x)).max() <= 4 * ULP
    assert np.abs(s - np.sin(x)).max() <= 4 * ULP


def test_the_whole_range_is_as_good_as_what_was_drawn() -> None:
    x = np.random.default_rng(0).uniform(-1, 1, 200_000)
    assert ulps(exponential(700 * x), np.exp(700 * x)) <= 4
    c, s = cos_sin(1000 * x)
    assert np.abs(c - np.cos(1000 * x)).max() <= 4 * ULP
    assert np.abs(s - np.sin(1000 * x)).max() <= 4 * ULP


@pytest.mark.parametrize("k", range(-9, 10))
def test_quarter_turns_take_the_right_signs(k: int) -> None:
    c, s = cos_sin(np.array([k * np.pi / 2]))
    assert c[0] == pytest.approx([1, 0, -1, 0][k % 4], abs=1e-14)
    assert s[0] == pytest.approx([0, 1, 0, -1][k % 4], abs=1e-14)


def test_zero_is_exact() -> None:
    assert exponential(np.zeros(1))[0] == 1
    assert [float(v[0]) for v in cos_sin(np.zeros(1))] == [1, 0]


@given(ANY)
def test_everything_is_defined_and_finite_for_any_float(x: NDArray[Any]) -> None:
    c, s = cos_sin(x)
    assert np.isfinite([exponential(x), c, s]).all()
    assert (exponential(x) > 0).all()
    assert (np.abs(c) <= 1 + ULP).all()
    assert (np.abs(s) <= 1 + ULP).all()


def test_beyond_the_range_functions_saturate_or_stand_at_zero() -> None:
    far = np.array([701.0, 1e300])
    assert (exponential(far) == exponential(np.array([700.0]))).all()
    assert (exponential(-far) == exponential(np.array([-700.0]))).all()
    assert (exponential(np.array([np.inf, -np.inf, np.nan])) == 1).all()
    c, s = cos_sin(np.array([1000.5, np.inf, -np.inf, np.nan]))
    assert (c == 1).all()
    assert (s == 0).all()


@given(
    arrays("f8", 30, elements=st.floats(0, 1e6)),
    within(100.0),
    within(1000.0),
    arrays("f8", 30, elements=st.floats(0, 1e6)),
)
def test_components_are_within_a_few_ulp_of_the_vector_s_size(
    pt: NDArray[Any], eta: NDArray[Any], phi: NDArray[Any], mass: NDArray[Any]
) -> None:
    pt, mass = np.round(pt, 3), np.round(mass, 3)  # no subnormal numbers
    momentum = pt * np.cosh(eta)
    wanted = {
        "px": (pt * np.cos(phi), pt),
        "py": (pt * np.sin(phi), pt),
        "pz": (pt * np.sinh(eta), momentum),
        "energy": (np.sqrt(momentum**2 + mass**2),) * 2,
    }
    for kind, (value, size) in wanted.items():
        assert ulps(component(kind, pt, eta, phi, mass), value, size) <= 8, kind


@pytest.mark.parametrize("kind", COMPONENTS)
@given(ANY, ANY, ANY, ANY)
def test_a_component_of_anything_raises_no_warning(
    kind: str, pt: NDArray[Any], eta: NDArray[Any], phi: NDArray[Any], mass: NDArray[Any]
) -> None:
    assert component(kind, pt, eta, phi, mass).dtype == np.float64


def test_bits_are_the_same_on_every_machine() -> None:
    x = np.arange(-4096, 4096) / 7
    found = [exponential(x), *cos_sin(x)]
    found += [component(k, x + 600, x / 99, x, x / 3) for k in COMPONENTS]
    data = b"".join(v.astype("<f8").tobytes() for v in found)
    assert hashlib.sha256(data).hexdigest()[:16] == "e7524f6edf7fb0fc"
