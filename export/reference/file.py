"""Sections 2 and 9: trees of a file, held against their blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import uproot

from reference.block import Beginning, Values, block_groups, column
from reference.codec import whole_codecs
from reference.damage import Damaged, hold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from reference.codec import Codec

__all__ = ["File", "read"]

_CARRIER, _MODULUS = "__rae", 251
_BLOCK, _ENTRY = "rootae_block", "rootae_entry"
_TREES = ("TTree", "TNtuple", "TNtupleD")


class File:
    """A rootae file.

    Arguments:
        path: of the file.
        how: networks are evaluated, see `Network`.
    """

    def __init__(self, path: Any, **how: Any) -> None:
        self.path = str(path)
        # of an uproot that rootae has a hand in, objects would be kept as that shows them
        self.root = uproot.open(path, object_cache=None, array_cache=None)
        self.classes = self.root.classnames(cycle=False)
        copies = [name for name in ("rootae/codecs", "rootae/copies") if self._has(name)]
        hold(copies, f"{self.path} is no rootae file: it has neither rootae/codecs nor its copy")
        self.codecs = whole_codecs(self._codecs(copies), **how)

    def _has(self, path: str) -> bool:
        return self._class(path) == "TTree"

    def _class(self, path: str) -> str | None:
        folder, _, leaf = path.rpartition("/")
        try:
            directory = self.root[folder] if folder else self.root
        except uproot.KeyInFileError:
            return None
        kinds: dict[str, str] = directory.classnames(recursive=False, cycle=False)
        return kinds.get(leaf)

    def _codecs(self, trees: Iterable[str]) -> Iterator[bytes]:
        """Yield what can be read of the codecs' rows."""
        for tree in trees:
            try:
                rows = _rows(self.root[tree]["codec"])
            except Exception:
                continue
            yield from rows

    def trees(self) -> list[str]:
        """Return the paths of coded trees, after holding trees against blocks (rules 3 and 4)."""
        found = []
        for path, kind in self.classes.items():
            if kind in _TREES and path.split("/")[0] != "rootae":
                carriers, has = (
                    self._carriers(path, self.root[path]),
                    self._has(f"rootae/trees/{path}"),
                )
                hold(carriers or not has, f"{self.path}: tree {path} has blocks, but no carriers")
                hold(has or not carriers, f"{self.path}: tree {path} has carriers, but no blocks")
                found += [path] if has else []
        return found

    def _carriers(self, path: str, tree: Any) -> set[str]:
        names = {str(b.name) for b in tree.branches}
        carriers = {n.removesuffix(_CARRIER) for n in names if n.endswith(_CARRIER)}
        own = {_BLOCK, _ENTRY} & names or self._has(f"rootae/trees/{path}")
        return carriers if own else set()  # else they are somebody's who calls branches so

    def read(self, path: str, columns: Sequence[str] = ()) -> dict[str, Values]:
        """Return columns of a tree.

        Arguments:
            path: the tree's.
            columns: their names; all by default.

        Raises:
            Damaged: the file is not as the format says, and how.
        """
        try:
            return self._read(path, columns)
        except Damaged as error:
            msg = f"{self.path}, tree {path}: {error}"
            raise Damaged(msg) from error

    def _read(self, path: str, columns: Sequence[str]) -> dict[str, Values]:
        hold(self._class(path) in _TREES, "there is no such tree")
        tree = self.root[path]
        carriers = self._carriers(path, tree)
        hold(self._has(f"rootae/trees/{path}"), "it has no blocks")
        hold(carriers, "it has blocks, but no carriers")
        side = self.root[f"rootae/trees/{path}"]
        heads, blobs = _rows(side["head"]), _rows(side["blobs"])
        begun = [Beginning.of(head) for head in heads]
        self._check_entries(path, tree, sum(b.entries for b in begun))
        recorded = [tree[name].array(library="np") for name in (_BLOCK, _ENTRY)]
        plans = self._plans(path, [b.codec for b in begun], carriers)
        shown = [b["name"] for b in plans[0]["branches"] if b["coded"]]
        wanted = [*columns] or shown
        missing = [name for name in wanted if name not in shown]
        hold(not missing, f"there is no coded column {', '.join(missing)}")
        found: dict[str, list[Values]] = {name: [] for name in wanted}
        at = 0
        for i, (beginning, head, some) in enumerate(zip(begun, heads, blobs, strict=True)):
            try:
                where = slice(at, at := at + beginning.entries)
                _check_places(beginning, *(x[where] for x in recorded))
                codec = self.codecs[beginning.codec]
                plan = codec.tree(path)
                groups = block_groups(codec, plan, head, some)
                for name in wanted:
                    found[name].append(column(plan, groups, name))
            except Damaged as error:
                msg = f"block {i}: {error}"
                raise Damaged(msg) from error
        about = {c["name"]: c for c in plans[0]["columns"]}
        return {name: _joined(about, name, blocks) for name, blocks in found.items()}

    def _check_entries(self, path: str, tree: Any, total: int) -> None:
        entries = int(tree.num_entries)
        hold(total == entries, f"{entries} entries, but {total} in its blocks")
        if self._class(f"rootae/entries/{path}") is not None:
            written = float(self.root[f"rootae/entries/{path}"].values()[0])
            hold(written == entries, f"{entries} entries, but {written:.0f} were written")

    def _plans(self, path: str, used: Sequence[bytes], carriers: set[str]) -> list[dict[str, Any]]:
        """Return the tree's plan of each codec that its blocks use."""
        lost = [identity.hex()[:8] for identity in used if identity not in self.codecs]
        hold(not lost, f"codec {', '.join(lost[:1])} is not there, or damaged")
        chosen: list[Codec] = [self.codecs[i] for i in dict.fromkeys(used)]
        plans = [codec.tree(path) for codec in chosen or self.codecs.values()]
        hold(plans, "no codec is whole")
        for plan in plans:
            coded = {b["name"] for b in plan["branches"] if b["coded"]}
            hold(coded == carriers, "it has carriers of other columns than its codecs")
        types = [
            {c["name"]: (c["dtype"], c["inner_shape"], c["counter"]) for c in plan["columns"]}
            for plan in plans
        ]
        same = all(t[name] == types[0][name] for t in types for name in carriers)
        hold(same, "its codecs have columns of several types")
        return plans


def _rows(branch: Any) -> list[bytes]:
    return [row.tobytes() for row in branch.array(library="np")]


def _check_places(
    beginning: Beginning, blocks: NDArray[np.uint32], entries: NDArray[np.uint8]
) -> None:
    """Rule 8: entries lie where their block says."""
    right = np.arange(len(entries)) % _MODULUS
    own = (blocks == beginning.block).all() and len(blocks) == beginning.entries
    hold(own and (entries == right).all(), "entries were skimmed, swapped or reordered")


def _joined(about: dict[str, Any], name: str, blocks: Sequence[Values]) -> Values:
    """Put the blocks of a column together; where there is none, no values of its type."""
    if blocks:
        counts = zip(*(b.counts for b in blocks), strict=True)
        flat = np.concatenate([b.flat for b in blocks])
        return Values(flat, tuple(np.concatenate(some) for some in counts))
    one = about[name]
    flat = np.zeros((0, *one["inner_shape"]), one["dtype"])
    outer = () if one["counter"] is None else _joined(about, one["counter"], ())
    return Values(flat, (*outer[1], outer[0]) if outer else ())


def read(path: Any, trees: Sequence[str] = (), **how: Any) -> dict[str, dict[str, Values]]:
    """Read the coded columns of a file's trees.

    Arguments:
        path: of the file.
        trees: paths of trees; all coded ones by default.
        how: networks are evaluated, see `Network`.

    Returns:
        Values by column, by tree.

    Raises:
        Damaged: the file is not as the format says, and how.
    """
    file = File(path, **how)
    with file.root:
        return {tree: file.read(tree) for tree in trees or file.trees()}
