"""Arithmetic on columns: whole numbers as such while 64 bits hold them, all others as doubles.

A value is a number, an array of one number an entry, or awkward's array of lists an entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np

from rootae.errors import ArgumentError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "alike",
    "arithmetic",
    "bits",
    "compared",
    "double",
    "fits",
    "flat",
    "inverted",
    "negative",
    "plain",
    "truth",
]

_WHOLE = 2.0**63  # below it, doubles tell that a sum of whole numbers fits into 64 bits
_EXACT = {"+": np.add, "-": np.subtract, "*": np.multiply}
_DIVIDED = {"//": np.floor_divide, "%": np.mod}
_COMPARED = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "==": np.equal,
    "!=": np.not_equal,
}  # fmt: skip
_BITS = {"&": np.bitwise_and, "|": np.bitwise_or}
_LOGIC = {"&": np.logical_and, "|": np.logical_or}


def flat(value: Any) -> NDArray[Any]:
    """Return all numbers of a value in one row."""
    if isinstance(value, ak.Array):
        return np.asarray(ak.to_numpy(ak.flatten(value, axis=None)))
    return np.asarray(value).reshape(-1)


def fits(value: Any) -> bool:
    """Say whether 64 bits hold whole numbers of such sizes, given in doubles."""
    return bool(np.abs(flat(value)).max(initial=0.0) < _WHOLE)


def _kind(value: Any) -> str:
    """Return numpy's letter for a type: b, i, u or f."""
    return str(flat(value).dtype.kind)


def _cast(value: Any, to: Any) -> Any:
    if isinstance(value, ak.Array):
        return ak.values_astype(value, to)
    return np.asarray(value).astype(to)


def double(value: Any) -> Any:
    """Return a value in doubles."""
    return _cast(value, np.float64)


def plain(value: Any) -> Any:
    """Return a column as it is computed with: booleans, 64 bit integers, or doubles.

    Raises:
        ArgumentError: it does not hold numbers.
    """
    numbers = flat(value)
    if numbers.dtype.kind not in "biuf" or numbers.dtype.itemsize > 8:
        msg = f"it holds {numbers.dtype.name}, and not numbers"
        raise ArgumentError(msg)
    if numbers.dtype.kind == "b":
        return value
    if numbers.dtype.kind == "f":
        return double(value)
    large = numbers.dtype == np.uint64 and bool((numbers > np.uint64(2**63 - 1)).any())
    return _cast(value, np.uint64 if large else np.int64)


def alike(a: Any, b: Any) -> tuple[Any, Any]:
    """Return two values in one type."""
    kinds = {_kind(a), _kind(b)}
    if kinds == {"b"}:
        return a, b
    to = np.int64 if kinds <= {"b", "i"} else np.float64
    return _cast(a, to), _cast(b, to)


def arithmetic(sign: str, a: Any, b: Any) -> Any:
    """Return a sum, difference, product, quotient, remainder or power.

    Quotients and powers are doubles. ``//`` rounds down, and ``%`` has the sign of the divisor, as
    in Python.
    """
    x, y = double(a), double(b)
    if sign == "/":
        return np.true_divide(x, y)
    if sign == "**":
        return np.float_power(x, y)
    whole = {_kind(a), _kind(b)} <= {"b", "i"}
    if sign in _DIVIDED:
        whole = whole and bool((flat(b) != 0).all()) and fits(x)
        return _DIVIDED[sign](*((_cast(a, np.int64), _cast(b, np.int64)) if whole else (x, y)))
    rounded = _EXACT[sign](x, y)
    if whole and fits(rounded):
        return _EXACT[sign](_cast(a, np.int64), _cast(b, np.int64))
    return rounded


def negative(value: Any) -> Any:
    """Return a value with the other sign."""
    return arithmetic("-", np.int64(0), value) if _kind(value) != "f" else np.negative(value)


def compared(sign: str, a: Any, b: Any) -> Any:
    """Return where a comparison holds; whole numbers are compared as such."""
    return _COMPARED[sign](a, b)


def truth(value: Any) -> Any:
    """Return where a value is not zero."""
    return value if _kind(value) == "b" else np.not_equal(value, 0)


def bits(sign: str, a: Any, b: Any) -> Any:
    """Return ``&`` or ``|``: of bits for two whole numbers, and of truth for two conditions.

    Raises:
        ArgumentError: they are neither.
    """
    kinds = {_kind(a), _kind(b)}
    if kinds == {"b"}:
        return _LOGIC[sign](a, b)
    if kinds <= {"i", "u"}:
        to = np.uint64 if "u" in kinds else np.int64
        return _BITS[sign](_cast(a, to), _cast(b, to))
    msg = (
        f"{sign!r} takes two conditions or two whole numbers, and comparisons come before it: "
        f"write {sign * 2} for conditions, or parentheses, as in (flags {sign} 4) == 4"
    )
    raise ArgumentError(msg)


def inverted(value: Any) -> Any:
    """Return ``~``, the contrary of conditions.

    Raises:
        ArgumentError: it is a number, of which some would expect the bits.
    """
    if _kind(value) != "b":
        msg = "'~' takes a condition: write ! before a number, or (flags & 4) == 0 for a bit of it"
        raise ArgumentError(msg)
    return np.logical_not(value)
