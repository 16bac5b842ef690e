"""Columns that nearly follow from others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from tables import table

from rootae.codec.codec import Codec
from rootae.codec.plan.plan import Plan
from rootae.kernels.kinematics import component
from rootae.planner.rules import rules_of
from rootae.planner.survey import survey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

ROWS = 5000
BOUNDS = ["exact", "abs:1e-2", "rel:1e-3", "rel:1e-6"]


def related(rows: int = ROWS, seed: int = 0) -> dict[str, NDArray[Any]]:
    """Columns with a four-vector, a linear, a rooted and an integer relation, after rounding."""
    rng = np.random.default_rng(seed)
    pt = (20 + rng.exponential(30, rows)).astype("f4")
    eta, phi = rng.normal(0, 1.5, rows).astype("f4"), rng.uniform(-3.1, 3.1, rows).astype("f4")
    mass = (pt * rng.uniform(0.1, 0.2, rows)).astype("f4")
    wide = [x.astype("f8") for x in (pt, eta, phi, mass)]
    energy = component("energy", *wide)
    part = (energy * rng.uniform(0.1, 0.9, rows)).astype("f4")
    noise = rng.normal(size=rows) * 0.01 * (1 + np.minimum(energy / 60, 3) ** 2)
    fraction = rng.dirichlet([3, 2, 1], rows).astype("f4")
    momentum = rng.normal(0, 20, (3, rows))
    first, second = rng.integers(0, 500, (2, rows)).astype("i4")
    return {
        "Jet_pt": pt, "Jet_eta": eta, "Jet_phi": phi, "Jet_mass": mass,
        "part": part, "rest": (energy - part + noise).astype("f4"),
        "one": fraction[:, 0], "two": fraction[:, 1], "three": fraction[:, 2],
        "x": momentum[0], "y": momentum[1], "z": momentum[2],
        "p": np.sqrt((momentum**2).sum(0)),
        "first": first, "second": second, "sum": first + second + (rng.random(rows) < 0.05),
    }  # fmt: skip


def planned(columns: Mapping[str, NDArray[Any]], bound: str = "exact") -> Codec:
    schema, values = table(columns)
    tables: list[NDArray[np.int64]] = []
    plan = survey(schema, values, rules_of({"*": bound}), tables=tables)
    return Codec(Plan((plan,)), tables)


def wild(columns: Mapping[str, NDArray[Any]], seed: int = 1) -> dict[str, NDArray[Any]]:
    """Return columns of the same types with values that the sample never had."""
    rng = np.random.default_rng(seed)
    odd = [np.nan, np.inf, -np.inf, -0.0, 0.0, 1e30, -1e30, 1e-42]
    out = {}
    for name, x in columns.items():
        if x.dtype.kind == "f":
            y = x * rng.choice([1, -1, 1e6, 1e-9], len(x)).astype(x.dtype)
            y[rng.integers(0, len(x), 30)] = rng.choice(odd, 30).astype(x.dtype)
        else:
            y = rng.integers(-(2**31), 2**31 - 1, len(x)).astype(x.dtype)
        out[name] = y
    return out
