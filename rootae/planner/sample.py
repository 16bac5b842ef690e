"""What of a file is looked at before it is coded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rootae.schema.tree import TreeSchema
    from rootae.schema.values import Values

__all__ = ["WIDTH", "Sampled"]

WIDTH = 8  # bytes of a value's code, which is what planning and training hold


@dataclass(frozen=True)
class Sampled:
    """A tree's schema and values of its columns over sampled entries.

    Arguments:
        schema: the tree's columns.
        values: sampled values by column.
        kept: names of columns that stay ordinary branches.
        share: the share of the tree's entries that was sampled.
    """

    schema: TreeSchema
    values: Mapping[str, Values]
    kept: frozenset[str] = frozenset()
    share: float = 1.0

    @property
    def nbytes(self) -> int:
        """Return the bytes of all values' codes."""
        return sum(v.flat.size for v in self.values.values()) * WIDTH
