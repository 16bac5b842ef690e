"""Grids, rules, centres and links of the native core, called with numpy's arrays."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

import numpy as np
from native.core import surface

from rootae.codec.grids.absolute import AbsGrid
from rootae.codec.grids.exact import ExactFloat, ExactInteger
from rootae.codec.grids.rank import RankGrid
from rootae.codec.grids.relative import RelGrid
from rootae.codec.grids.special import SpecialGrid
from rootae.errors import ArgumentError, CorruptError, FormatError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rootae.codec.grids.grid import Grid
    from rootae.codec.relations.centre import Centre

__all__ = ["TYPES", "centre", "component", "derive", "forward", "inverse", "link", "run"]

TYPES = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float32", "float64"),
)
_TERMS = ("one", "lane", "px", "py", "pz", "energy")
_ERRORS = (CorruptError, FormatError, ArgumentError, MemoryError)  # by their kinds, from 1
_KINDS = (ExactInteger, ExactFloat, AbsGrid, RelGrid, RankGrid, SpecialGrid)


class _Grid(ctypes.Structure):
    """SurfaceGrid of native/test/surface_values.cpp."""

    _fields_ = (
        ("kind", ctypes.c_int),
        ("type", ctypes.c_int),
        ("is_relative", ctypes.c_int),
        ("parameter", ctypes.c_double),
        ("octave", ctypes.c_uint32),
        *(
            field
            for name in ("values", "codes", "edges", "points")
            for field in ((name, ctypes.c_void_p), (f"{name}_count", ctypes.c_size_t))
        ),
    )


def run(name: str, *arguments: Any) -> None:
    """Call a function: arrays by their memory, whole numbers of 64 bits.

    Raises:
        CorruptError, FormatError, ArgumentError, MemoryError: it refuses.
    """
    function = getattr(surface(), name)
    kind = function(*(_argument(a) for a in arguments))
    if kind:
        msg = f"refused by {name}"
        raise _ERRORS[kind - 1](msg)


def _argument(given: Any) -> Any:
    if isinstance(given, np.ndarray):
        return ctypes.c_void_p(given.ctypes.data)
    return ctypes.c_int64(given) if isinstance(given, int) else given


def _type(x: NDArray[Any]) -> int:
    return TYPES.index(x.dtype.name)


def _described(grid: Grid) -> tuple[Any, list[NDArray[Any]]]:
    """Return a grid's description, and the arrays that it points to."""
    base = grid.base if isinstance(grid, SpecialGrid) else grid
    found = _Grid(_KINDS.index(type(grid)), TYPES.index(grid.dtype), isinstance(base, RelGrid))
    if isinstance(base, AbsGrid):
        found.parameter = base.step
    elif isinstance(base, RelGrid):
        found.parameter, found.octave = base.error, base.octave
    held = {}
    if isinstance(grid, SpecialGrid):
        held = {"values": np.array(grid.values, "f8"), "codes": np.array(grid.codes, "i8")}
    elif isinstance(grid, RankGrid):
        held = {"edges": np.array(grid.edges, "f8"), "points": np.array(grid.points, "f8")}
    for name, array in held.items():
        setattr(found, name, array.ctypes.data)
        setattr(found, f"{name}_count", len(array))
    return found, list(held.values())


def inverse(grid: Grid, q: NDArray[np.int64]) -> NDArray[Any]:
    """Map codes to values."""
    told, _held = _described(grid)
    q, out = np.ascontiguousarray(q, np.int64), np.empty(len(q), grid.dtype)
    run("rootae_grid_inverse", ctypes.byref(told), q, len(q), out)
    return out


def forward(grid: Grid, x: NDArray[Any]) -> NDArray[np.int64]:
    """Map values of the grid's type to codes."""
    told, _held = _described(grid)
    x, out = np.ascontiguousarray(x), np.empty(len(x), np.int64)
    run("rootae_grid_forward", ctypes.byref(told), x, len(x), out)
    return out


def _lanes(lanes: Sequence[NDArray[Any]]) -> tuple[Any, ...]:
    """Return arrays as types, pointers and rows."""
    count = len(lanes)
    return (
        (ctypes.c_int * count)(*map(_type, lanes)),
        (ctypes.c_void_p * count)(*(x.ctypes.data for x in lanes)),
        (ctypes.c_size_t * count)(*map(len, lanes)),
        count,
    )


def derive(
    coefficients: Sequence[float], lanes: Sequence[NDArray[Any]], dtype: str
) -> NDArray[Any]:
    """Compute a lane by its rule."""
    out = np.empty(len(lanes[0]), dtype)
    factors = np.array(coefficients, "f8")
    run("rootae_derive", factors, *_lanes(lanes), _type(out), out, len(out))
    return out


def centre(of: Centre, lanes: Sequence[NDArray[Any]], rows: int, grid: Grid) -> NDArray[np.int64]:
    """Compute the codes of a centre."""
    told, _held = _described(grid)
    out = np.empty(rows, np.int64)
    run(
        "rootae_centre",
        np.array([_TERMS.index(t.kind) for t in of.terms], np.int32),
        np.array([t.coefficient for t in of.terms], "f8"),
        np.array([len(t.lanes) for t in of.terms], np.uint32),
        np.array([i for t in of.terms for i in t.lanes], np.uint32),
        len(of.terms),
        *(int(of.root), of.low, of.high),
        *_lanes(lanes),
        ctypes.byref(told),
        out,
        rows,
    )
    return out


def link(
    by: NDArray[Any], mine: NDArray[Any], theirs: NDArray[Any], values: NDArray[Any]
) -> NDArray[Any]:
    """Return another group's values as the rows of this one see them."""
    out = np.empty(len(by), values.dtype)
    mine, theirs = mine.astype(np.int64), theirs.astype(np.int64)
    counts = mine, len(mine), theirs, len(theirs)
    run("rootae_link", _type(by), by, len(by), *counts, _type(values), values, len(values), out)
    return out


def component(kind: str, *vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return one component of four-vectors: pt, eta, phi and mass."""
    out = np.empty(len(vectors[0]))
    run("rootae_component", _TERMS.index(kind), *vectors, len(out), out)
    return out
