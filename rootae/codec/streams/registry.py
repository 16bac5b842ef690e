"""The kinds of streams, by code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootae.codec.streams.kinds.bits import Bits
from rootae.codec.streams.kinds.bytes import Bytes
from rootae.codec.streams.kinds.constant import Constant
from rootae.codec.streams.kinds.dictionary import Dictionary
from rootae.codec.streams.kinds.pco import Pco

if TYPE_CHECKING:
    from rootae.codec.streams.kind import Kind

__all__ = ["KINDS"]

# a table, not a scan of the folder: a kind that only one reader knows is a file nobody else reads.
# Tried in this order; of two streams as long as each other the first is taken.
KINDS: dict[int, Kind] = {
    kind.code: kind for kind in (Constant(), Pco(), Bytes(), Bits(), Dictionary())
}
