"""An expression of columns: what it needs, and its value in each entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np

from rootae.errors import ArgumentError, NameNotFound, said
from rootae.formula import numbers
from rootae.formula.elements import element, is_text, without
from rootae.formula.functions import ELEMENTWISE, REDUCERS
from rootae.formula.grammar import read
from rootae.formula.nodes import (
    Binary,
    Call,
    Choice,
    Column,
    Comparison,
    Node,
    Number,
    Text,
    Unary,
    every,
)
from rootae.formula.tokens import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from numpy.typing import NDArray

__all__ = ["FUNCTIONS", "Formula"]

_ALTERNATIVE = "Alt$"
FUNCTIONS = tuple(sorted({*ELEMENTWISE, *REDUCERS, _ALTERNATIVE}))


@dataclass(frozen=True)
class Formula:
    """An expression.

    Arguments:
        what: what the user calls it, for messages.
        text: its text.
        node: what it says.
        notes: what may be meant otherwise, a sentence each.
    """

    what: str
    text: str
    node: Node
    notes: tuple[str, ...] = ()

    @classmethod
    def parse(cls, what: str, text: str, known: Collection[str] = ()) -> Formula:
        """Read an expression.

        Arguments:
            what: what the user calls it.
            text: the expression; it may be no more than a column's name, whatever its characters.
            known: names of columns.

        Raises:
            ArgumentError: it is no expression, or calls what is no function of these.

        Example:
            >>> Formula.parse("--cut", "Jet_pt[0] > 30 && met > 100").columns
            ('Jet_pt', 'met')
        """
        if text.strip() in known:
            return cls(what, text, Column(text.strip()))
        try:
            node, notes = read(text)
            formula = cls(what, text, node, tuple(f"{what} {n}" for n in notes))
            formula._check_calls()
        except NameNotFound:
            raise
        except ArgumentError as error:
            msg = f"{what} {shown(text)} is no expression: {error}"
            raise ArgumentError(msg) from error
        return formula

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of columns that it needs, in the order of their appearance."""
        named = (n.name for n in every(self.node) if isinstance(n, Column))
        return tuple(dict.fromkeys(named))

    def error(self, why: str) -> ArgumentError:
        """Return an error that says why it cannot be computed."""
        return ArgumentError(f"{self.what} {shown(self.text)} {why}")

    def compute(self, column: Callable[[str], Any], rows: int) -> tuple[Any, NDArray[np.bool_]]:
        """Compute it in some entries.

        Arguments:
            column: from a name to that column's array.
            rows: how many entries these are.

        Returns:
            Its values, and a flag an entry: whether one of the elements in it does not exist.

        Raises:
            ArgumentError: columns do not fit together, or are none of numbers.
        """
        computing = _Computing(column, np.zeros(rows, np.bool_))
        try:
            with np.errstate(all="ignore"):
                return computing.value(self.node), computing.missing
        except ArgumentError as error:
            msg = f"cannot be computed: {error}"
            raise self.error(msg) from error
        except (ValueError, TypeError, IndexError, OverflowError) as error:
            msg = "cannot be computed: its lists do not have the same length in every entry"
            if "broadcast" not in str(error):
                msg = f"cannot be computed: {said(error)}"
            raise self.error(msg) from error

    def _check_calls(self) -> None:
        for node in every(self.node):
            if not isinstance(node, Call):
                continue
            if node.function not in FUNCTIONS:
                where = f"{self.what} {shown(self.text)}"
                raise NameNotFound(node.function, FUNCTIONS, where, "function")
            takes = _arguments(node.function)
            if len(node.arguments) not in takes:
                counts = " or ".join(map(str, sorted(takes)))
                msg = f"{node.function} takes {counts} arguments, not {len(node.arguments)}"
                raise ArgumentError(msg)


def _arguments(function: str) -> set[int]:
    takes = {1} if function in REDUCERS else set()
    if function in ELEMENTWISE:
        takes.add(ELEMENTWISE[function].arguments)
    return takes or {2}


class _Computing:
    """One computation.

    Arguments:
        column: from a name to that column's array.
        missing: entries in which an element does not exist; it grows.
    """

    def __init__(self, column: Callable[[str], Any], missing: NDArray[np.bool_]) -> None:
        self._column = column
        self.missing = missing

    def value(self, node: Node) -> Any:
        """Return the value of a node."""
        match node:
            case Number(value):
                return numbers.plain(np.asarray(value))
            case Text(value):
                return value
            case Column(name, at):
                return self._element(name, at)
            case Comparison(first, rest):
                return self._compared(first, rest)
            case Binary(first, rest):
                return self._joined(first, rest)
            case Unary(sign, operand):
                return _signed(sign, self._number(operand))
            case Choice(condition, yes, no):
                return ELEMENTWISE["where"].compute(*map(self._number, (condition, yes, no)))
            case Call(function, arguments):
                return self._called(function, arguments)

    def _number(self, node: Node) -> Any:
        value = self.value(node)
        if is_text(value):
            msg = 'a text can only be compared, as in label == "signal"'
            raise ArgumentError(msg)
        return value

    def _element(self, name: str, at: tuple[int, ...]) -> Any:
        array = self._column(name)
        try:
            value, missing = element(array, at)
        except ArgumentError as error:
            index = "".join(f"[{i}]" for i in at)
            msg = f"{shown(name)[1:-1]}{index}: {error}"
            raise ArgumentError(msg) from error
        self.missing |= missing
        return value

    def _compared(self, first: Node, rest: tuple[tuple[str, Node], ...]) -> Any:
        left, found = self.value(first), None
        for sign, node in rest:
            right = self.value(node)
            pair = _compared(sign, left, right)
            found = pair if found is None else np.logical_and(found, pair)
            left = right
        return found

    def _joined(self, first: Node, rest: tuple[tuple[str, Node], ...]) -> Any:
        found = self._number(first)
        for sign, node in rest:
            found = _joined(sign, found, self._number(node))
        return found

    def _called(self, function: str, arguments: tuple[Node, ...]) -> Any:
        if function == _ALTERNATIVE:
            return self._alternative(*arguments)
        if len(arguments) == 1 and function in REDUCERS:
            return self._reduced(function, arguments[0])
        return ELEMENTWISE[function].compute(*map(self._number, arguments))

    def _apart(self, node: Node) -> tuple[Any, NDArray[np.bool_]]:
        """Compute a part whose missing elements are its own affair."""
        inner = _Computing(self._column, np.zeros_like(self.missing))
        return inner._number(node), inner.missing

    def _alternative(self, node: Node, other: Node) -> Any:
        value, missing = self._apart(node)
        return ELEMENTWISE["where"].compute(~missing, value, self._number(other))

    def _reduced(self, function: str, node: Node) -> Any:
        lists, missing = self._apart(node)
        if not isinstance(lists, ak.Array) and function.endswith("$"):
            lists = ak.from_regular(np.broadcast_to(lists, missing.shape)[:, None])
        if not isinstance(lists, ak.Array):
            msg = f"{function} takes a list an entry, and is given one value"
            raise ArgumentError(msg)
        lists, reducer = without(lists, missing), REDUCERS[function]
        if reducer.needs:
            self.missing |= ak.to_numpy(ak.num(lists, axis=1)) == 0
        return reducer.compute(lists)


def _compared(sign: str, left: Any, right: Any) -> Any:
    texts = is_text(left), is_text(right)
    if not any(texts):
        return numbers.compared(sign, left, right)
    if not all(texts) or sign not in ("==", "!="):
        msg = "a text is compared with a text, by == or !="
        raise ArgumentError(msg)
    equal = left == right
    equal = ak.to_numpy(equal) if isinstance(equal, ak.Array) else np.asarray(equal)
    return equal if sign == "==" else np.logical_not(equal)


def _joined(sign: str, left: Any, right: Any) -> Any:
    match sign:
        case "&&":
            return np.logical_and(numbers.truth(left), numbers.truth(right))
        case "||":
            return np.logical_or(numbers.truth(left), numbers.truth(right))
        case "&" | "|":
            return numbers.bits(sign, left, right)
    return numbers.arithmetic(sign, left, right)


def _signed(sign: str, value: Any) -> Any:
    match sign:
        case "!":
            return np.logical_not(numbers.truth(value))
        case "~":
            return numbers.inverted(value)
        case "-":
            return numbers.negative(value)
    return value
