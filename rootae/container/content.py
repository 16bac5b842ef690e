"""What the record of a file says of content that passes through beside coded trees.

`export/FORMAT.md` is the normative description; the two change together.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CONTENT", "Content", "TreeContent"]

CONTENT = "content"


@dataclass(frozen=True)
class TreeContent:
    """A tree without coded columns.

    Arguments:
        entries: its entries.
        branches: checksums by branch.
    """

    entries: int
    branches: dict[str, int]


@dataclass(frozen=True)
class Content:
    """Checksums of a file's content.

    Arguments:
        uuid: the file's.
        trees: by path.
        objects: crc32 of objects' uncompressed bytes, by path and cycle.
    """

    uuid: str
    trees: dict[str, TreeContent] = field(default_factory=dict)
    objects: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return what the record says."""
        trees = {p: {"entries": t.entries, "branches": t.branches} for p, t in self.trees.items()}
        told = {"uuid": self.uuid, "trees": trees, "objects": self.objects}
        return {**told, "sum": _sum(told)}

    @classmethod
    def of(cls, record: Mapping[str, Any], where: str) -> Content | None:
        """Return what a record says, None if it says nothing.

        Arguments:
            record: the record.
            where: the file, for messages.

        Raises:
            CorruptError: it is damaged.
        """
        told = record.get(CONTENT)
        if told is None:
            return None
        try:
            told = dict(told)
            if told.pop("sum") != _sum(told):
                msg = "its checksum does not match"
                raise ValueError(msg)
            trees = {p: _tree(**tree) for p, tree in told["trees"].items()}
            return cls(str(told["uuid"]), trees, {n: int(v) for n, v in told["objects"].items()})
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            msg = f"{where}: its record of what passes through is damaged: {error}"
            raise CorruptError(msg) from error


def _tree(entries: Any, branches: Any) -> TreeContent:
    return TreeContent(int(entries), {str(n): int(v) for n, v in branches.items()})


def _sum(told: Mapping[str, Any]) -> int:
    return zlib.crc32(json.dumps(told, sort_keys=True, separators=(",", ":")).encode())
