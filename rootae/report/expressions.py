"""A user's expression of columns, computed without Python's `eval`."""

from __future__ import annotations

import ast
import operator
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

__all__ = ["FUNCTIONS", "Expression", "parse"]

_SHAPE = re.compile(r"\s*(?P<name>[A-Za-z_]\w*)\s*=(?!=)(?P<text>[^@]+)(?:@(?P<range>.*))?", re.S)
_NUMBER = r"\s*([-+]?\d*\.?\d+(?:[eE][-+]?\d+)?)\s*"
_RANGE = re.compile(f"{_NUMBER}:{_NUMBER}")

_SAME = (
    "abs", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh", "cos", "cosh",
    "exp", "expm1", "hypot", "log", "log10", "log1p", "maximum", "minimum", "sign", "sin", "sinh",
    "sqrt", "tan", "tanh", "where",
)  # fmt: skip
FUNCTIONS: dict[str, Callable[..., Any]] = {name: getattr(np, name) for name in _SAME}
_CONSTANTS = {"pi": np.pi}
_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: np.true_divide,
    ast.Pow: np.power, ast.Mod: np.mod, ast.BitAnd: np.logical_and, ast.BitOr: np.logical_or,
    ast.USub: np.negative, ast.UAdd: np.positive, ast.Invert: np.logical_not,
    ast.Lt: np.less, ast.LtE: np.less_equal, ast.Gt: np.greater, ast.GtE: np.greater_equal,
    ast.Eq: np.equal, ast.NotEq: np.not_equal,
}  # fmt: skip


@dataclass(frozen=True)
class Expression:
    """A named expression of columns.

    Arguments:
        name: what the user calls it.
        text: the expression.
        tree: the same, parsed.
        window: where to fit it, or None.
    """

    name: str
    text: str
    tree: ast.expr
    window: tuple[float, float] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of columns that it needs, in the order of their appearance."""
        called = {id(n.func) for n in ast.walk(self.tree) if isinstance(n, ast.Call)}
        inner = {id(n.value) for n in ast.walk(self.tree) if isinstance(n, ast.Attribute)}
        named = (
            _name(n)
            for n in ast.walk(self.tree)
            if isinstance(n, ast.Name | ast.Attribute) and id(n) not in called | inner
        )
        return tuple(dict.fromkeys(n for n in named if n not in _CONSTANTS))

    def compute(self, columns: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
        """Return one value a row, in float64; nan where there is none.

        Arguments:
            columns: arrays of one length by name.
        """
        rows = len(next(iter(columns.values())))
        with np.errstate(all="ignore"):
            found = self._value(self.tree, columns)
        return np.array(np.broadcast_to(np.asarray(found, np.float64), (rows,)))

    def _value(self, node: ast.expr, columns: Mapping[str, NDArray[Any]]) -> Any:
        match node:
            case ast.Constant(value=int() | float() as value):
                return np.float64(value)
            case ast.Name() | ast.Attribute():
                name = _name(node)
                if name in _CONSTANTS:
                    return _CONSTANTS[name]
                values = columns[name]
                return values if values.dtype == bool else values.astype(np.float64)
            case ast.Call():
                arguments = [self._value(a, columns) for a in node.args]
                return FUNCTIONS[_name(node.func)](*arguments)
            case ast.BinOp(left=left, right=right):
                pair = self._value(left, columns), self._value(right, columns)
                return _OPERATORS[type(node.op)](*pair)
            case ast.Compare(left=left, comparators=[right]):
                pair = self._value(left, columns), self._value(right, columns)
                return _OPERATORS[type(node.ops[0])](*pair)
            case ast.UnaryOp(operand=operand):
                return _OPERATORS[type(node.op)](self._value(operand, columns))
        raise ArgumentError(self._strange(node))

    def check(self) -> None:
        """Refuse what cannot be computed.

        Raises:
            ArgumentError: there is something else than columns, numbers, operators and functions.
        """
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.expr):
                continue
            operators: list[ast.AST] = []
            match node:
                case ast.Constant(value=value):
                    fine = isinstance(value, int | float) and not isinstance(value, bool)
                case ast.Name() | ast.Attribute():
                    fine = bool(_name(node))
                case ast.Call():
                    fine = _name(node.func) in FUNCTIONS and not node.keywords
                case ast.BinOp() | ast.UnaryOp():
                    operators, fine = [node.op], True
                case ast.Compare():
                    operators, fine = list(node.ops), len(node.ops) == 1
                case _:
                    fine = False
            if not fine or any(type(o) not in _OPERATORS for o in operators):
                raise ArgumentError(self._strange(node))
        if not self.columns:
            msg = f"peak {self.name}: {self.text!r} holds no column"
            raise ArgumentError(msg)

    def _strange(self, node: ast.expr) -> str:
        return (
            f"peak {self.name}: {ast.unparse(node)!r} cannot be computed; an expression holds "
            f"columns, numbers, + - * / ** % & | ~, comparisons and {', '.join(FUNCTIONS)}"
        )


def _name(node: ast.expr) -> str:
    """Return a column's name, which may have dots, or nothing."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and _name(node.value):
        return f"{_name(node.value)}.{node.attr}"
    return ""


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
    try:
        tree = ast.parse(body, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        msg = f"peak {name}: {body!r} is no expression: {error}"
        raise ArgumentError(msg) from error
    expression = Expression(name, body, tree, _window(name, shape["range"]))
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
