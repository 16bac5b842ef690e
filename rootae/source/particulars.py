"""What trees and files hold beside values: titles, weights, user information, orders of leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from uproot.reading import ReadOnlyKey
from uproot.source.cursor import Cursor

from rootae.rootio.contents import content_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ATTACHED", "Particulars", "leaves_in_order", "remade", "title_of_file"]

ATTACHED = {  # members of a tree by what they are to its user
    "fAliases": "aliases",
    "fFriends": "friends",
    "fUserInfo": "user information",
    "fTreeIndex": "index",
    "fIndexValues": "index values",
    "fIndex": "index entries",
    "fBranchRef": "references among objects",
}
_PRESENT = ("fBranchRef",)  # a branch of its own, of which only the presence is looked at
_LAST = "fBranchRef"  # what comes last in a tree that is read to its end
_PLAIN = "TTree"  # the one class of trees that uproot writes
_UNREAD = "unread"  # of what uproot has no model of
_KEY_AT_MOST = 2048  # bytes of the file's own key: three texts and some numbers


@dataclass(frozen=True)
class Particulars:
    """What a tree says of itself.

    Arguments:
        kind: its class.
        title: its title.
        weight: its weight.
        entries: their number.
        attached: what is attached to it, by name, as values that can be compared.
    """

    kind: str
    title: str
    weight: float
    entries: int
    attached: Mapping[str, Any]

    @classmethod
    def of(cls, key: Any, known: Any) -> Particulars:
        """Read all of a tree, what uproot leaves out by default too.

        Arguments:
            key: the tree's key as uproot has it.
            known: the tree as it was opened, whatever was left out.
        """
        tree, attached = _whole(key, known)
        weight = tree.member("fWeight", none_if_missing=True)
        return cls(
            str(key.fClassName), str(tree.title), float(1.0 if weight is None else weight),
            int(tree.member("fEntries")), attached,
        )  # fmt: skip

    def differences(self, other: Particulars) -> list[str]:
        """Name what another tree has otherwise."""
        pairs = {
            f"class {self.kind}": (self.kind, other.kind),
            "title": (self.title, other.title),
            f"weight {self.weight:g}": (self.weight, other.weight),
            "number of entries": (self.entries, other.entries),
        }
        names = dict.fromkeys((*self.attached, *other.attached))
        pairs |= {n: (self.attached.get(n), other.attached.get(n)) for n in names}
        return [name for name, (mine, theirs) in pairs.items() if mine != theirs]


def _whole(key: Any, known: Any) -> tuple[Any, dict[str, Any]]:
    """Read a tree with everything attached to it; without where that cannot be read."""
    try:
        tree = known if known.has_member(_LAST) else _read(key, minimal=False)
    except Exception:  # of classes that uproot has no model of
        tree, attached = _read(key, minimal=True), {"attachments": _tail(key)}
        return tree, {name: found for name, found in attached.items() if found}
    members = ((m, n, tree.member(m, none_if_missing=True)) for m, n in ATTACHED.items())
    told = {n: m in _PRESENT or content_of(x) for m, n, x in members if _is_something(x)}
    return tree, told


def _read(key: Any, *, minimal: bool) -> Any:
    chunk, cursor = key.get_uncompressed_chunk_cursor()
    options = key.file.options
    before = options["minimal_ttree_metadata"]
    options["minimal_ttree_metadata"] = minimal
    try:
        context = {"breadcrumbs": (), "TKey": key}
        model = key.file.class_named(key.fClassName)
        return model.read(chunk, cursor, context, key.file, key.file, key)
    finally:
        options["minimal_ttree_metadata"] = before


def _tail(key: Any) -> str:
    """Say that something is attached that cannot be read: all of it would be zeros otherwise."""
    chunk, cursor = key.get_uncompressed_chunk_cursor()
    return _UNREAD if bytes(chunk.raw_data[cursor.index :])[-24:].strip(b"\0") else ""


def _is_something(found: Any) -> bool:
    return found is not None and (not hasattr(found, "__len__") or len(found) > 0)


def leaves_in_order(tree: Any, coded: Mapping[str, str] | None = None) -> list[str]:
    """Return a tree's leaves in its own order, which says what `TTree::Draw` finds first.

    Arguments:
        tree: the tree as uproot has it.
        coded: what branches of one leaf are told by instead of their leaf's name, by name.

    Returns:
        Path of the branch and name of the leaf; leaves of branches that are not shown are left out.
    """
    paths: dict[int, str] = {}
    waiting = [(str(b.name), b) for b in reversed(tree.branches)]
    while waiting:
        path, branch = waiting.pop()
        for leaf in branch.member("fLeaves"):
            name = (coded or {}).get(path, leaf.member("fName"))
            paths[id(leaf)] = f"{path}\n{name}"
        waiting += [(f"{path}\n{b.name}", b) for b in branch.branches]
    return [paths[id(leaf)] for leaf in tree.member("fLeaves") if id(leaf) in paths]


def title_of_file(file: Any) -> str:
    """Return the title of a file, which uproot does not tell.

    Arguments:
        file: the opened file as uproot has it.
    """
    start = file.file.fBEGIN
    chunk = file.file.chunk(start, min(start + _KEY_AT_MOST, file.file.fEND))
    key = ReadOnlyKey(chunk, Cursor(start), {}, file.file, file.file, read_strings=True)
    return str(key.fTitle)


def remade(tree: Any, kind: str) -> list[str]:
    """Say what of a tree is otherwise where uproot makes it anew.

    Arguments:
        tree: the uproot tree.
        kind: its class.
    """
    places = {b.name: i for i, b in reversed(list(enumerate(tree.branches)))}
    order = [_place(places, leaf) for leaf in leaves_in_order(tree)]
    found = [] if kind == _PLAIN else [f"its class {kind}"]
    return found if order == sorted(order) else [*found, "its order of leaves"]


def _place(places: Mapping[str, int], leaf: str) -> int:
    """Return the place of the branch that a leaf's path begins with; names may hold new lines."""
    at = leaf.find("\n")
    while at >= 0 and leaf[:at] not in places:
        at = leaf.find("\n", at + 1)
    return places.get(leaf[:at], len(places))
