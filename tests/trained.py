"""A codec trained on few jets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.operations.train import train_codec
from rootae.planner.rules import rules_of
from rootae.planner.sample import Sampled
from rootae.progress import Progress
from rootae.schema.column import Column
from rootae.schema.tree import TreeSchema
from rootae.schema.values import Values
from rootae.training.options import Options

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.codec.codec import Codec

ROWS = 12_000


def table(rows: int = ROWS, seed: int = 0) -> Sampled:
    """Correlated columns of several kinds, jagged and flat."""
    rng = np.random.default_rng(seed)
    n = rng.poisson(3, rows // 4).astype(np.int32)
    total = int(n.sum())
    pt = rng.exponential(30, total).astype(np.float32) + np.float32(20)
    eta = rng.normal(0, 1.5, total).astype(np.float32)
    mass = (pt * rng.uniform(0.1, 0.2, total)).astype(np.float32)
    energy = (np.hypot(pt, mass) * np.cosh(eta)).astype(np.float32)
    energy[::97], mass[::89] = np.nan, -0.0
    counts = n.astype(np.int64)
    jagged = {"Jet_pt": pt, "Jet_eta": eta, "Jet_mass": mass, "Jet_energy": energy}
    jagged["Jet_copy"] = pt.copy()
    jagged["Jet_id"] = (pt > 40).astype(np.int32) + (np.abs(eta) > 1)
    met = rng.exponential(40, len(n)) + n
    flat: dict[str, NDArray[Any]] = {
        "nJet": n,
        "met": met,
        "sumet": met * 3 + rng.normal(0, 1, len(n)),
    }
    flat["good"] = met > 50
    values = {k: Values(v) for k, v in flat.items()}
    values |= {k: Values(v, counts) for k, v in jagged.items()}
    columns = [Column(k, v.dtype.name, is_counter=k == "nJet") for k, v in flat.items()]
    columns += [Column(k, v.dtype.name, counter="nJet") for k, v in jagged.items()]
    order = tuple(c.name for c in columns)
    schema = TreeSchema("t", "", tuple(columns), order=order)
    return Sampled(schema, values, share=0.01)  # as of a file so large that networks pay


def trained(
    family: str, bound: str, steps: int = 60, rows: int = ROWS, **options: Any
) -> tuple[Codec, list[dict[str, Any]]]:
    opts = Options(family=family, bounds=rules_of({"*": bound}), steps=steps, **options)
    return train_codec({"t": [table(rows)]}, opts, 1, Progress())
