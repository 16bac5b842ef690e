"""Indices that know what they point to, so that one traversal checks, renumbers and gathers them.

A member of a plan's dataclass that is a number of something is annotated with what it is of:
`table: TableIndex`. Nothing else has to know which members of which kinds of grids and contexts
point where.
"""

from __future__ import annotations

import dataclasses
import functools
import operator
import types
import typing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = [
    "CentreIndex",
    "ContextIndex",
    "Index",
    "LaneIndex",
    "LatentIndex",
    "NetworkIndex",
    "Pointee",
    "SeenIndex",
    "TableIndex",
    "mapped",
    "members",
    "pointed",
    "pointers",
]

Pointee = Literal["table", "network", "lane", "seen", "centre", "context", "latent"]


@dataclass(frozen=True)
class Index:
    """Marks a whole number as an index.

    Arguments:
        of: what it counts: the codec's ``table`` or ``network``; of the group, a ``lane``, a lane
            or a linked one behind these (``seen``), a lane that has a ``centre``, a kind of
            ``context``, a ``latent``.
    """

    of: Pointee


TableIndex: TypeAlias = Annotated[int, Index("table")]
NetworkIndex: TypeAlias = Annotated[int, Index("network")]
LaneIndex: TypeAlias = Annotated[int, Index("lane")]
SeenIndex: TypeAlias = Annotated[int, Index("seen")]
CentreIndex: TypeAlias = Annotated[int, Index("centre")]
ContextIndex: TypeAlias = Annotated[int, Index("context")]
LatentIndex: TypeAlias = Annotated[int, Index("latent")]

_Change: TypeAlias = "Callable[[Pointee, int], int]"
_Walk: TypeAlias = "Callable[[Any, _Change], Any]"
_Any = TypeVar("_Any")


def mapped(value: _Any, **maps: Callable[[int], int] | Mapping[int, int]) -> _Any:
    """Renumber what a part of a plan points to.

    Arguments:
        value: a dataclass whose indices are marked.
        maps: by what is pointed to, new numbers by old ones; others stay.

    Raises:
        KeyError: a mapping has no such number: what is pointed to is gone.

    Example:
        >>> from rootae.codec.plan.contexts import Edges, Feature, OfLane
        >>> moved = mapped(Feature(OfLane(3), Edges(1)), seen={3: 2}, table=lambda i: i + 5)
        >>> moved == Feature(OfLane(2), Edges(6))
        True
    """
    changes = {k: m if callable(m) else m.__getitem__ for k, m in maps.items()}

    def change(of: Pointee, i: int) -> int:
        found = changes.get(of)
        return i if found is None else found(i)

    walk = _walk_of(value)
    return value if walk is None else walk(value, change)


def pointed(value: Any, of: Pointee) -> tuple[int, ...]:
    """Return the numbers of what a part of a plan points to, in order.

    Example:
        >>> from rootae.codec.plan.contexts import Edges, Feature, OfLane
        >>> pointed(Feature(OfLane(3), Edges(1)), "table")
        (1,)
    """
    return tuple(pointers(value).get(of, ()))


def pointers(value: Any) -> dict[Pointee, list[int]]:
    """Return the numbers of all that a part of a plan points to, in order, by what they are of.

    Example:
        >>> from rootae.codec.plan.contexts import Edges, Feature, OfLane
        >>> pointers(Feature(OfLane(3), Edges(1)))
        {'seen': [3], 'table': [1]}
    """
    found: dict[Pointee, list[int]] = {}

    def note(of: Pointee, i: int) -> int:
        found.setdefault(of, []).append(i)
        return i

    walk = _walk_of(value)
    if walk is not None:
        walk(value, note)
    return found


@functools.cache
def members(kind: Any) -> dict[str, Any]:
    """Return what a dataclass annotates its members with, marks included."""
    hints = typing.get_type_hints(kind, include_extras=True)
    return {f.name: hints[f.name] for f in dataclasses.fields(kind)}


def _walk_of(value: Any) -> Any:
    kind: Any = type(value)
    return _walk(kind)


@functools.cache
def _walk(kind: Any) -> _Walk | None:
    """Return what changes the indices in values of a type, None where there are none."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is Annotated:
        marks = [x for x in arguments[1:] if isinstance(x, Index)]
        return functools.partial(_index, marks[0].of) if marks else _walk(arguments[0])
    if origin in (types.UnionType, typing.Union):
        return _union(tuple(a for a in arguments if a is not type(None)))
    if origin is tuple:
        return _row(arguments)
    return _record(kind) if dataclasses.is_dataclass(kind) else None


def _index(of: Pointee, value: int, change: _Change) -> int:
    return change(of, value)


def _union(kinds: tuple[Any, ...]) -> _Walk | None:
    if not any(map(_walk, kinds)):
        return None
    marked = next((w for k in kinds if not isinstance(k, type) and (w := _walk(k))), None)

    def walk(value: Any, change: _Change) -> Any:
        if value is None:
            return None
        own = _walk_of(value) or marked
        return value if own is None else own(value, change)

    return walk


def _row(kinds: tuple[Any, ...]) -> _Walk | None:
    walks = [_walk(k) for k in kinds if k is not Ellipsis]
    if not any(walks):
        return None
    if Ellipsis in kinds:
        each = typing.cast("_Walk", walks[0])
        return lambda value, change: tuple(each(x, change) for x in value)

    def walk(value: Any, change: _Change) -> Any:
        pairs = zip(walks, value, strict=True)
        return _same(value, [x if one is None else one(x, change) for one, x in pairs])

    return walk


def _same(value: tuple[Any, ...], new: Sequence[Any]) -> tuple[Any, ...]:
    """Return a tuple itself where nothing of it changed: what only looks makes nothing anew."""
    return value if all(map(operator.is_, value, new)) else tuple(new)


def _record(kind: Any) -> _Walk | None:
    walks = {n: w for n, h in members(kind).items() if (w := _walk(h)) is not None}
    if not walks:
        return None

    def walk(value: Any, change: _Change) -> Any:
        new = {}
        for name, one in walks.items():
            old = getattr(value, name)
            found = one(old, change)
            if found is not old:
                new[name] = found
        return dataclasses.replace(value, **new) if new else value

    return walk
