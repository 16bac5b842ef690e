"""What a model's operators make of shapes: the closed list of operators, and how much they may ask.

Nothing is computed. A few bytes of a model can ask for any memory (an array put behind itself
thirty times over), so the sizes of all that it makes are added up before it runs.

Source: https://onnx.ai/onnx/operators.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rootae.codec.contexts.model import DOUBLE, FLOAT, INT64, ROWS, Value
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rootae.codec.contexts.model import Model, Node

__all__ = ["DECODER_OPERATORS", "ENCODER_OPERATORS", "Asked", "check"]

_FLOATS = (FLOAT, DOUBLE)
_UNITS = 1 << 16  # numbers a row of any array that is made
_WORK = 1 << 24  # numbers a row that are made, or multiplied and added, in all
_LONG = 1 << 24  # of a dimension, at most
_RANK = 8  # dimensions of an array that is made, at most


class Asked(NamedTuple):
    """What a model asks of whoever runs it.

    Arguments:
        widest: numbers a row of the widest array that it takes or makes.
        work: numbers a row that it makes, or multiplies and adds, in all.
        nodes: operators that it is made of.
    """

    widest: int
    work: int
    nodes: int


def check(model: Model, operators: frozenset[str]) -> Asked:
    """Hold that a model is made of some operators only, and follow what it makes.

    Arguments:
        model: the model.
        operators: those that it may hold.

    Returns:
        What it asks.

    Raises:
        CorruptError: another operator, arrays that do not fit together, or too large ones.
    """
    forbidden = sorted(model.operators - operators)
    if forbidden:
        msg = f"a stored network holds forbidden operators: {', '.join(forbidden)[:80]}"
        raise CorruptError(msg)
    name, first = model.input
    _hold(len(first.shape) == 2 and first.shape[0] > 0 and first.shape[1] == ROWS, "its input")
    _hold(first.element in _FLOATS and name not in model.constants and name != "", "its input")
    values: dict[str, Value] = {name: first, **model.constants}
    _hold(all(map(_is_short, values.values())), "the length of an array")
    work, widest = 0, first.shape[0]
    for node in model.nodes:
        made, cost = _made(node, values)
        work += cost + _units(made.shape)
        _hold(node.output not in values and node.output != "", "the name of what it makes")
        _hold(_units(made.shape) <= _UNITS and work <= _WORK, "the size of what it makes")
        _hold(len(made.shape) <= _RANK and _is_short(made), "the dimensions of what it makes")
        values[node.output], widest = made, max(widest, _units(made.shape))
    name, last = model.output
    _hold(name in values and name not in model.constants, "its output")
    _hold(values[name].shape == last.shape and last.shape[1:] == (ROWS,), "its output")
    _hold(values[name].element == last.element == first.element, "its output")
    return Asked(widest, work, len(model.nodes))


def _hold(right: bool, what: str) -> None:
    if not right:
        msg = f"a stored network does not fit together ({what}): the file is damaged"
        raise CorruptError(msg)


def _units(shape: Sequence[int]) -> int:
    return math.prod(n for n in shape if n != ROWS)


def _is_short(value: Value) -> bool:
    return max(value.shape, default=0) <= _LONG


def _behind(shape: Sequence[int]) -> Sequence[int]:
    """Return the dimensions behind the rows."""
    return shape[shape.index(ROWS) + 1 :] if ROWS in shape else ()


def _made(node: Node, values: Mapping[str, Value]) -> tuple[Value, int]:
    """Return what a node makes, and how many numbers a row it multiplies and adds for it."""
    rule = _RULES[node.operator]
    _hold(all(n in values or n == "" for n in node.inputs), "an array that nothing makes")
    given = [values[n] if n else None for n in node.inputs]
    while given and given[-1] is None:
        given.pop()
    kinds = _ATTRIBUTES.get(node.operator, {})
    known = all(type(v) is kinds.get(k) for k, v in node.attributes.items())
    _hold(known, f"an attribute of {node.operator}")
    fewest, most = _INPUTS.get(node.operator, (1, 1))
    whole = None not in given or (node.operator == "Clip" and given[0] is not None)  # open ends
    whole = whole and _NEEDED.get(node.operator) in (None, *node.attributes)
    _hold(fewest <= len(given) <= most and whole, f"what {node.operator} is given")
    made: tuple[Value, int] = rule(*given, **node.attributes)
    _hold(made[0].shape.count(ROWS) <= 1, "a square of its rows")
    return made


def _same(x: Value) -> tuple[Value, int]:
    _hold(x.element in _FLOATS, "a type")
    return x, 0


def _clip(x: Value, *ends: Value | None) -> tuple[Value, int]:
    fit = (e is None or (e.shape == () and e.element == x.element) for e in ends)
    _hold(x.element in _FLOATS and all(fit), "the ends of Clip")
    return x, 0


def _broadcast(a: Sequence[int], b: Sequence[int]) -> tuple[int, ...]:
    """Return the shape of two arrays together, as numpy broadcasts them."""
    longest = max(len(a), len(b))
    pairs = zip([1] * (longest - len(a)) + [*a], [1] * (longest - len(b)) + [*b], strict=True)
    shape = []
    for n, m in pairs:
        _hold(n == m or 1 in (n, m), "shapes")
        shape.append(m if n == 1 else n)
    return tuple(shape)


def _elementwise(a: Value, b: Value) -> tuple[Value, int]:
    _hold(a.element == b.element and a.element in _FLOATS, "types")
    return Value(_broadcast(a.shape, b.shape), a.element), 0


def _matmul(a: Value, b: Value) -> tuple[Value, int]:
    _hold(min(len(a.shape), len(b.shape)) >= 2, "matrices")
    _hold(a.element == b.element and a.element in _FLOATS, "types")
    inner = a.shape[-1]
    _hold(inner == b.shape[-2] and inner >= 0, "matrices")
    outer = _broadcast(a.shape[:-2], b.shape[:-2])
    made = Value((*outer, a.shape[-2], b.shape[-1]), a.element)
    return made, _units(made.shape) * inner


def _gemm(
    a: Value,
    b: Value,
    c: Value | None = None,
    *,
    alpha: float = 1.0,
    beta: float = 1.0,
    transA: int = 0,  # noqa: N803  ONNX's names
    transB: int = 0,  # noqa: N803
) -> tuple[Value, int]:
    _hold(len(a.shape) == len(b.shape) == 2 and {transA, transB} <= {0, 1}, "matrices")
    _hold(math.isfinite(alpha) and math.isfinite(beta), "factors")
    sides = (
        Value(x.shape[::-1] if t else x.shape, x.element) for x, t in ((a, transA), (b, transB))
    )
    made, cost = _matmul(*sides)
    if c is not None:
        fits = c.element == made.element and _broadcast(c.shape, made.shape) == made.shape
        _hold(fits, "what is added")
    return made, cost


def _concat(*parts: Value, axis: int) -> tuple[Value, int]:
    first = parts[0]
    at = _axis(axis, first.shape)
    before, after = first.shape[:at], first.shape[at + 1 :]
    for part in parts:
        same = part.shape[:at] == before and part.shape[at + 1 :] == after
        same = same and len(part.shape) == len(first.shape) and part.shape[at] != ROWS
        _hold(same and part.element == first.element, "what is put together")
    return Value((*before, sum(p.shape[at] for p in parts), *after), first.element), 0


def _axis(axis: int, shape: Sequence[int]) -> int:
    _hold(-len(shape) <= axis < len(shape), "an axis")
    return axis % len(shape)


def _gather(x: Value, index: Value, *, axis: int = 0) -> tuple[Value, int]:
    at = _axis(axis, x.shape)
    size, wanted = x.shape[at], index.data
    within = wanted is not None and bool(((-size <= wanted) & (wanted < size)).all())
    _hold(within and size != ROWS, "what is gathered")
    return Value((*x.shape[:at], *index.shape, *x.shape[at + 1 :]), x.element), 0


def _reshape(x: Value, target: Value) -> tuple[Value, int]:
    _hold(target.data is not None and len(target.shape) == 1, "a new shape")
    wanted = np.asarray(target.data).tolist()
    _hold(
        wanted.count(-1) <= 1 and min(wanted, default=0) >= -1 and len(wanted) <= 4, "a new shape"
    )
    _hold(all(n or i < len(x.shape) for i, n in enumerate(wanted)), "a new shape")
    shape = [n or x.shape[i] for i, n in enumerate(wanted)]
    free = ROWS in x.shape  # the -1 stands for the rows then, as nothing else may hold them
    copied = any(n == 0 and x.shape[i] == ROWS for i, n in enumerate(wanted))
    _hold(free == (-1 in wanted) and not copied and _units(shape) == _units(x.shape), "a new shape")
    mixed = _units(shape) and _units(_behind(shape)) != _units(_behind(x.shape))
    _hold(not mixed, "a mixture of its rows")  # which how many are taken at a time would decide
    return Value(tuple(shape), x.element), 0


def _transpose(x: Value, *, perm: tuple[int, ...] | None = None) -> tuple[Value, int]:
    order = tuple(reversed(range(len(x.shape)))) if perm is None else perm
    _hold(sorted(order) == list(range(len(x.shape))), "an order of dimensions")
    return Value(tuple(x.shape[i] for i in order), x.element), 0


def _argmax(x: Value, *, axis: int = 0, keepdims: int = 1) -> tuple[Value, int]:
    at = _axis(axis, x.shape)
    _hold(x.shape[at] > 0 and keepdims in (0, 1), "what is looked through")
    kept = (1,) if keepdims else ()
    return Value((*x.shape[:at], *kept, *x.shape[at + 1 :]), INT64), _units(x.shape)


def _cast(x: Value, *, to: int) -> tuple[Value, int]:
    _hold(to in _FLOATS, "a type")
    return Value(x.shape, to), 0


_RULES: dict[str, Any] = {
    "Add": _elementwise,
    "ArgMax": _argmax,
    "Cast": _cast,
    "Clip": _clip,
    "Concat": _concat,
    "Floor": _same,
    "Gather": _gather,
    "Gemm": _gemm,
    "MatMul": _matmul,
    "Mul": _elementwise,
    "Relu": _same,
    "Reshape": _reshape,
    "Transpose": _transpose,
}
_INPUTS = {
    "Add": (2, 2), "Clip": (1, 3), "Concat": (1, 256), "Gather": (2, 2), "Gemm": (2, 3),
    "MatMul": (2, 2), "Mul": (2, 2), "Reshape": (2, 2),
}  # fmt: skip
_NEEDED = {"Cast": "to", "Concat": "axis"}
_ATTRIBUTES: dict[str, dict[str, type]] = {
    "ArgMax": {"axis": int, "keepdims": int},
    "Cast": {"to": int},
    "Concat": {"axis": int},
    "Gather": {"axis": int},
    "Gemm": {"alpha": float, "beta": float, "transA": int, "transB": int},
    "Transpose": {"perm": tuple},
}
ENCODER_OPERATORS = frozenset(_RULES)
DECODER_OPERATORS = ENCODER_OPERATORS - {"ArgMax", "Cast"}
