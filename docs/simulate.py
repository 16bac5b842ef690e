"""Simulate Z bosons that decay to two muons, as a NanoAOD-like file for the tutorial.

    python simulate.py events.root

The bosons are drawn and decayed with numpy; momenta are smeared by a detector's resolution. The
muons of other processes, below the peak, are pairs of falling momenta.
"""

from __future__ import annotations

import sys
from typing import Any

import awkward as ak
import numpy as np
import uproot
from numpy.typing import NDArray

Array = NDArray[np.float64]

MASS, WIDTH, MUON = 91.1876, 2.4952, 0.1056584  # GeV
SIGNAL = 0.8  # of all events
RESOLUTION = 0.012  # of a muon's transverse momentum


def main(path: str = "events.root", entries: int = 40_000, seed: int = 1) -> None:
    """Write the file."""
    rng = np.random.default_rng(seed)
    signal = rng.random(entries) < SIGNAL
    pt, eta, phi = (
        np.where(signal, *x) for x in zip(decays(rng, entries), pairs(rng, entries), strict=True)
    )
    types = {"run": "uint32", "luminosityBlock": "uint32", "event": "uint64", "PV_npvs": "int32"}
    types |= {k: f"var * {dtype}" for k, dtype in MUONS.items()}
    with uproot.recreate(path, compression=uproot.ZSTD(5)) as file:
        tree = file.mktree("Events", types, counter_name=lambda _: "nMuon")
        tree.extend(events(rng, smeared(rng, pt), eta, phi))


def decays(rng: np.random.Generator, entries: int) -> tuple[Array, Array, Array]:
    """Return pt, eta and phi of the two muons of Z bosons, shape (2, entries), GeV."""
    mass = MASS + WIDTH / 2 * np.tan(np.pi * (rng.uniform(0.02, 0.98, entries) - 0.5))
    boost_pt, boost_phi = rng.gamma(1.6, 9.0, entries), rng.uniform(-np.pi, np.pi, entries)
    rapidity = rng.normal(0, 1.6, entries)
    cosine, angle = rng.uniform(-1, 1, entries), rng.uniform(-np.pi, np.pi, entries)
    sine, half = np.sqrt(1 - cosine**2), mass / 2
    one = np.stack([half * sine * np.cos(angle), half * sine * np.sin(angle), half * cosine])
    back = np.stack([one, -one], axis=1)  # (3, 2, entries), in the rest frame of the boson
    gamma = np.sqrt(1 + (boost_pt / mass) ** 2)
    along = back[0] * np.cos(boost_phi) + back[1] * np.sin(boost_phi)
    push = (gamma - 1) * along + boost_pt / mass * half
    x, y = back[0] + push * np.cos(boost_phi), back[1] + push * np.sin(boost_phi)
    energy = gamma * half + boost_pt / mass * along
    z = back[2] * np.cosh(rapidity) + energy * np.sinh(rapidity)
    pt = np.hypot(x, y)
    return pt, np.arcsinh(z / pt), np.arctan2(y, x)


def pairs(rng: np.random.Generator, entries: int) -> tuple[Array, Array, Array]:
    """Return pt, eta and phi of two unrelated muons, shape (2, entries), GeV."""
    shape = (2, entries)
    phi = rng.uniform(-np.pi, np.pi, shape)
    return 10 + rng.exponential(22, shape), rng.normal(0, 1.2, shape), phi


def smeared(rng: np.random.Generator, pt: Array) -> Array:
    """Return momenta as a detector measures them."""
    measured: Array = pt * (1 + RESOLUTION * rng.normal(size=pt.shape))
    return measured


MUONS = {
    "Muon_pt": "float32", "Muon_eta": "float32", "Muon_phi": "float32", "Muon_mass": "float32",
    "Muon_ptErr": "float32", "Muon_charge": "int32", "Muon_nStations": "int32",
}  # fmt: skip


def events(rng: np.random.Generator, pt: Array, eta: Array, phi: Array) -> dict[str, Any]:
    """Return the branches; a muon is kept if it is measurable, and the hardest comes first."""
    order = np.argsort(-pt, axis=0)
    pt, eta, phi = (np.take_along_axis(x, order, axis=0) for x in (pt, eta, phi))
    seen, entries = (pt > 5) & (np.abs(eta) < 2.4), pt.shape[1]
    sign = rng.choice([-1, 1], entries)
    error = pt * RESOLUTION * (1 + 0.3 * np.abs(eta)) * rng.gamma(60, 1 / 60, pt.shape)
    stations = rng.binomial(4, 0.95 - 0.1 * (np.abs(eta) > 1.2), pt.shape)
    values = (pt, eta, phi, np.full_like(pt, MUON), error, np.stack([sign, -sign]), stations)
    found: dict[str, Any] = {
        "run": np.full(entries, 1, "u4"),
        "luminosityBlock": (np.arange(entries) // 500 + 1).astype("u4"),
        "event": np.arange(1, entries + 1, dtype="u8"),
        "PV_npvs": rng.poisson(32, (entries,)).astype("i4"),
    }
    for (name, dtype), value in zip(MUONS.items(), values, strict=True):
        flat = value.T[seen.T].astype(dtype)
        found[name] = ak.unflatten(flat, seen.sum(axis=0))
    return found


if __name__ == "__main__":
    main(sys.argv[1]) if len(sys.argv) > 1 else main()
