"""From text to what it says: one grammar that reads TTree::Draw's expressions and uproot's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootae.errors import ArgumentError
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
)
from rootae.formula.tokens import Token, shown, tokens

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["DEPTH", "read"]

_DIGITS = 300  # of whole numbers; longer ones are beyond doubles too
DEPTH = 24  # of parentheses, signs and the like within each other
_SAME = {"and": "&&", "or": "||", "not": "not"}
_WORDS = {"True": True, "true": True, "False": False, "false": False, "pi": 3.141592653589793}
_COMPARED = ("<", "<=", ">", ">=", "==", "!=")


def read(text: str) -> tuple[Node, list[str]]:
    """Read an expression.

    Signs bind as in C++: ``||`` and ``or`` least, then ``&&`` and ``and``, ``not``, ``|``, ``&``,
    comparisons, sums, products, ``-`` and ``!`` and ``~``, and ``**`` most.

    Returns:
        What it says, and notes on what may be meant otherwise.

    Raises:
        ArgumentError: it is no expression.

    Example:
        >>> read("Jet_pt[0] > 30")[0]
        Comparison(first=Column(name='Jet_pt', at=(0,)), rest=(('>', Number(value=30)),))
    """
    reading = _Reading(text)
    node = reading.choice()
    reading.expect("")
    return node, reading.notes


class _Reading:
    """One expression under way, by recursive descent."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(tokens(text))
        self._at = 0
        self._depth = 0
        self._compared = -1  # where the last comparison ended
        self.notes: list[str] = []

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _sign(self) -> str:
        """Return the next word if it is a sign, or a word that stands for one."""
        token = self._next
        if token.kind == "name":
            return _SAME.get(token.text, "a name")
        return token.text if token.kind in ("sign", "end") else token.kind

    def _take(self, *signs: str) -> str | None:
        sign = self._sign()
        if sign not in signs:
            return None
        self._at += 1
        return sign

    def expect(self, sign: str) -> None:
        """Step over a sign, or say what stands in its place."""
        if self._sign() != sign:
            raise self._stray(f"where {sign!r} is due" if sign else "where the expression is over")
        self._at += 1

    def _stray(self, where: str) -> ArgumentError:
        token = self._next
        found = shown(token.text) if token.kind != "end" else "the end"
        return ArgumentError(f"it has {found} {where}")

    def choice(self) -> Node:
        """Read a whole expression."""
        return self._deeper(self._choice)

    def _choice(self) -> Node:
        node = self._either()
        if not self._take("?"):
            return node
        yes = self.choice()
        self.expect(":")
        return Choice(node, yes, self.choice())

    def _joined(self, below: Callable[[], Node], *signs: str) -> Node:
        first, rest = below(), []
        while (sign := self._take(*signs)) is not None:
            rest.append((sign, below()))
        return Binary(first, tuple(rest)) if rest else first

    def _either(self) -> Node:
        return self._joined(self._both, "||")

    def _both(self) -> Node:
        return self._joined(self._negated, "&&")

    def _negated(self) -> Node:
        if not self._take("not"):
            return self._bits("|", lambda: self._bits("&", self._comparison))
        return Unary("!", self._deeper(self._negated))

    def _bits(self, sign: str, below: Callable[[], Node]) -> Node:
        """Read ``&`` or ``|``, and note comparisons beside it that have no parentheses."""
        first, rest, bare = below(), [], False
        while self._sign() == sign:
            bare |= self._compared == self._at
            self._at += 1
            rest.append((sign, below()))
            bare |= self._compared == self._at
        if bare:
            self._note(sign)
        return Binary(first, tuple(rest)) if rest else first

    def _note(self, sign: str) -> None:
        note = (
            f"{shown(self._text)}: comparisons come before {sign!r}, as in C++ and TTree::Draw and "
            f"not as in Python: write {sign * 2} or parentheses"
        )
        if note not in self.notes:
            self.notes.append(note)

    def _comparison(self) -> Node:
        first, rest = self._sum(), []
        while (sign := self._take(*_COMPARED)) is not None:
            rest.append((sign, self._sum()))
        if not rest:
            return first
        self._compared = self._at
        return Comparison(first, tuple(rest))

    def _sum(self) -> Node:
        return self._joined(self._product, "+", "-")

    def _product(self) -> Node:
        return self._joined(self._signed, "*", "/", "//", "%")

    def _signed(self) -> Node:
        sign = self._take("-", "+", "!", "~")
        return self._power() if sign is None else Unary(sign, self._deeper(self._signed))

    def _power(self) -> Node:
        base = self._atom()
        if not self._take("**"):
            return base
        return Binary(base, (("**", self._deeper(self._signed)),))

    def _deeper(self, below: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > DEPTH:
            msg = f"it is more than {DEPTH} levels deep"
            raise ArgumentError(msg)
        node = below()
        self._depth -= 1
        return node

    def _atom(self) -> Node:
        token = self._next
        if self._take("("):
            node = self.choice()
            self.expect(")")
            return node
        is_word = token.kind == "name" and token.text in _SAME
        if token.kind not in ("number", "name", "quoted", "text") or is_word:
            msg = "where a column, a number or a function is due"
            raise self._stray(msg)
        self._at += 1
        if token.kind == "number":
            return Number(_number(token.text))
        if token.kind == "text":
            return Text(token.text[1:-1])
        if token.kind == "name" and self._take("("):
            return self._call(token.text)
        if token.kind == "name" and token.text in _WORDS:
            return Number(_WORDS[token.text])
        return Column(token.text, self._indices())

    def _call(self, name: str) -> Node:
        arguments: list[Node] = []
        while not self._take(")"):
            if arguments:
                self.expect(",")
            arguments.append(self.choice())
        match name, arguments:
            case "get", [Text(value=column)]:  # as uproot writes names of other characters
                return Column(column, self._indices())
        return Call(name, tuple(arguments))

    def _indices(self) -> tuple[int, ...]:
        at = []
        while self._take("["):
            token = self._next
            if token.kind != "number" or not token.text.isdigit():
                msg = "where a whole number is due, as in Jet_pt[0]"
                raise self._stray(msg)
            self._at += 1
            at.append(int(token.text[:18]))
            self.expect("]")
        return tuple(at)


def _number(text: str) -> float:
    if text[:2] in ("0x", "0X"):
        return _whole(int(text, 16))
    return _whole(int(text)) if text.isdigit() and len(text) < _DIGITS else float(text)


def _whole(number: int) -> float:
    return number if number < 1 << 64 else float(number)
