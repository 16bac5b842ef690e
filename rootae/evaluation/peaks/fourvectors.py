"""Four-momenta of a tree's objects: found by their columns' names, and combined to masses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from rootae.schema.values import Values

    Array = NDArray[np.float64]

__all__ = ["Momenta", "Particles", "find_particles", "mass"]

_POLAR = (("pt",), ("eta",), ("phi",), ("mass", "m"))
_CARTESIAN = (("px",), ("py",), ("pz",), ("e", "energy", "pe"))
_CHARGE = ("charge", "q", "id", "pdgid")


@dataclass(frozen=True)
class Momenta:
    """Four-momenta with a label each, arrays of one shape; nan where there is no particle.

    Arguments:
        px, py, pz, e: in the file's unit of energy.
        label: the sign of the charge or a tag, nan where the file does not say.
    """

    px: Array
    py: Array
    pz: Array
    e: Array
    label: Array

    @property
    def pt(self) -> Array:
        """Return the transverse momenta."""
        return np.asarray(np.hypot(self.px, self.py))

    def by_pt(self) -> NDArray[np.intp]:
        """Return each entry's positions by falling transverse momentum, missing ones last."""
        return np.argsort(-self.pt, axis=-1, kind="stable")

    def take(self, index: NDArray[np.intp]) -> Momenta:
        """Return the particles at these positions of the last axis."""
        return Momenta(*(np.take_along_axis(x, index, -1) for x in vars(self).values()))

    def beside(self, other: Momenta) -> Momenta:
        """Return the particles of both, entry by entry."""
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return Momenta(*(np.concatenate(pair, axis=-1) for pair in pairs))


def mass(particles: Momenta) -> Array:
    """Return the invariant mass of all particles of the last axis, nan if any is missing.

    Example:
        >>> p = np.array([3.0, -3.0])
        >>> mass(Momenta(p, 0 * p, 0 * p, abs(p), 0 * p)).item()
        6.0
    """
    parts = (particles.e, particles.px, particles.py, particles.pz)
    e, px, py, pz = (x.sum(axis=-1) for x in parts)
    return np.asarray(np.sqrt(np.maximum(e**2 - px**2 - py**2 - pz**2, 0.0)))


@dataclass(frozen=True)
class Particles:
    """Where a tree keeps the momenta of one kind of particle.

    Arguments:
        parts: the columns of pt, eta, phi and mass (or empty), or of px, py, pz and energy; one
            such tuple for a jagged collection, or one a particle where each has flat columns.
        polar: which of the two.
        labels: the columns of the charge or of a tag, empty where there are none.
        rest: the particle's known mass in GeV, or None. Where it is known, energies are made from
            it: a mass from a stored energy is a small difference of large numbers.
    """

    parts: tuple[tuple[str, ...], ...]
    polar: bool
    labels: tuple[str, ...]
    rest: float | None

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of all columns that are read."""
        return tuple(n for part in (*self.parts, self.labels) for n in part if n)

    def momenta(self, values: Mapping[str, Values], unit: float = 1.0) -> Momenta:
        """Return the particles of each entry in the file's order, shape (entries, particles).

        Arguments:
            values: by column.
            unit: the file's units of energy in a GeV.
        """
        read = [[_padded(values[n]) if n else None for n in part] for part in self.parts]
        a, b, c, d = (_joined(column) for column in zip(*read, strict=True))
        if self.polar:
            a, b, c = a * np.cos(c), a * np.sin(c), a * np.sinh(b)
            d = np.zeros_like(a) if d is None else np.maximum(d, 0.0)
        if self.polar or self.rest is not None:
            rest = d if self.rest is None else self.rest * unit
            d = np.sqrt(a**2 + b**2 + c**2 + rest**2)
        label = np.full(a.shape, np.nan)
        if self.labels:
            label = self._signed(_joined([_padded(values[n]) for n in self.labels]))
        return Momenta(a, b, c, d, label)

    def _signed(self, label: Array) -> Array:
        is_code = self.labels[0].lower().endswith("id")  # PDG: the muon of code 13 is negative
        return np.asarray(-np.sign(label) if is_code else label)


def _joined(parts: Sequence[Array | None]) -> Any:
    """Put what several columns say of one quantity side by side."""
    there = [p for p in parts if p is not None]
    return np.concatenate(there, axis=1) if there else None


def _padded(values: Values) -> Array:
    """Return one row an entry, filled up with nan."""
    flat = values.flat.astype(np.float64)
    if values.counts is None:
        return np.asarray(flat[:, None])
    out = np.full((len(values.counts), int(values.counts.max(initial=0))), np.nan)
    out[np.arange(out.shape[1]) < values.counts[:, None]] = flat
    return out


def find_particles(
    names: Sequence[str], stems: Sequence[str], rest: float | None, numbered: int = 0
) -> Particles | None:
    """Find the columns that hold a kind of particle, whatever the letters' case.

    Arguments:
        names: the tree's columns.
        stems: what their names begin with, such as ``muon``; the first that fits is taken.
        rest: the particle's known mass in GeV, or None if the file must say it.
        numbered: look for that many particles with columns of their own, such as ``mu1_px`` or
            ``px1``, instead of a collection such as ``Muon_px``.

    Returns:
        Where the momenta are, or None.

    Example:
        >>> names = ["Muon_pt", "Muon_eta", "Muon_phi", "Muon_charge"]
        >>> find_particles(names, ["muon"], 0.1057).parts
        (('Muon_pt', 'Muon_eta', 'Muon_phi', ''),)
    """
    known = {n.lower(): n for n in reversed(names)}
    for stem in stems:
        keys = [_key(stem, i + 1 if numbered else 0) for i in range(max(numbered, 1))]
        for polar, spelling in ((True, _POLAR), (False, _CARTESIAN)):
            whole = 3 if polar or rest is not None else 4
            found = [[_first(known, key, s) for s in spelling[:whole]] for key in keys]
            if not all(all(part) for part in found):
                continue
            if polar and rest is None:
                for part, key in zip(found, keys, strict=True):
                    part.append(_first(known, key, spelling[3]))
            parts = tuple((*part, *[""] * (4 - len(part))) for part in found)
            charges = tuple(_first(known, key, _CHARGE) for key in keys)
            return Particles(parts, polar, charges if all(charges) else (), rest)
    return None


def _key(stem: str, number: int) -> Callable[[str], str]:
    """Return how a particle's columns are spelled: ``mu1_px``, ``px1`` or ``muon_px``."""
    if not stem:
        return lambda x: f"{x}{number}"
    return lambda x: f"{stem}{number or ''}_{x}"


def _first(known: Mapping[str, str], key: Callable[[str], str], synonyms: Sequence[str]) -> str:
    return next((known[key(s)] for s in synonyms if key(s) in known), "")
