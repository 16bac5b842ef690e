from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from related import BOUNDS, related

from rootae.codec.grids.registry import ExactFloat, ExactInteger, grid_for
from rootae.kernels.kinematics import component
from rootae.planner import centres
from rootae.schema.bounds.bound import Bound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from rootae.codec.relations.centre import Centre

ROWS = 5000
RNG = np.random.default_rng(0)


def find(
    columns: Mapping[str, NDArray[Any]], bound: str = "exact", derived: Iterable[int] = ()
) -> dict[str, Centre]:
    """Find the centres of {name: array}; return them by name."""
    names, values = list(columns), list(columns.values())
    grids = [grid_for(Bound.parse(bound), x) for x in values]
    decoded = [g.inverse(g.forward(x)) for g, x in zip(grids, values, strict=True)]
    found = centres.find(names, values, decoded, grids, set(derived))
    return {names[i]: c for i, c in found.items()}


def shape(centre: Centre, columns: Iterable[str]) -> tuple[dict[str, float], bool]:
    """Return a centre's terms as {what: coefficient}, and whether it is a root."""
    names = list(columns)
    kinds = {t: names[t.lanes[0]] if t.kind == "lane" else t.kind for t in centre.terms}
    return {kinds[t]: round(t.coefficient, 3) for t in centre.terms}, centre.root


def test_fractions_that_add_to_one_are_found_with_their_constant() -> None:
    f = RNG.dirichlet([3, 2, 1], ROWS).astype("f4")
    columns = {"a": f[:, 0], "b": f[:, 1], "c": f[:, 2]}
    ((name, centre),) = find(columns).items()
    others = dict.fromkeys(set(columns) - {name}, -1.0)
    assert shape(centre, columns) == ({"one": 1.0, **others}, False)


def test_the_root_of_a_sum_of_squares_is_found() -> None:
    x, y, z = RNG.normal(0, 20, (3, ROWS))
    columns = {"x": x, "y": y, "z": z, "p": np.sqrt(x * x + y * y + z * z)}
    found = find(columns)
    assert shape(found["p"], columns) == ({"x": 1.0, "y": 1.0, "z": 1.0}, True)


def test_a_column_that_changes_sign_is_no_root() -> None:
    x, y, z = RNG.normal(0, 20, (3, ROWS))
    columns = {"p": np.sqrt(x * x + y * y + z * z).astype("f4"), "x": x, "y": y, "z": z}
    assert all(not c.root or n == "p" for n, c in find(columns).items())


def test_a_mass_is_found_from_energy_and_momentum() -> None:
    x, y = RNG.normal(0, 20, (2, ROWS))
    mass = RNG.uniform(50, 120, ROWS)
    columns = {"e": np.sqrt(x * x + y * y + mass * mass).astype("f4"), "x": x, "y": y, "m": mass}
    found = find(columns)
    assert any(c.root for c in found.values())


def test_the_energy_of_a_four_vector_less_the_other_parts_is_found() -> None:
    all_ = related(ROWS)
    columns = {k: all_[k] for k in ("Jet_pt", "Jet_eta", "Jet_phi", "Jet_mass", "part", "rest")}
    found = find(columns)
    (name,) = set(found) & {"part", "rest"}
    (other,) = {"part", "rest"} - {name}
    assert shape(found[name], columns) == ({"energy": 1.0, other: -1.0}, False)


def test_a_relation_gives_the_column_in_which_most_is_saved() -> None:
    """The small part is the dearest, but its steps are finer than the relation."""
    large = RNG.lognormal(4, 0.5, ROWS).astype("f4")
    small = RNG.lognormal(0, 2, ROWS).astype("f4")
    columns = {"large": large, "small": small, "total": large + small}
    assert set(find(columns, "rel:1e-3")) <= {"large", "total"}


def test_cartesian_components_of_a_four_vector_are_found() -> None:
    vector = [x.astype("f8") for x in list(related(ROWS).values())[:4]]
    columns = dict(zip(("pt", "eta", "phi", "mass"), [v.astype("f4") for v in vector], strict=True))
    columns["longitudinal"] = component("pz", *vector).astype("f4")
    centre = find(columns)["longitudinal"]
    assert shape(centre, columns) == ({"pz": 1.0}, False)


def test_relations_that_rest_on_one_another_are_both_found() -> None:
    a, b, c = RNG.integers(0, 1000, (3, ROWS))
    s = a + b + RNG.integers(0, 2, ROWS)
    t = s + 3 * c + RNG.integers(0, 4, ROWS)
    columns = {"a": a, "b": b, "c": c, "s": s, "t": t}
    assert len(find(columns)) == 2


def test_sources_of_one_centre_may_have_centres() -> None:
    x, y = RNG.normal(0, 20, (2, ROWS)).astype("f4")
    p = np.sqrt(x.astype("f8") ** 2 + y.astype("f8") ** 2).astype("f4")
    share = RNG.uniform(0, 1, ROWS).astype("f4")
    one = (p * share).astype("f4")
    columns = {"x": x, "y": y, "p": p, "one": one, "two": p - one}
    found = find(columns)
    assert len(found) == 2
    assert any(c.root for c in found.values())
    assert any(not c.root for c in found.values())


@pytest.mark.parametrize("bound", BOUNDS)
def test_no_lane_follows_from_itself(bound: str) -> None:
    columns = related(ROWS)
    names, found = list(columns), find(columns, bound)
    assert len(found) >= 4

    def behind(name: str, path: set[str]) -> None:
        assert name not in path
        if name in found:
            for i in found[name].sources:
                behind(names[i], {*path, name})

    for name in names:
        behind(name, set())


@pytest.mark.parametrize("bound", BOUNDS)
@pytest.mark.parametrize("seed", range(3))
def test_independent_columns_have_no_centre(bound: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    columns = {
        "Jet_pt": rng.exponential(30, ROWS).astype("f4"),
        "Jet_eta": rng.normal(size=ROWS).astype("f4"),
        "Jet_phi": rng.uniform(-3, 3, ROWS).astype("f4"),
        "Jet_mass": rng.exponential(5, ROWS).astype("f4"),
        "d": rng.normal(size=ROWS),
        "i": rng.integers(0, 1000, ROWS),
        "b": rng.random(ROWS) < 0.5,
    }
    assert find(columns, bound) == {}


@pytest.mark.parametrize("constant", [0, 700])
@pytest.mark.parametrize("parts", [3, 11, 12, 13, 20])
def test_a_centre_has_at_most_12_terms(parts: int, constant: int) -> None:
    x = RNG.integers(0, 1000, (parts, ROWS))
    columns = {f"c{i}": v for i, v in enumerate(x)}
    columns["sum"] = x.sum(0) + constant + RNG.integers(0, 2, ROWS)
    found = find(columns)
    assert bool(found) == (parts + bool(constant) < 13)
    assert all(len(c.terms) <= 12 for c in found.values())


def test_derived_lanes_have_no_part() -> None:
    columns = related(ROWS)
    names = list(columns)
    derived = {names.index("p"), names.index("one")}
    found = find(columns, derived=derived)
    assert not set(found) & {"p", "one"}
    assert all(not derived & set(c.sources) for c in found.values())


def test_lanes_without_a_bound_have_no_part() -> None:
    assert find(related(ROWS), "none") == {}


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_a_special_value_in_one_lane_hides_only_its_own_relations(odd: float) -> None:
    columns = related(ROWS)
    columns["x"][5] = odd
    found = find(columns)
    assert "p" not in found
    assert set(found) & {"part", "rest"}


@pytest.mark.parametrize(
    "x",
    [
        np.zeros(0),
        np.ones(1),
        np.zeros(50),
        np.full(50, np.nan),
        np.array([0x7F800001] * 50, "u4").view("f4"),  # signalling NaN
        np.full(50, 2**63, "u8"),
        np.array([1e300, -1e300] * 25),
    ],
)
def test_constants_few_rows_and_special_values_give_no_centre_and_no_warning(
    x: NDArray[Any],
) -> None:
    assert find({"a": x, "b": x.copy(), "c": x.copy()}) == {}


def test_huge_pseudorapidities_give_no_warning() -> None:
    eta = np.array([600.0, -650, 500, 3] * 100)
    pt = RNG.uniform(1, 2, 400)
    columns = {"pt": pt, "eta": eta, "phi": pt.copy(), "mass": pt.copy(), "x": pt * 3}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        find(columns)


def test_nothing_is_found_among_no_lanes() -> None:
    assert centres.find([], [], [], [], set()) == {}


def test_the_same_sample_gives_the_same_centres() -> None:
    assert find(related(ROWS), "rel:1e-3") == find(related(ROWS), "rel:1e-3")


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["a_pt", "a_eta", "a_phi"], []),
        (["a_pt", "b_eta", "a_phi", "a_mass"], []),
        (["a_pt", "a_eta", "a_phi", "a_mass", "b_mass"], [(0, 1, 2, 3)]),
        (["a_pt", "b_pt", "b_mass", "a_mass", "a_phi", "b_phi", "b_eta", "a_eta"],
         [(0, 7, 4, 3), (1, 6, 5, 2)]),
        (["", "", ""], []),
        (["opt", "beta", "phi", "mass"], []),
    ],
)  # fmt: skip
def test_four_vectors_are_known_by_their_names(
    names: list[str], found: list[tuple[int, ...]]
) -> None:
    assert sorted(centres.quadruples(names)) == found


def test_ends_of_a_centre_are_codes_of_its_lane() -> None:
    a, b = RNG.integers(0, 1000, (2, ROWS))
    lanes = [a, b, a + b + RNG.integers(0, 2, ROWS)]
    (centre,) = centres.find("abc", lanes, lanes, [ExactInteger("int64")] * 3, set()).values()
    assert 0 < centre.low < centre.high <= 2000


def test_a_centre_that_saves_nothing_is_none() -> None:
    x = RNG.normal(size=ROWS).astype("f4")
    columns = {"x": x, "y": (x * RNG.choice([0.5, 1.0, 2.0], ROWS)).astype("f4")}
    assert find(columns) == {}
    assert isinstance(grid_for(Bound("exact"), x), ExactFloat)
