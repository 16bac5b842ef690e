"""Writing a compressed file: coded trees, trees left as they are, and everything beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import uproot

from rootae.container import write_records
from rootae.directories import make_directory
from rootae.errors import ArgumentError, UnsupportedError
from rootae.kinds import Kind
from rootae.listing import has_own
from rootae.ntuple import NTuple
from rootae.particulars import leaves_in_order, title_of_file
from rootae.passing import writable
from rootae.titles import recreate
from rootae.treewriter import Sizes, TreeWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from rootae.codec import Codec
    from rootae.source import Source

__all__ = [
    "ADVICE",
    "compression_of",
    "copy_object",
    "is_compressed",
    "refuse_losses",
    "remade",
    "superseded",
    "uncopied",
    "unsupported",
    "write",
    "write_objects",
]

ADVICE = (
    "--backend root keeps these (pip install 'rootae[root]'), --drop-unsupported leaves them out, "
    "by name"
)
_PLAIN = "TTree"  # the one class of trees that uproot writes
_ALGORITHMS = {1: uproot.ZLIB, 2: uproot.LZMA, 4: uproot.LZ4, 5: uproot.ZSTD}


def compression_of(code: int | None, source: Source) -> Any:
    """Turn ROOT's algorithm * 100 + level into a setting; the input's own where none is given.

    Raises:
        ArgumentError: there is no such setting.
    """
    if code is None:
        return source.compression or uproot.ZSTD(5)
    if code == 0:
        return None
    algorithm = _ALGORITHMS.get(code // 100)
    if algorithm is None or not 1 <= code % 100 <= 9:
        msg = f"compression {code} is unknown: use 101 (ZLIB), 207 (LZMA), 404 (LZ4) or 505 (ZSTD)"
        raise ArgumentError(msg)
    return algorithm(code % 100)


def unsupported(source: Source, coded: Mapping[str, set[str]]) -> list[str]:
    """Name everything of the input that an output written by uproot would lose.

    Arguments:
        source: the input.
        coded: names of coded columns by tree.
    """
    lost = uncopied(source)
    for path in source.tree_paths():
        schema = source.tree(path).schema
        lost += [] if schema.order else [f"{path} (a tree without branches)"]
        lost += [f"{path}:{name} ({kind})" for name, kind in schema.unsupported]
        for c in schema.columns:
            if c.name not in coded.get(path, set()) and not writable(c, schema):
                lost.append(f"{path}:{c.name} ({c.typename})")
        lost += [f"{path}: its {what}" for what in source.attachments(path)]
        lost += [f"{path}: {what}" for what in remade(source, path)]
    return lost


def uncopied(source: Source) -> list[str]:
    """Name what of a file, beside its trees, uproot cannot copy."""
    trees = set(source.tree_paths())
    lost = [*source.stranded, *(f"{k} ({c}, a tree)" for k, c in source.derived())]
    return [*lost, *source.unspeakable()] + [
        key
        for key in source.old_cycles()
        if key.rsplit(";", 1)[0] not in trees or not source.is_autosave(key)
    ]


def superseded(source: Source) -> set[str]:
    """Return the older cycles of names that nothing of another kind shares."""
    return set(source.old_cycles()) - set(source.namesakes())


def remade(source: Source, path: str) -> list[str]:
    """Say what of a tree is otherwise where uproot makes it anew."""
    tree = source.opened(path)
    if isinstance(tree, NTuple):
        return []
    kind, leaves = source.particulars_of(path).kind, leaves_in_order(tree)
    places = {b.name: i for i, b in reversed(list(enumerate(tree.branches)))}
    order = [_place(places, leaf) for leaf in leaves]
    found = [] if kind == _PLAIN else [f"its class {kind}"]
    return found if order == sorted(order) else [*found, "its order of leaves"]


def _place(places: Mapping[str, int], leaf: str) -> int:
    """Return the place of the branch that a leaf's path begins with; names may hold new lines."""
    at = leaf.find("\n")
    while at >= 0 and leaf[:at] not in places:
        at = leaf.find("\n", at + 1)
    return places.get(leaf[:at], len(places))


def refuse_losses(
    source: Source,
    coded: Mapping[str, set[str]],
    advice: str = ADVICE,
    *,
    drop: bool = False,
    anew: bool = False,
) -> None:
    """Stop, with the names, if an output written by uproot would lose anything.

    Arguments:
        source: the input.
        coded: names of coded columns by tree.
        advice: what to do instead.
        drop: the user agreed to lose it.
        anew: trees are made anew, as of a selection: older cycles and classes are not kept.

    Raises:
        UnsupportedError: something would be lost, and the user did not agree to that.
    """
    lost = [] if drop else unsupported(source, coded)
    if anew:
        trees = source.tree_paths()
        left = superseded(source) | {
            *(f"{path}: {what}" for path in trees for what in remade(source, path))
        }
        lost = [name for name in lost if name not in left]
    if lost:
        shown = ", ".join(lost[:20]) + (f" and {len(lost) - 20} more" if len(lost) > 20 else "")
        msg = f"{source.path}: uproot cannot write {shown}; {advice}"
        raise UnsupportedError(msg)


def write(
    source: Source,
    target: Path,
    codec: Codec | None,
    provenance: Callable[[dict[str, Sizes]], dict[str, Any]],
    *,
    compression: Any,
    drop_unsupported: bool = False,
    advance: Callable[[str, int], None] = lambda _tree, _entries: None,
) -> dict[str, Sizes]:
    """Write everything of the input, trees that the codec knows as blocks.

    Arguments:
        source: the input.
        target: where to write; it is replaced.
        codec: codes the trees in its plan.
        provenance: makes the file's record from what the blocks came to.
        compression: for everything that passes through.
        drop_unsupported: leave out what cannot be written instead of stopping.
        advance: told the tree and the number of its entries that are done.

    Returns:
        What the blocks came to, by tree.

    Raises:
        UnsupportedError: something would be lost.
    """
    plans = {t.path: t for t in codec.plan.trees} if codec is not None else {}
    refuse_losses(
        source, {p: {c.name for c in t.columns} for p, t in plans.items()}, drop=drop_unsupported
    )
    sizes: dict[str, Sizes] = {}
    title = title_of_file(source.file)
    with recreate(target, title, compression=compression) as file:

        def write_tree(path: str) -> None:
            writer = TreeWriter(file, source.tree(path), codec if path in plans else None)
            sizes[path] = writer.run(advance)

        write_objects(source, file, write_tree)
        if codec is not None:
            write_records(file, codec, provenance(sizes))
    return {p: s for p, s in sizes.items() if p in plans}


def write_objects(source: Source, file: Any, write_tree: Callable[[str], None]) -> None:
    """Write directories, objects and trees, in the input's order.

    Arguments:
        source: the input.
        file: the uproot file under way.
        write_tree: writes the tree of a path.
    """
    unspeakable = {name.rpartition(" (")[0] for name in source.unspeakable()}
    for name in dict.fromkeys(path for path, _ in source.keys if path not in unspeakable):
        kind = source.kinds[source.newest(name).fClassName]
        if kind == Kind.DIRECTORY:
            make_directory(file, name, source.title_of(name))
        elif kind in (Kind.TREE, Kind.NTUPLE):
            write_tree(name)
        elif kind == Kind.OBJECT:
            copy_object(source, file, name)


def copy_object(source: Source, file: Any, name: str) -> None:
    """Copy the newest cycle of an object that is neither tree nor directory, byte for byte."""
    parent, _, leaf = name.rpartition("/")
    directory = source.newest(parent, Kind.DIRECTORY).get() if parent else source.top
    target = file[parent] if parent else file
    target.mkdir = lambda *_, **__: target  # copy_from would make a directory of no name
    target.copy_from(directory, filter_name=lambda n: n == leaf)
    del target.mkdir


def is_compressed(source: Source) -> bool:
    """Say whether the input was written by rootae already."""
    return has_own(source.top)
