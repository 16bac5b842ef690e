"""Data for the tests: a small simulated file of everything, and the shared files where present."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import uproot

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

PROJECT = Path(__file__).parents[1]
SHARED = PROJECT / "../shared/data"


def jagged(counts: NDArray[Any], flat: NDArray[Any]) -> ak.Array:
    """Return values as lists of the given lengths."""
    return ak.unflatten(ak.Array(flat), counts)


def event_arrays(entries: int, seed: int) -> dict[str, Any]:
    """Simulate a NanoAOD-like tree: a mapping of branch to array."""
    rng = np.random.default_rng(seed)
    n_jet, n_muon = rng.poisson(4, entries), rng.poisson(0.7, entries)
    jets, muons = int(n_jet.sum()), int(n_muon.sum())
    pt = (25 + rng.exponential(30, jets)).astype("f4")
    eta, phi = rng.normal(0, 2, jets).astype("f4"), rng.uniform(-np.pi, np.pi, jets).astype("f4")
    weight = rng.normal(1, 0.2, entries)
    weight[::97] = -1000.0
    met = rng.exponential(40, entries).astype("f4")
    odd = np.array([np.nan, np.inf, -np.inf, -0.0, 0.0], "f4")
    met[: len(odd)] = odd[:entries]
    return {
        "run": np.full(entries, 362439, "u4"),
        "luminosityBlock": np.sort(rng.integers(1, 60, entries)).astype("u4"),
        "event": rng.integers(0, 2**63, entries).astype("u8"),
        "time": rng.integers(-(2**63), 2**63 - 1, entries, dtype="i8"),
        "weight": weight,
        "MET_pt": met,
        "matrix": rng.normal(size=(entries, 3, 3)).astype("f4"),
        "small": rng.integers(-300, 300, entries).astype("i2"),
        "quality": rng.integers(0, 4, entries).astype("u1"),
        "HLT_mu": rng.random(entries) < 0.2,
        "constant": np.full(entries, 7, "i4"),
        "Jet_pt": jagged(n_jet, pt),
        "Jet_eta": jagged(n_jet, eta),
        "Jet_phi": jagged(n_jet, phi),
        "Jet_mass": jagged(n_jet, (pt * 0.12).astype("f4")),
        "Jet_id": jagged(n_jet, rng.integers(0, 7, jets).astype("i4")),
        "Jet_tight": jagged(n_jet, eta > 0),
        "Muon_pt": jagged(n_muon, rng.exponential(20, muons).astype("f4")),
        "Muon_charge": jagged(n_muon, rng.choice([-1, 1], muons).astype("i4")),
        "label": ak.Array([f"e{i % 13}" for i in range(entries)]),
    }


def type_of(array: Any) -> Any:
    """Return what mktree wants to know of an array."""
    if isinstance(array, np.ndarray):
        return np.dtype((array.dtype, array.shape[1:])) if array.ndim > 1 else array.dtype
    if array.ndim == 1:
        return "string"
    return f"var * {ak.flatten(array).type.content}"


def write_tree(
    file: Any,
    path: str,
    arrays: Mapping[str, Any],
    counter: Callable[[str], str] = lambda name: "n" + name.split("_")[0],
    title: str = "",
) -> Any:
    """Write one tree with uproot."""
    types = {name: type_of(array) for name, array in arrays.items()}
    tree = file.mktree(path, types, title=title, counter_name=counter)
    if len(next(iter(arrays.values()))):
        tree.extend(arrays)
    return tree


def write_events(path: Path, entries: int = 3000, seed: int = 0, compression: Any = None) -> Path:
    """Write a file of everything: trees, nested directories, a histogram, a string."""
    rng = np.random.default_rng(seed + 1)
    with uproot.recreate(path, compression=compression or uproot.ZLIB(4)) as file:
        write_tree(file, "Events", event_arrays(entries, seed), title="all events")
        flat = {"x": rng.normal(size=entries), "n": rng.poisson(3, entries).astype("i4")}
        flat["y"] = flat["x"].copy()
        write_tree(file, "deep/er/Events", flat)
        file["deep/counts"] = np.histogram(rng.normal(size=100), bins=10)
        file["counts"] = np.histogram(rng.normal(size=50), bins=5)
        file["about"] = "simulated"
    return path


def write_columns(
    path: Path,
    arrays: Mapping[str, Any],
    tree: str = "t",
    compression: Any = uproot.ZLIB(1),  # noqa: B008  uproot's own choice
    **options: Any,
) -> Path:
    """Write a file of one tree."""
    with uproot.recreate(path, compression=compression) as file:
        write_tree(file, tree, arrays, **options)
    return path


def same(a: ak.Array, b: ak.Array) -> bool:
    """Say whether two awkward arrays are equal bit for bit, with equal types and forms."""
    if a.type != b.type or len(a) != len(b):
        return False
    a, b = ak.to_packed(a), ak.to_packed(b)
    form, _, x = ak.to_buffers(a)
    form_b, _, y = ak.to_buffers(b)
    return form == form_b and all(
        np.asarray(x[k]).tobytes() == np.asarray(y[k]).tobytes() for k in x
    )
