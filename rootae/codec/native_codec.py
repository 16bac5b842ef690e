"""Codecs as the native core has them: opened, all of them checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from rootae.codec.native import core

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rootae.codec.layout import Layout
    from rootae.codec.plan.plan import Plan

__all__ = ["NativeCodec", "NativeTree"]


class NativeTree(NamedTuple):
    """A tree of an opened codec.

    Arguments:
        core: the module.
        codec: the opened codec.
        number: of the tree in the codec's plan.
        columns: the number of each column.
        groups: the number of each group.
    """

    core: Any
    codec: Any
    number: int
    columns: Mapping[str, int]
    groups: Mapping[str, int]


class NativeCodec:
    """A codec as the core has it: opened, all of it checked.

    Arguments:
        parts: the plan's text, tables and networks as a file has them.

    Raises:
        CorruptError: they are damaged.
        FormatError: a newer rootae wrote them.
    """

    def __init__(self, parts: tuple[bytes, bytes, bytes]) -> None:
        self._core = cast("Any", core())
        self._codec = self._core.open_codec(*parts)
        self._trees: dict[str, NativeTree] = {}

    def tree(self, plan: Plan, path: str, layout: Layout) -> NativeTree:
        """Return a tree of its plan, made once.

        Arguments:
            plan: the same plan, parsed.
            path: the tree's path, which the plan has.
            layout: the tree's.
        """
        if path not in self._trees:
            number = next(i for i, t in enumerate(plan.trees) if t.path == path)
            columns = {c.name: i for i, c in enumerate(plan.trees[number].columns)}
            made = NativeTree(self._core, self._codec, number, columns, layout.groups)
            self._trees[path] = made
        return self._trees[path]
