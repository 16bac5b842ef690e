"""What one tree of an input became in a merged file, and how that is held against the input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rootae.errors import BoundError
from rootae.reader.decoded import blocks_of, coded_of
from rootae.reader.restored import checksum
from rootae.rootio.writable import passing_names
from rootae.schema.bounds.bound import EXACT
from rootae.schema.bounds.deviation import held

if TYPE_CHECKING:
    from collections.abc import Callable

    from rootae.reader.tree import CodedTree
    from rootae.source.tree import SourceTree

__all__ = ["Share"]


@dataclass(frozen=True)
class Share:
    """The entries of an output tree that one input gave.

    Arguments:
        entry: the first one in the output.
        block: the first of its blocks.
        blocks: number of its blocks, 0 in a tree that is not coded.
        copied: they are blocks of the input, byte for byte.
    """

    entry: int = 0
    block: int = 0
    blocks: int = 0
    copied: bool = False

    def hold(self, mine: SourceTree, theirs: SourceTree, advance: Callable[[int], None]) -> None:
        """Hold the output's entries against the input's, block by block.

        Arguments:
            mine: the output's tree as it was written.
            theirs: the input's.
            advance: told the number of entries that are done.

        Raises:
            BoundError: a value is not that of the input.
            CorruptError: the output's blocks do not belong to its entries.
        """
        coded = coded_of(mine)
        carried = set(coded.stored.plans[0].carried) if coded is not None else set()
        passing = [n for n in passing_names(theirs.schema) if n not in carried]
        if coded is not None and self.copied:
            self._hold_copies(coded, theirs)
        names = [] if self.copied or coded is None else sorted(carried)
        for start, stop, values in theirs.parts(blocks_of(theirs), names):
            here = self.entry + start, self.entry + stop
            if coded is not None and names:
                for name, returned in coded.decode(names, *here).items():
                    held(values[name], returned, EXACT, (mine.where, name))
            _same(mine, here, passing, theirs.arrays(start, stop, passing))
            advance(stop - start)

    def _hold_copies(self, coded: CodedTree, theirs: SourceTree) -> None:
        other = coded_of(theirs)
        for block in range(self.blocks):
            mine = coded.stored.row(self.block + block)
            coded.check_places(self.block + block)
            if other is None or mine != other.stored.row(block):
                msg = f"{coded.stored.where}: block {block} of {theirs.where} is another one"
                raise BoundError(msg)


def _same(
    mine: SourceTree, here: tuple[int, int], names: list[str], wanted: dict[str, Any]
) -> None:
    found = mine.arrays(*here, names)
    wrong = [n for n in names if checksum(found[n]) != checksum(wanted[n])]
    if wrong:
        msg = (
            f"{mine.where}, entries {here[0]}-{here[1]}: {', '.join(wrong[:10])} did not come back "
            "as written; report this as a bug"
        )
        raise BoundError(msg)
