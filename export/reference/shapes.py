"""Section 6: what operators make of shapes, so that a network's work is known before it runs.

A shape is a tuple of numbers, `ROWS` for the free one. Initializers are known by value where an
operator needs that.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from reference.damage import hold
from reference.models import DTYPES, ROWS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from reference.models import Model, Node

__all__ = ["DECODER_OPERATORS", "ENCODER_OPERATORS", "check_shapes"]

_UNITS, _WORK = 1 << 16, 1 << 24  # numbers a row: of one array, and of all with their products
_RANK = 4
_MADE_RANK, _LONG = 8, 1 << 24  # dimensions of an array that is made, and a dimension
_CONCAT_AT_MOST = 256


class Array(NamedTuple):
    """What is known of an array."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    data: NDArray[Any] | None = None

    @property
    def units(self) -> int:
        """Return its numbers a row."""
        return math.prod(n for n in self.shape if n != ROWS)

    @property
    def is_float(self) -> bool:
        """Say whether it holds floats."""
        return self.dtype.kind == "f"


_Made = tuple[tuple[int, ...], np.dtype[Any], int]  # shape, type, products that are added up


def check_shapes(model: Model, *, decoder: bool) -> int:
    """Hold that a network is made of its operators, that all fits together and is not too much.

    Arguments:
        model: the network.
        decoder: it is no encoder.

    Returns:
        The numbers a row that it makes, or multiplies and adds.
    """
    allowed, work = DECODER_OPERATORS if decoder else ENCODER_OPERATORS, 0
    name, shape, dtype = model.input
    hold(len(shape) == 2 and shape[0] > 0 and shape[1] == ROWS, "a network of odd input")
    arrays = {n: Array(c.shape, c.dtype, c) for n, c in model.constants.items()}
    hold(name and name not in arrays, "a network of odd input")
    arrays[name] = Array(shape, dtype)
    hold(all(max(a.shape, default=0) <= _LONG for a in arrays.values()), "an array too long")
    for node in model.nodes:
        hold(node.operator in allowed, f"a network with the operator {node.operator[:40]}")
        made, products = _made(node, arrays)
        hold(node.output and node.output not in arrays, "an array that is made twice")
        hold(made.shape.count(ROWS) < 2, "an array of two free dimensions")
        short = len(made.shape) <= _MADE_RANK and max(made.shape, default=0) <= _LONG
        hold(short, "an array of too many dimensions, or too long")
        work += made.units + products
        hold(made.units <= _UNITS and work <= _WORK, "a network that makes too much")
        arrays[node.output] = made
    name, shape, own = model.output
    hold(name in arrays and name not in model.constants and own == dtype, "an odd output")
    hold(arrays[name][:2] == (shape, own) and shape[1:] == (ROWS,), "an odd output")
    return work


def _made(node: Node, arrays: dict[str, Array]) -> tuple[Array, int]:
    known = all(name in arrays or not name for name in node.inputs)
    hold(known, "an array that is used before it is made")
    given = [arrays[name] if name else None for name in node.inputs]
    while given and given[-1] is None:
        given.pop()
    rule, least, most = _RULES[node.operator]
    hold(least <= len(given) <= most, f"{len(given)} arrays for {node.operator}")
    open_end = node.operator == "Clip" and given[0] is not None
    hold(open_end or None not in given, f"an array left out of {node.operator}")
    types = _ATTRIBUTES.get(node.operator, {})
    right = all(type(v) is types.get(k) for k, v in node.attributes.items())
    right = right and _NEEDED.get(node.operator, set()) <= node.attributes.keys()
    hold(right, f"unknown or missing attributes of {node.operator}")
    shape, dtype, products = rule(*given, **node.attributes)
    return Array(tuple(shape), dtype), products


def _floats(*arrays: Array | None) -> None:
    kinds = {a.dtype for a in arrays if a is not None}
    right = len(kinds) == 1 and next(iter(kinds)).kind == "f"
    hold(right, "an operator on arrays that are not of one type of floats")


def _together(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of two arrays that are broadcast."""
    most = max(len(a), len(b))
    pairs = zip((1,) * (most - len(a)) + a, (1,) * (most - len(b)) + b, strict=True)
    found = []
    for n, m in pairs:
        hold(n == m or 1 in (n, m), "shapes that do not fit together")
        found.append(m if n == 1 else n)
    return tuple(found)


def _alone(x: Array) -> _Made:
    _floats(x)
    return x.shape, x.dtype, 0


def _both(a: Array, b: Array) -> _Made:
    _floats(a, b)
    return _together(a.shape, b.shape), a.dtype, 0


def _clip(x: Array, low: Array | None = None, high: Array | None = None) -> _Made:
    _floats(x, low, high)
    ends = all(e is None or e.shape == () for e in (low, high))
    hold(ends, "ends of Clip that are no numbers")
    return x.shape, x.dtype, 0


def _matmul(a: Array, b: Array) -> _Made:
    _floats(a, b)
    hold(min(len(a.shape), len(b.shape)) >= 2, "a product of no matrices")
    inner = a.shape[-1]
    hold(inner == b.shape[-2] and inner != ROWS, "a product of matrices that do not fit")
    shape = (*_together(a.shape[:-2], b.shape[:-2]), a.shape[-2], b.shape[-1])
    return shape, a.dtype, Array(shape, a.dtype).units * inner


def _gemm(a: Array, b: Array, c: Array | None = None, **how: Any) -> _Made:
    hold(len(a.shape) == len(b.shape) == 2, "a product of no matrices")
    hold({how.get("transA", 0), how.get("transB", 0)} <= {0, 1}, "an odd attribute of Gemm")
    factors = (how.get("alpha", 1.0), how.get("beta", 1.0))
    hold(all(map(math.isfinite, factors)), "an odd attribute of Gemm")
    a = a._replace(shape=a.shape[::-1]) if how.get("transA") else a
    b = b._replace(shape=b.shape[::-1]) if how.get("transB") else b
    shape, dtype, products = _matmul(a, b)
    if c is not None:
        _floats(a, c)
        hold(_together(c.shape, shape) == shape, "an addend that does not fit")
    return shape, dtype, products


def _axis(axis: int, shape: tuple[int, ...]) -> int:
    hold(-len(shape) <= axis < len(shape), "an axis that is not there")
    return axis % len(shape)


def _concat(*arrays: Array, axis: int) -> _Made:
    first = arrays[0]
    at = _axis(axis, first.shape)
    for a in arrays:
        same = len(a.shape) == len(first.shape) and a.dtype == first.dtype
        same = same and a.shape[:at] + a.shape[at + 1 :] == first.shape[:at] + first.shape[at + 1 :]
        hold(same and a.shape[at] != ROWS, "arrays that cannot be put together")
    total = sum(a.shape[at] for a in arrays)
    return (*first.shape[:at], total, *first.shape[at + 1 :]), first.dtype, 0


def _gather(x: Array, index: Array, axis: int = 0) -> _Made:
    at = _axis(axis, x.shape)
    size, wanted = x.shape[at], index.data
    hold(wanted is not None and wanted.dtype.kind == "i" and size != ROWS, "an odd Gather")
    inside = wanted is not None and ((-size <= wanted) & (wanted < size)).all()
    hold(inside, "Gather of what is not there")
    return (*x.shape[:at], *index.shape, *x.shape[at + 1 :]), x.dtype, 0


def _reshape(x: Array, target: Array) -> _Made:
    data = target.data
    hold(data is not None and data.dtype.kind == "i" and data.ndim == 1, "an odd Reshape")
    wanted = [] if data is None else data.tolist()
    right = len(wanted) <= _RANK and wanted.count(-1) <= 1 and min([0, *wanted]) >= -1
    hold(right and all(n or i < len(x.shape) for i, n in enumerate(wanted)), "an odd Reshape")
    copied = [x.shape[i] for i, n in enumerate(wanted) if n == 0]
    shape = tuple(n or x.shape[i] for i, n in enumerate(wanted))
    free = (ROWS in x.shape) == (-1 in wanted) and ROWS not in copied
    hold(free and Array(shape, x.dtype).units == x.units, "Reshape to another number")
    if ROWS in shape and x.units:
        behind = [math.prod(s[s.index(ROWS) + 1 :]) for s in (shape, x.shape)]
        hold(behind[0] == behind[1], "a Reshape that mixes rows")
    return shape, x.dtype, 0


def _transpose(x: Array, perm: tuple[int, ...] | None = None) -> _Made:
    order = tuple(range(len(x.shape)))[::-1] if perm is None else perm
    hold(sorted(order) == list(range(len(x.shape))), "an odd Transpose")
    return tuple(x.shape[i] for i in order), x.dtype, 0


def _argmax(x: Array, axis: int = 0, keepdims: int = 1) -> _Made:
    at = _axis(axis, x.shape)
    hold(x.shape[at] > 0 and keepdims in (0, 1), "an odd ArgMax")
    return (*x.shape[:at], *[1] * keepdims, *x.shape[at + 1 :]), DTYPES[7], x.units


def _cast(x: Array, to: int) -> _Made:
    hold(to in (1, 11), "a Cast to no float")
    return x.shape, DTYPES[to], 0


# by operator: its rule, and how many arrays it takes at least and at most
_RULES: dict[str, tuple[Callable[..., _Made], int, int]] = {
    "Add": (_both, 2, 2),
    "ArgMax": (_argmax, 1, 1),
    "Cast": (_cast, 1, 1),
    "Clip": (_clip, 1, 3),
    "Concat": (_concat, 1, _CONCAT_AT_MOST),
    "Floor": (_alone, 1, 1),
    "Gather": (_gather, 2, 2),
    "Gemm": (_gemm, 2, 3),
    "MatMul": (_matmul, 2, 2),
    "Mul": (_both, 2, 2),
    "Relu": (_alone, 1, 1),
    "Reshape": (_reshape, 2, 2),
    "Transpose": (_transpose, 1, 1),
}
_ATTRIBUTES: dict[str, dict[str, type]] = {
    "ArgMax": {"axis": int, "keepdims": int},
    "Cast": {"to": int},
    "Concat": {"axis": int},
    "Gather": {"axis": int},
    "Gemm": {"alpha": float, "beta": float, "transA": int, "transB": int},
    "Transpose": {"perm": tuple},
}
_NEEDED = {"Cast": {"to"}, "Concat": {"axis"}}
ENCODER_OPERATORS = frozenset(_RULES)
DECODER_OPERATORS = ENCODER_OPERATORS - {"ArgMax", "Cast"}
