"""Writing a compressed file: coded trees, trees left as they are, and everything beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rootae.container.codecs import CodecWriter
from rootae.rootio.directories import make_directory
from rootae.rootio.kinds import Kind
from rootae.rootio.objects import copy_object
from rootae.rootio.titles import recreate
from rootae.source.particulars import title_of_file
from rootae.writer.content import with_content
from rootae.writer.losses import refuse_losses
from rootae.writer.tree import Sizes, TreeWriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rootae.codec.codec import Codec
    from rootae.source.source import Source

__all__ = ["write", "write_objects"]


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
        codecs = CodecWriter(file)
        if codec is not None:
            codecs.add(codec)

        def write_tree(path: str) -> None:
            writer = TreeWriter(file, source.tree(path), codec if path in plans else None)
            sizes[path] = writer.run(advance)

        write_objects(source, file, write_tree)
        coded = {p: s for p, s in sizes.items() if p in plans}
        if codec is not None:
            records = with_content([provenance(sizes)], file, coded)
            codecs.close(records, {p: s.entries for p, s in coded.items()})
    return coded


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
            copy_object(source.holder(name), file, name)
