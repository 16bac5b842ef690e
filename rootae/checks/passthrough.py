"""A file held against the one that it was made of, byte by byte, but for what was coded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from rootae.checks.branch_bytes import branch_differences, derived_differences
from rootae.errors import BoundError
from rootae.source.particulars import leaves_in_order, title_of_file

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from rootae.source.source import Source

Changed: TypeAlias = "Mapping[str, Collection[str]]"

__all__ = ["beside_trees", "differences", "hold", "refuse", "tree_differences"]

_REMADE = ("TProcessID",)  # ROOT numbers these anew: their titles are what tells them apart
_CODED = ""  # a coded branch's leaf has another name until it is decoded


def hold(source: Source, target: Source, changed: Changed, path: Path) -> None:
    """Hold objects, trees and branches of a file against those of another.

    Arguments:
        source: the original.
        target: what was made of it.
        changed: by tree, branches that are not compared: they were coded, or decoded.
        path: the target's name, for messages.

    Raises:
        BoundError: something is missing, or is not what it was.
    """
    refuse(differences(source, target, changed), source, path)


def refuse(wrong: Collection[str], source: Source, path: Path) -> None:
    """Stop with the names of what is not what it was.

    Raises:
        BoundError: there is any.
    """
    if wrong:
        shown = ", ".join([*wrong][:10]) + (f" and {len(wrong) - 10} more" * (len(wrong) > 10))
        msg = f"{path}: {shown} did not come back as in {source.path}"
        raise BoundError(msg)


def differences(source: Source, target: Source, changed: Changed) -> list[str]:
    """Name everything of a file that another does not hold as it is."""
    wrong = beside_trees(source, target)
    names = set(target.tree_paths())
    for path in source.tree_paths():
        if path in names:
            keys = source.tree_key(path), target.tree_key(path)
            wrong += tree_differences(source, target, path, keys, changed.get(path, ()))
        else:
            wrong.append(path)
    return wrong


def beside_trees(source: Source, target: Source, *, dropped: bool = False) -> list[str]:
    """Name what differs beside the newest cycles of trees.

    Arguments:
        source: the original.
        target: what was made of it.
        dropped: what uproot cannot write was left out on purpose.
    """
    wrong = []
    if title_of_file(source.file) != title_of_file(target.file):
        wrong.append("the file's title")
    wrong += _directories(source, target)
    wrong += _objects(source, target, dropped=dropped)
    wrong += [f"the description of class {name}" for name in _undescribed(source, target)]
    if not dropped:
        wrong += [*_derived(source, target), *_older(source, target)]
    return wrong


def _directories(source: Source, target: Source) -> Iterator[str]:
    there = set(target.directories())
    for path in source.directories():
        if path not in there:
            yield path
        elif source.title_of(path) != target.title_of(path):
            yield f"{path}: its title"


def _objects(source: Source, target: Source, *, dropped: bool) -> Iterator[str]:
    pairs, there = dict(source.objects()), dict(target.objects())
    left = {*source.old_cycles(), *(text.split(" (")[0] for text in source.stranded)}
    if dropped:
        pairs = {key: kind for key, kind in pairs.items() if key not in left}
    mine, theirs = _by_name(pairs), _by_name(there)
    remade = {target.key(key).fTitle for key, kind in there.items() if kind in _REMADE}
    for key, kind in pairs.items():
        if kind in _REMADE:
            if source.key(key).fTitle not in remade:
                yield key
            continue
        same, name = key, _name(key)
        if len(mine[name]) == len(theirs.get(name, ())) == 1:
            same = theirs[name][0]  # a name's only cycle may get another number
        if there.get(same) != kind or _content(source, key) != _content(target, same):
            yield key


def _name(key: str) -> str:
    return key.rsplit(";", 1)[0]


def _by_name(keys: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key in keys:
        found.setdefault(_name(key), []).append(key)
    return found


def _content(source: Source, key: str) -> bytes:
    """Return an object's bytes and its key's title, what went wrong where there are none."""
    try:
        found = source.key(key)
        chunk, cursor = found.get_uncompressed_chunk_cursor()
        return bytes(chunk.raw_data[cursor.index :]) + str(found.fTitle).encode()
    except Exception as error:  # of damage, as of the key or of what was compressed
        return f"{source.path}: {error}".encode()


def _undescribed(source: Source, target: Source) -> list[str]:
    """Return classes of which a version is described in one file only: readers need it there.

    Only classes that something in the target is of, or in it, are looked for. Collections are left
    out: their description says nothing, and newer versions of ROOT write none.
    """
    mine, theirs = (s.file.file.streamers for s in (source, target))
    needed = _needed(source, mine)
    return [
        name
        for name, versions in mine.items()
        if name in needed
        and set(versions) - set(theirs.get(name, ()))
        and not all(e.name == "This" for info in versions.values() for e in info.elements)
    ]


def _needed(source: Source, streamers: Mapping[str, Any]) -> set[str]:
    """Return the classes of objects, and those of their bases and members."""
    waiting = [kind for _, kind in (*source.objects(), *source.derived())]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            elements = (e for info in streamers.get(name, {}).values() for e in info.elements)
            waiting += [_class_of(e) for e in elements]
    return found


def _class_of(element: Any) -> str:
    kind = str(element.member("fTypeName", none_if_missing=True))
    return str(element.name) if kind == "BASE" else kind.rstrip("*")


def _derived(source: Source, target: Source) -> Iterator[str]:
    there = dict(target.derived())
    for key, kind in source.derived():
        if there.get(key) != kind:
            yield key
        else:
            pair = (s.key(key) for s in (source, target))
            yield from (f"{key}:{what}" for what in derived_differences(*pair))


def _older(source: Source, target: Source) -> Iterator[str]:
    """Compare older cycles of trees; autosaves may be left out."""
    there = {name for name, _ in target.trees()}
    old = set(source.old_cycles())
    for name, path in ((n, n.rpartition(";")[0]) for n, _ in source.trees() if n in old):
        if name == f"{path};{source.tree_key(path).fCycle}":
            continue  # the newest tree, though not the newest of its name
        if name in there:
            yield from tree_differences(source, target, name, (source.key(name), target.key(name)))
        elif not source.is_autosave(name):
            yield name


def tree_differences(
    source: Source,
    target: Source,
    path: str,
    keys: tuple[Any, Any],
    changed: Collection[str] = (),
) -> list[str]:
    """Name what a tree has otherwise than another one.

    Arguments:
        source: the original file.
        target: what was made of it.
        path: what the tree is called.
        keys: uproot's keys of both.
        changed: branches of which only the order is compared.
    """
    told = source.particulars(keys[0]).differences(target.particulars(keys[1]))
    wrong = [f"{path}: its {what}" for what in told]
    tree, other = source.held(keys[0]), target.held(keys[1])
    order = [b.name for b in tree.branches]
    known = set(order)
    if [b.name for b in other.branches if b.name in known] != order:
        return [*wrong, f"{path}: its order of branches"]
    coded = dict.fromkeys(changed, _CODED)
    if leaves_in_order(tree, coded) != leaves_in_order(other, coded):
        wrong.append(f"{path}: its order of leaves")
    left, theirs = set(changed), dict[str, list[Any]]()
    for branch in other.branches:  # several may have one name
        theirs.setdefault(branch.name, []).append(branch)
    for branch in tree.branches:
        pair_of = theirs[branch.name].pop(0)
        if branch.name not in left:
            wrong += [f"{path}:{name}" for name in branch_differences(branch, pair_of)]
    return wrong
