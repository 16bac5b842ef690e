"""A user's expression of columns, one mass or other number a row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.errors import ArgumentError
from rootae.formula.formula import Formula
from rootae.formula.functions import REDUCERS
from rootae.formula.nodes import Call, Column, Text, every

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from rootae.formula.nodes import Node

__all__ = ["Expression", "parse"]

_SHAPE = re.compile(r"\s*(?P<name>[A-Za-z_]\w*)\s*=(?!=)(?P<text>[^@]+)(?:@(?P<range>.*))?", re.S)
_NUMBER = r"\s*([-+]?\d*\.?\d+(?:[eE][-+]?\d+)?)\s*"
_RANGE = re.compile(f"{_NUMBER}:{_NUMBER}")


@dataclass(frozen=True)
class Expression:
    """A named expression of columns.

    Arguments:
        name: what the user calls it.
        formula: the expression.
        window: where to fit it, or None.
    """

    name: str
    formula: Formula
    window: tuple[float, float] | None = None

    @property
    def text(self) -> str:
        """Return the expression as it was written."""
        return self.formula.text

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of columns that it needs, in the order of their appearance."""
        return self.formula.columns

    def compute(self, columns: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
        """Return one value a row, in float64; nan where there is none.

        Arguments:
            columns: arrays of one length by name.
        """
        rows = len(next(iter(columns.values())))
        found, _ = self.formula.compute(columns.__getitem__, rows)
        return np.array(np.broadcast_to(np.asarray(found, np.float64), (rows,)))

    def check(self) -> None:
        """Refuse what gives no number a row.

        Raises:
            ArgumentError: it asks for elements, for all values of an entry, or for no column.
        """
        for node in every(self.formula.node):
            if _is_by_entry(node):
                why = "is computed for each object: it takes no elements, texts, sums and the like"
                raise self.formula.error(why)
        if not self.columns:
            why = "holds no column"
            raise self.formula.error(why)


def _is_by_entry(node: Node) -> bool:
    match node:
        case Column(at=at):
            return bool(at)
        case Call(function=function, arguments=(_,)):
            return function in REDUCERS
        case Call(function=function):
            return function.endswith("$")
    return isinstance(node, Text)


def parse(text: str) -> Expression:
    """Read ``NAME=EXPR`` or ``NAME=EXPR@LOW:HIGH``.

    Raises:
        ArgumentError: it is malformed.

    Example:
        >>> parse("pt=sqrt(px**2 + py**2) @ 0:50").columns
        ('px', 'py')
    """
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        msg = f"malformed --peak {text!r}: use NAME=EXPR or NAME=EXPR@LOW:HIGH"
        raise ArgumentError(msg)
    name, body = shape["name"], " ".join(shape["text"].split())
    formula = Formula.parse(f"peak {name}:", body)
    expression = Expression(name, formula, _window(name, shape["range"]))
    expression.check()
    return expression


def _window(name: str, text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    numbers = _RANGE.fullmatch(text)
    low, high = (float(n) for n in numbers.groups()) if numbers else (1.0, 0.0)
    if not low < high:
        msg = f"peak {name}: malformed range {text!r}: use LOW:HIGH, as in 70:110"
        raise ArgumentError(msg)
    return low, high
