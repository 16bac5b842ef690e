from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootae.errors import ArgumentError
from rootae.evaluation.peaks.builtin import BUILT_IN, Candidates
from rootae.evaluation.peaks.expressions import parse
from rootae.evaluation.peaks.fourvectors import Momenta, find_particles, mass
from rootae.schema.column import Column
from rootae.schema.values import Values

if TYPE_CHECKING:
    from collections.abc import Iterable

Event = Mapping[str, Sequence[float]]
EVENT: dict[str, Sequence[float]] = {
    "Muon_pt": [50.0, 40.0, 30.0, 20.0],
    "Muon_eta": [0.5, -1.0, 0.2, 2.0],
    "Muon_phi": [0.0, 2.5, -1.0, 1.0],
    "Muon_charge": [1, 1, -1, -1],
}


def columns(names: Iterable[str], counter: str | None = "nMuon") -> list[Column]:
    return [Column(n, "float32", counter=counter) for n in names]


def values(event: Event) -> dict[str, Values]:
    return {n: Values(np.array(x), np.array([len(x)])) for n, x in event.items()}


def pair_mass(pt1: Any, eta1: Any, phi1: Any, pt2: Any, eta2: Any, phi2: Any) -> Any:
    """Return the mass of two massless particles, numbers or arrays."""
    return np.sqrt(2 * pt1 * pt2 * (np.cosh(eta1 - eta2) - np.cos(phi1 - phi2)))


def masses(name: str, event: Event, described: list[Column]) -> Any:
    source = BUILT_IN[name].bind(described)
    assert isinstance(source, Candidates), source
    data = values(event)
    return source.masses(data, 1.0, source.pick(data, 1.0))


def test_two_muons_are_the_leading_ones_of_opposite_charge() -> None:
    found = masses("z_mumu", EVENT, columns(EVENT))
    assert found == pytest.approx(pair_mass(50, 0.5, 0, 30, 0.2, -1), rel=1e-4)


def test_cartesian_and_polar_columns_give_the_same_mass() -> None:
    pt, eta, phi = (np.array(EVENT[f"Muon_{n}"]) for n in ("pt", "eta", "phi"))
    event = {"Muon_Px": pt * np.cos(phi), "Muon_Py": pt * np.sin(phi), "Muon_Pz": pt * np.sinh(eta)}
    event["Muon_Charge"] = np.array(EVENT["Muon_charge"])
    polar = masses("z_mumu", EVENT, columns(EVENT))
    np.testing.assert_allclose(masses("z_mumu", event, columns(event)), polar)


def test_events_without_a_pair_have_no_mass() -> None:
    alike = EVENT | {"Muon_charge": [1, 1, 1, 1]}
    one = {n: x[:1] for n, x in EVENT.items()}
    none: Event = {n: [] for n in EVENT}
    for event in (alike, one, none):
        assert np.isnan(masses("z_mumu", event, columns(EVENT))).all()


def test_four_leptons_need_charges_that_cancel_in_each_flavour() -> None:
    electrons = {n.replace("Muon", "Electron"): x[:2] for n, x in EVENT.items()}
    described = columns(EVENT) + columns(electrons, "nElectron")
    assert np.isnan(masses("h_4l", EVENT | electrons, described)).all()  # e+ e+ mu+ mu+ lead
    electrons["Electron_charge"] = [1, -1]
    muons = EVENT | {"Muon_charge": [1, -1, 1, -1]}
    assert np.isfinite(masses("h_4l", muons | electrons, described)).all()
    none: dict[str, Sequence[float]] = {n: [] for n in electrons}
    assert np.isfinite(masses("h_4l", muons | none, described)).all()


def test_a_top_is_a_tagged_jet_and_a_pair_of_a_w() -> None:
    event = {
        "Jet_pt": [90.0, 60.0, 55.0, 25.0],
        "Jet_eta": [0.1, 0.5, -0.3, 0.0],
        "Jet_phi": [0.0, 2.0, 3.14, 1.0],
        "Jet_mass": [5.0, 5.0, 5.0, 5.0],
        "Jet_btagAny": [0.9, 0.1, 0.1, 0.1],
    }
    described = columns(event, "nJet")
    assert masses("top_jjb", event, described) > 100
    untagged = event | {"Jet_btagAny": [0.1, 0.1, 0.1, 0.1]}
    assert np.isnan(masses("top_jjb", untagged, described)).all()


def test_a_file_in_mev_is_recognised() -> None:
    source = BUILT_IN["z_mumu"].bind(columns(EVENT))
    assert isinstance(source, Candidates), source
    assert source.unit(values(EVENT)) == 1.0
    big = EVENT | {"Muon_pt": [1e3 * x for x in EVENT["Muon_pt"]]}
    assert source.unit(values(big)) == 1000.0
    assert source.unit(values({n: [] for n in EVENT})) is None
    data = values(big)
    np.testing.assert_allclose(
        source.masses(data, 1000.0, source.pick(data, 1000.0)),
        masses("z_mumu", EVENT, columns(EVENT)),
    )


@pytest.mark.parametrize("name", BUILT_IN)
def test_missing_columns_are_named(name: str) -> None:
    missing = BUILT_IN[name].bind(columns(["Tau_pt"]))
    assert isinstance(missing, str)
    assert "_pt" in missing
    assert "_eta" in missing


@pytest.mark.parametrize(
    "names",
    [
        ["mu1_px", "mu1_py", "mu1_pz", "mu2_px", "mu2_py", "mu2_pz"],
        ["muon1_PT", "muon1_ETA", "muon1_PHI", "muon2_PT", "muon2_ETA", "muon2_PHI"],
        ["px1", "py1", "pz1", "px2", "py2", "pz2"],
    ],
)
def test_two_muons_with_columns_of_their_own_are_found(names: list[str]) -> None:
    found = find_particles(names, ["muon", "mu", ""], 0.1, 2)
    assert found is not None
    assert sorted(found.columns) == sorted(names)
    assert find_particles(names[:-1], ["muon", "mu", ""], 0.1, 2) is None


@given(st.lists(st.tuples(*[st.floats(-50, 50)] * 3), min_size=1, max_size=5))
def test_a_mass_is_never_below_the_sum_of_masses(momenta: list[tuple[float, ...]]) -> None:
    px, py, pz = np.array(momenta).T
    e = np.sqrt(px**2 + py**2 + pz**2 + 1.0)
    assert mass(Momenta(px, py, pz, e, np.zeros(len(e)))) >= len(e) - 1e-6


def test_an_expression_computes_what_numpy_does() -> None:
    text = "z=sqrt(2*pt1*pt2*(cosh(eta1-eta2)-cos(phi1-phi2))) @ 70:110"
    expression = parse(text)
    assert expression.window == (70.0, 110.0)
    rng = np.random.default_rng(0)
    data = {n: rng.uniform(0.1, 3, 20).astype("f4") for n in expression.columns}
    order = ("pt1", "eta1", "phi1", "pt2", "eta2", "phi2")
    expected = pair_mass(*(data[n].astype("f8") for n in order))
    np.testing.assert_allclose(expression.compute(data), expected)


def test_an_expression_may_select() -> None:
    expression = parse("m=where((Jet_pt > 30) & ~(Jet.id == 0), -Jet_pt, 0/0)")
    assert expression.columns == ("Jet_pt", "Jet.id")
    data = {"Jet_pt": np.array([20.0, 40.0, 50.0]), "Jet.id": np.array([1, 1, 0])}
    np.testing.assert_array_equal(expression.compute(data), [np.nan, -40, np.nan])


@pytest.mark.parametrize(
    "text",
    [
        "z", "z=", "z=1+1", "=x", "z=x@1", "z=x@3:1", "z=x[0]", "z=open(x)", "z='a'",
        "z=x if y else 1", "z=__import__('os')", "z=(lambda: x)()", "z=x.y(1)", "z=sqrt(x",
        "z=sqrt(x=1)", "z=sum(x)", "z=max(x)", "z=Alt$(x, 1)", "z=x == 'a'",
    ],
)  # fmt: skip
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(ArgumentError):
        parse(text)


def test_an_expression_is_read_as_cuts_are() -> None:
    data = {"x": np.array([1, 2, 3], "u4"), "Jet.pt": np.array([0.1, 0.2, 0.3], "f4")}
    for text, values in (
        ("z=1 < x < 3 and !(x == 1)", [0, 1, 0]),
        ("z=x - 2", [-1, 0, 1]),
        ("z=`Jet.pt` > 0.15 & x < 3", [0, 1, 0]),
        ("z=max(x, 2) // 2 + True", [2, 2, 2]),
    ):
        np.testing.assert_array_equal(parse(text).compute(data), values)
    assert "as in C++" in parse("z=x > 1 & x < 3").formula.notes[0]
