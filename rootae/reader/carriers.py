"""Carriers, and the trees they stand in, as uproot's objects of the decoded columns.

A carrier holds a constant, which uproot would read with whatever interpretation it is given, and
its sizes say nothing of the column. So both kinds of objects get classes of their own, derived from
those that uproot gave them: sizes are the column's, and what would show the constant is an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import uproot
from uproot.behaviors.TBranch import TBranch
from uproot.behaviors.TTree import TTree
from uproot.models.TBasket import Model_TBasket

from rootae.container.side_tree import NOTICE
from rootae.errors import ArgumentError
from rootae.reader.steps import steps, stride
from rootae.rootio.baskets import basket_ends

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rootae.reader.tree import CodedTree

__all__ = ["COLUMN", "TREE", "guard", "stand_for"]

COLUMN, TREE = "_rootae_column", "_rootae_tree"  # where a branch and a tree keep a `CodedTree`
_NOTHING = np.zeros(0, np.uint8)
_KINDS: dict[tuple[type, type], type] = {}


class _Branch(TBranch):  # type: ignore[misc]  # uproot has no annotations
    """A carrier in the likeness of the branch that it stands for."""

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return _reduced(self)

    @property
    def compressed_bytes(self) -> int:
        """Return the bytes of the column's blobs."""
        coded: CodedTree = self.__dict__[COLUMN]
        return coded.stored_bytes(str(self.name))

    @property
    def uncompressed_bytes(self) -> int:
        """Return the bytes of the decoded column."""
        coded: CodedTree = self.__dict__[COLUMN]
        return coded.decoded_bytes(str(self.name))

    def basket_uncompressed_bytes(self, basket_num: int) -> int:
        """Return what a basket's entries take when decoded: uproot cuts step sizes by it."""
        start, stop = self.basket_entry_start_stop(basket_num)
        share = (int(stop) - int(start)) / max(int(self.num_entries), 1)
        return max(round(self.uncompressed_bytes * share), 1)

    def entries_to_ranges_or_baskets(self, entry_start: int, entry_stop: int) -> list[Any]:
        """Return a basket in place of the carrier's, which hold nothing and are not read.

        uproot asks this of all branches of a request before it wants the first array: so it is
        known here which columns are to be decoded together.
        """
        ends = basket_ends(self)
        first = int(np.searchsorted(ends, entry_start, "right")) - 1
        if entry_start >= min(entry_stop, int(ends[-1])):
            return super().entries_to_ranges_or_baskets(entry_start, entry_stop)  # type: ignore[no-any-return]
        coded: CodedTree = self.__dict__[COLUMN]
        coded.announce(str(self.name), entry_start, entry_stop)
        return [(first, _Basket(self, first))]

    def basket(self, basket_num: int) -> Any:
        """Refuse to show the constant.

        Raises:
            ArgumentError: always.
        """
        msg = f"{self.__dict__[COLUMN].named(self.name)} and has no baskets: take its array()"
        raise ArgumentError(msg)


class _Basket(Model_TBasket):  # type: ignore[misc]
    """A basket of no entries, which stands for a carrier's while uproot reads.

    Arguments:
        branch: the carrier.
        number: of the basket that it stands for.
    """

    def __init__(self, branch: Any, number: int) -> None:
        self._parent = branch
        self._basket_num = number
        self._data = _NOTHING
        self._byte_offsets = None

    @property
    def num_entries(self) -> int:
        """Return the entries that interpreting it gives."""
        return 0

    def member(self, *_: Any, **__: Any) -> int:
        """Return nothing that matters: the length of a key that is not there."""
        return 0


class _Tree(TTree):  # type: ignore[misc]
    """A tree of carriers in the likeness of the tree that was coded."""

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return _reduced(self)

    @property
    def compressed_bytes(self) -> int:
        """Return the bytes of all branches, and of what groups of columns share."""
        coded: CodedTree = self.__dict__[TREE]
        return sum((int(b.compressed_bytes) for b in self.itervalues()), coded.latent_bytes)

    @property
    def uncompressed_bytes(self) -> int:
        """Return the bytes of all branches, coded ones decoded."""
        return sum(int(b.uncompressed_bytes) for b in self.itervalues())

    def iterate(self, expressions: Any = None, cut: Any = None, **options: Any) -> Iterator[Any]:
        """Yield some entries after others, as uproot does; small steps are read by the block."""
        at_once = stride(self, self.__dict__[TREE], expressions, cut, options)
        if at_once is None:
            return super().iterate(expressions, cut, **options)  # type: ignore[no-any-return]
        return steps(self, expressions, at_once, options)

    @property
    def all_members(self) -> dict[str, Any]:
        """Return what uproot read of the tree, under the title that it had."""
        return {**super().all_members, "fTitle": self.title}

    def member(self, name: str, *args: Any, **options: Any) -> Any:
        """Return one of these."""
        found = super().member(name, *args, **options)
        return self.__dict__[TREE].title if name == "fTitle" and found == NOTICE else found


def stand_for(thing: Any, key: str, coded: CodedTree) -> None:
    """Turn a carrier or the tree it stands in into what it stands for.

    Arguments:
        thing: the branch or tree as uproot read it.
        key: `COLUMN` or `TREE`, where it keeps what follows.
        coded: the tree's coded columns.
    """
    thing.__dict__[key] = coded
    likeness: type = _Branch if key == COLUMN else _Tree
    thing.__class__ = _kind(likeness, type(thing))


def _kind(likeness: type, model: type) -> type:
    """Return uproot's model with what the likeness adds; its name stays that of ROOT's class."""
    if (likeness, model) not in _KINDS:
        made = type(model.__name__, (likeness, model), {"__module__": model.__module__})
        _KINDS[likeness, model] = made
    return _KINDS[likeness, model]


def _reduced(thing: Any) -> tuple[Any, ...]:
    """Say how another process makes an object anew: by classes that it can look up."""
    likeness, model = type(thing).__bases__
    return _blank, (likeness, model), thing.__getstate__()


def _blank(likeness: Any, model: Any) -> Any:
    kind: Any = _kind(likeness, model)
    return kind.__new__(kind)


def guard() -> None:
    """Make uproot refuse interpretations that are not a carrier's own, wherever they are given."""
    reading = uproot.behaviors.TBranch
    original = reading._regularize_branchname  # all ways lead through it

    def checked(hasbranches: Any, name: str, branch: Any, interpretation: Any, *others: Any) -> Any:
        _refuse_others(branch, interpretation)
        return original(hasbranches, name, branch, interpretation, *others)

    reading._regularize_branchname = checked


def _refuse_others(branch: Any, interpretation: Any) -> None:
    coded: CodedTree | None = branch.__dict__.get(COLUMN)
    if coded is not None and interpretation is not branch.interpretation:
        msg = (
            f"{coded.named(branch.name)}: it cannot be read as {interpretation!r}: leave the "
            "interpretation out, it comes under its own type"
        )
        raise ArgumentError(msg)
