"""What rootae's own families are held to, for those of users: trained a little on made-up data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.codec import Codec
from rootae.codec.contexts.model import Model
from rootae.codec.contexts.shapes import DECODER_OPERATORS
from rootae.errors import RootaeError
from rootae.operations.train import train_codec
from rootae.planner.sample import Sampled
from rootae.progress import Progress
from rootae.schema.column import Column
from rootae.schema.tree import TreeSchema
from rootae.schema.values import Values
from rootae.training.options import options_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["conform"]

_BOUNDS = ("exact", "rel:1e-3", "abs:1e-3", "none")
_SLACK = 0.5  # bits a row that a group may lose in what is stored beside it
_TREE = "t"


def conform(
    family: str | Path | type[Any], *, net: str | Path | type[Any] = "dense", steps: int = 20
) -> list[str]:
    """Hold a family to what every one of rootae's own is held to.

    Trained for a few steps under each kind of bound, it has to give decoders of certified
    operators whose codec is read back from its bytes, to keep every bound, never to lose to plain
    coding, and to give the same codec from the same seed.

    Arguments:
        family: a class, a Python file with one, or a name.
        net: what its networks are made of.
        steps: of each training.

    Returns:
        What was held, a sentence each.

    Raises:
        RootaeError: it is not as it should be; the message says where.
        BoundError: a value came back outside its bound.

    Example:
        >>> from rootae.operations.conformance import conform
        >>> conform("./mine.py")  # doctest: +SKIP
        ['exact: 2 decoders of certified operators, every value within its bound, ...', ...]
    """
    return [_held(bound, {"family": family, "net": net, "steps": steps}) for bound in _BOUNDS]


def _held(bound: str, asked: dict[str, Any]) -> str:
    """Train under one bound, and look at what came of it."""
    codec, _ = _trained(bound, asked | {"keep_family": True})
    encoders = {g.encoder.network for t in codec.plan.trees for g in t.groups if g.encoder}
    decoders = [n for i, n in enumerate(codec.networks) if i not in encoders]
    for number, network in enumerate(decoders):
        if strange := Model.read(network.onnx).operators - DECODER_OPERATORS:
            msg = f"{bound}: decoder {number} has operators that no reader knows: {strange}"
            raise RootaeError(msg)
    fresh = _table(seed=1).values
    again = Codec.from_parts(*codec.parts).tree(_TREE)
    again.verify(codec.tree(_TREE).encode(fresh), fresh, f"{bound}: fresh values")
    if _trained(bound, asked | {"keep_family": True})[0].id != codec.id:
        msg = f"{bound}: the same seed gave another codec: draw random numbers by torch alone"
        raise RootaeError(msg)
    for record in _trained(bound, asked)[1] if bound != "none" else ():
        if record["coded"] > record["plain"] + _SLACK:
            msg = f"{bound}: {record['group']}: coded in more bits than without contexts"
            raise RootaeError(msg)
    told = f"{len(decoders)} decoders of certified operators"
    return f"{bound}: {told}, every value within its bound, the same codec from the same seed"


def _trained(bound: str, asked: dict[str, Any]) -> tuple[Codec, list[dict[str, Any]]]:
    options, _ = options_of({**asked, "batch_size": 256, "bounds": {"*": bound}}, [])
    return train_codec({_TREE: [_table(seed=0)]}, options, 1, Progress())


def _table(seed: int) -> Sampled:
    """Make correlated columns of several kinds: of the event, and of jets."""
    rng = np.random.default_rng(seed)
    n = rng.poisson(3, 1000).astype(np.int32)
    pt = (rng.exponential(30, int(n.sum())) + 20).astype(np.float32)
    eta = rng.normal(0, 1.5, len(pt)).astype(np.float32)
    met = rng.exponential(40, len(n)) + n
    pt[::97] = np.nan
    flat: dict[str, NDArray[Any]] = {
        "nJet": n,
        "met": met,
        "sumet": 3 * met + rng.normal(size=1000),
    }
    energy = (pt * np.cosh(eta) * rng.uniform(1.0, 1.02, len(pt))).astype(np.float32)
    jets = {"Jet_pt": pt, "Jet_eta": eta, "Jet_energy": energy, "Jet_id": (pt > 40).astype("i4")}
    columns = [Column(k, v.dtype.name, is_counter=k == "nJet") for k, v in flat.items()]
    columns += [Column(k, v.dtype.name, counter="nJet") for k, v in jets.items()]
    values = {k: Values(v) for k, v in flat.items()}
    values |= {k: Values(v, n.astype(np.int64)) for k, v in jets.items()}
    order = tuple(c.name for c in columns)
    schema = TreeSchema(_TREE, "", tuple(columns), order=order)
    return Sampled(schema, values, share=0.01)  # as of a file so large that networks pay
