"""The built-in mass peaks: which columns they need, and which particles make a candidate."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from rootae.evaluation.peaks.fourvectors import Momenta, Particles, find_particles, mass
from rootae.evaluation.peaks.models import Model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from rootae.schema.column import Column
    from rootae.schema.values import Values

    Array = NDArray[np.float64]
    Index = NDArray[np.intp]

__all__ = ["BUILT_IN", "BuiltIn", "Candidates"]

MUON, ELECTRON = 0.1056584, 0.000510999  # GeV
_MEV = 1000.0
_JETS = 6  # leading jets that top candidates are made of
_JET_PT, _B_TAG, _W = 30.0, 0.5, (60.0, 100.0)


@dataclass(frozen=True)
class Candidates:
    """How a tree's particles make one mass an entry.

    Arguments:
        kinds: where the particles are.
        choose: from momenta in GeV to positions of the particles that make a candidate, shape
            (entries, particles), -1 where there is none.
    """

    kinds: tuple[Particles, ...]
    choose: Callable[[Momenta], Index]

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that are read."""
        return tuple(dict.fromkeys(n for kind in self.kinds for n in kind.columns))

    def unit(self, values: Mapping[str, Values]) -> float | None:
        """Return 1 for a file in GeV and 1000 for one in MeV, None where it does not show.

        No file in GeV has a median transverse momentum above 1000.
        """
        pt = self._momenta(values, 1.0).pt
        pt = pt[np.isfinite(pt)]
        return None if not pt.size else _MEV if np.median(pt) > _MEV else 1.0

    def pick(self, values: Mapping[str, Values], unit: float) -> Index:
        """Return the particles that make each entry's candidate."""
        return self.choose(self._momenta(values, unit))

    def masses(self, values: Mapping[str, Values], unit: float, picked: Index) -> Array:
        """Return the mass of each entry's candidate in GeV, nan where there is none."""
        particles = self._momenta(values, unit)
        if not particles.px.shape[1]:
            return np.full(len(picked), np.nan)
        found = mass(particles.take(np.maximum(picked, 0)))
        return np.where((picked >= 0).all(axis=1), found, np.nan)

    def _momenta(self, values: Mapping[str, Values], unit: float) -> Momenta:
        """Return all particles in GeV; labels of the second kind are doubled, to tell it."""
        first, *others = (kind.momenta(values, unit) for kind in self.kinds)
        for i, other in enumerate(others):
            first = first.beside(dataclasses.replace(other, label=(i + 2) * other.label))
        px, py, pz, e = (x / unit for x in (first.px, first.py, first.pz, first.e))
        return Momenta(px, py, pz, e, first.label)


@dataclass(frozen=True)
class BuiltIn:
    """A mass peak that many files have.

    Arguments:
        name: what it is called.
        text: how a mass is made.
        models: what may be fitted, in GeV.
        bind: finds the columns among a tree's, or says in words what is missing.
    """

    name: str
    text: str
    models: tuple[Model, ...]
    bind: Callable[[Sequence[Column]], Candidates | str]


def _collection(columns: Sequence[Column], stem: str, rest: float | None) -> Particles | None:
    jagged = [c.name for c in columns if c.counter is not None and not c.inner_shape]
    return find_particles(jagged, [stem], rest)


def _dimuon(columns: Sequence[Column]) -> Candidates | str:
    flat = [c.name for c in columns if c.counter is None and not c.inner_shape]
    stems = ["muon", "mu", "lepton", "l", ""]
    muons = _collection(columns, "muon", MUON) or find_particles(flat, stems, MUON, 2)
    if muons is None:
        return "Muon_pt, Muon_eta, Muon_phi (or Muon_px, Muon_py, Muon_pz; or mu1_px, mu2_px, ...)"
    return Candidates((muons,), _opposite)


def _opposite(muons: Momenta) -> Index:
    """Choose the leading muon and the leading one of opposite charge.

    Where the file has no charges, the two leading ones.
    """
    if muons.px.shape[1] < 2:
        return np.full((len(muons.px), 2), -1)
    order = muons.by_pt()
    sorted_ = muons.take(order)
    partner = sorted_.label == -sorted_.label[:, :1]
    if np.isnan(muons.label).all():
        partner = np.isfinite(sorted_.px) & (np.arange(sorted_.px.shape[1]) > 0)
    second = np.argmax(partner, axis=1)[:, None]
    pair = np.concatenate([order[:, :1], np.take_along_axis(order, second, 1)], axis=1)
    return np.where(partner.any(axis=1)[:, None], pair, -1)


def _four_leptons(columns: Sequence[Column]) -> Candidates | str:
    muons = _collection(columns, "muon", MUON)
    electrons = _collection(columns, "electron", ELECTRON)
    kinds = tuple(k for k in (muons, electrons) if k is not None and k.labels)
    if len(kinds) < 2:
        stems = [s for s, k in (("Muon", muons), ("Electron", electrons)) if k not in kinds]
        return " and ".join(
            f"{s}_pt, {s}_eta, {s}_phi (or {s}_px, {s}_py, {s}_pz) with {s}_charge" for s in stems
        )
    return Candidates(kinds, _leading_four)


def _leading_four(leptons: Momenta) -> Index:
    """Choose the four leptons of highest pt, if charges cancel in each flavour."""
    if leptons.px.shape[1] < 4:
        return np.full((len(leptons.px), 4), -1)
    order = leptons.by_pt()[:, :4]
    label = leptons.take(order).label
    neutral = np.asarray(np.isfinite(label).all(axis=1))
    for flavour in (1, 2):
        neutral &= np.where(np.abs(label) == flavour, label, 0.0).sum(axis=1) == 0
    return np.where(neutral[:, None], order, -1)


def _top(columns: Sequence[Column]) -> Candidates | str:
    jets = _collection(columns, "jet", None)
    tags = [c.name for c in columns if c.counter and c.name.lower().startswith("jet_btag")]
    if jets is None or not tags:
        return "Jet_pt, Jet_eta, Jet_phi (or Jet_px, Jet_py, Jet_pz, Jet_e) and Jet_btag*"
    return Candidates((dataclasses.replace(jets, labels=(tags[0],)),), _three_jets)


def _three_jets(jets: Momenta) -> Index:
    """Choose two untagged jets and a tagged one, of highest summed pt.

    The two have a mass of 60 to 100 GeV together; all three are among the six leading jets and
    have more than 30 GeV of pt.
    """
    order = jets.by_pt()[:, :_JETS]
    six = jets.take(order)
    parts = [six.e, six.px, six.py, six.pz]
    good, tagged = six.pt > _JET_PT, six.label > _B_TAG
    best = np.zeros(len(order))
    chosen = np.full((len(order), 3), -1)
    for one, two in combinations(range(order.shape[1]), 2):
        pair = [x[:, one] + x[:, two] for x in parts]
        light = good[:, one] & good[:, two] & ~tagged[:, one] & ~tagged[:, two] & _is_w(pair)
        for b in set(range(order.shape[1])) - {one, two}:
            pt = np.hypot(pair[1] + parts[1][:, b], pair[2] + parts[2][:, b])
            better = light & good[:, b] & tagged[:, b] & (pt > best)
            best = np.where(better, pt, best)
            chosen[better] = order[better][:, [one, two, b]]
    return chosen


def _is_w(pair: Sequence[Array]) -> NDArray[np.bool_]:
    squared = pair[0] ** 2 - pair[1] ** 2 - pair[2] ** 2 - pair[3] ** 2
    return np.asarray((squared > _W[0] ** 2) & (squared < _W[1] ** 2))


_OPPOSITE = "mass of the leading muon and the leading one of opposite charge"
_LEPTONS = "mass of the four leading muons and electrons, charges cancelling in each flavour"
_THREE = (
    "mass of a b-tagged jet and two others of 60 to 100 GeV together, each of pt over 30 GeV; the "
    "three whose summed pt is highest"
)


def _models(
    signals: Sequence[str], background: str, low: float, high: float, **options: float
) -> tuple[Model, ...]:
    return tuple(Model(s, background, low, high, **options) for s in signals)


_Z = _models(("voigt", "crystal_ball"), "exponential", 70, 110, gamma=2.4952, mass=91, width=2)
_JPSI = _models(("gauss", "crystal_ball"), "exponential", 2.8, 3.4, mass=3.097, width=0.03)
_TOP = _models(("gauss", "crystal_ball"), "quadratic", 110, 240, mass=165, width=12)
_HIGGS = _models(("gauss", "crystal_ball"), "linear", 105, 140, mass=125, width=2)

BUILT_IN = {
    peak.name: peak
    for peak in (
        BuiltIn("z_mumu", _OPPOSITE, _Z, _dimuon),
        BuiltIn("jpsi_mumu", _OPPOSITE, _JPSI, _dimuon),
        BuiltIn("top_jjb", _THREE, _TOP, _top),
        BuiltIn("h_4l", _LEPTONS, _HIGGS, _four_leptons),
    )
}
