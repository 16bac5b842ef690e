"""What an expression consists of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Binary",
    "Call",
    "Choice",
    "Column",
    "Comparison",
    "Node",
    "Number",
    "Text",
    "Unary",
    "every",
    "parts",
]


@dataclass(frozen=True)
class Number:
    """A number, or True or False."""

    value: float | bool


@dataclass(frozen=True)
class Text:
    """A text between quotes, which columns of strings are compared with."""

    value: str


@dataclass(frozen=True)
class Column:
    """A column, or one element of it in each entry: ``Jet_pt[0]``."""

    name: str
    at: tuple[int, ...] = ()


@dataclass(frozen=True)
class Call:
    """A function of some arguments."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Unary:
    """A sign before an operand: ``-``, ``+``, ``!`` or ``~``."""

    sign: str
    operand: Node


@dataclass(frozen=True)
class Binary:
    """Operands of one rank with signs between them, computed from the left: ``a - b + c``."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class Comparison:
    """Operands of which every neighbouring two are compared: ``0 < a <= b``."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class Choice:
    """One of two operands, by a condition: ``a > 0 ? b : c``."""

    condition: Node
    yes: Node
    no: Node


Node = Number | Text | Column | Call | Unary | Binary | Comparison | Choice


def parts(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below one."""
    match node:
        case Call(arguments=arguments):
            return arguments
        case Unary(operand=operand):
            return (operand,)
        case Binary() | Comparison():
            return (node.first, *(operand for _, operand in node.rest))
        case Choice(condition, yes, no):
            return condition, yes, no
    return ()


def every(node: Node) -> Iterator[Node]:
    """Yield a node and all below it, from left to right."""
    yield node
    for part in parts(node):
        yield from every(part)
