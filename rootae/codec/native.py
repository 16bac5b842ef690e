"""The native decode core, where it was built: it opens codecs, and decodes blocks of their trees.

`ROOTAE_DECODER` chooses: ``native`` insists on it, ``python`` does without; nothing takes it where
it is there.
"""

from __future__ import annotations

import functools
import os
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from rootae.errors import ArgumentError, MissingDependency

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rootae.codec.layout import Layout
    from rootae.codec.plan.plan import Plan

__all__ = ["VARIABLE", "NativeCodec", "NativeTree", "core", "is_used"]

VARIABLE = "ROOTAE_DECODER"


@functools.cache
def core() -> Any | None:
    """Return the core's module, None where it was not built."""
    try:
        return import_module("rootae._native")
    except ImportError:
        return None


def is_used() -> bool:
    """Say whether blocks are decoded by the core.

    Raises:
        ArgumentError: ``ROOTAE_DECODER`` is neither ``native`` nor ``python``.
        MissingDependency: it insists on the core, which was not built.
    """
    wanted = os.environ.get(VARIABLE, "")
    if wanted not in {"", "native", "python"}:
        msg = f"{VARIABLE} is {wanted!r}: set it to native or python, or not at all"
        raise ArgumentError(msg)
    if wanted == "native" and core() is None:
        msg = (
            f"{VARIABLE} asks for the native decoder, which was not built: install rootae from a "
            "wheel, or anew where there is a C++ compiler"
        )
        raise MissingDependency(msg)
    return wanted != "python" and core() is not None


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
