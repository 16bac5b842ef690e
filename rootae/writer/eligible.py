"""Which trees of a file are coded, and which are left as they are."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rootae.codec.codec import Codec
from rootae.container.side_tree import is_own_name
from rootae.planner.survey import branches_of, matching
from rootae.rootio.writable import writable

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from rootae.source.source import Source
    from rootae.source.tree import SourceTree
    from rootae.writer.tree import Sizes

__all__ = ["NOT_PAID", "left_alone", "pays", "unpaid", "without"]

NOT_PAID = "coding it would not pay"
_PAYING = 0.95  # of what branches take, or less
LEAST_VALUES = 20_000  # a tree of fewer values is left as it is


def left_alone(
    source: Source, trees: Sequence[str], kept: Sequence[str], *, given: bool
) -> dict[str, str]:
    """Return the trees that are left as they are, and why.

    Arguments:
        source: the input.
        trees: globs of the trees to code, all if empty.
        kept: globs of columns that stay ordinary branches.
        given: a codec was given: small trees are coded too, so that files of one data set agree.

    Returns:
        Reasons by tree. A small tree with columns that only coding can keep (vectors) is coded if
        any other tree is: otherwise nothing need be rewritten at all.
    """
    left, small = {}, {}
    chosen = source.tree_paths(trees)
    for path in source.tree_paths():
        tree = source.tree(path)
        if path not in chosen:
            left[path] = "not asked for"
        elif any(other.startswith(f"{path}/") for other in source.tree_paths()):
            left[path] = "a directory of its name holds trees"
        elif not tree.schema.columns:
            left[path] = "no numeric branch"
        elif not any(b.coded for b in branches_of(tree.schema, matching(tree.schema, kept))):
            left[path] = "all its columns are kept plain"
        elif strange := [n for n in tree.schema.order if is_own_name(n)]:
            left[path] = f"it has a branch {strange[0]}, as rootae calls its own"
        elif not given and _values_at_most(tree, LEAST_VALUES):
            small[path] = f"fewer than {LEAST_VALUES} values"
    if len(left) + len(small) < len(source.tree_paths()):
        small = {p: why for p, why in small.items() if not _needs_coding(source, p)}
    return left | small


def _needs_coding(source: Source, path: str) -> bool:
    schema = source.tree(path).schema
    return not all(writable(c, schema) for c in schema.columns)


def _values_at_most(tree: SourceTree, limit: int) -> bool:
    values = 0
    for start, stop in tree.blocks():
        data = tree.values(start, stop)
        values += sum(v.flat.size for v in data.values())
        if values >= limit:
            return False
    return True


def unpaid(source: Source, sizes: Mapping[str, Sizes], fixed: int) -> dict[str, str]:
    """Return the trees whose blobs are larger than their branches were.

    Arguments:
        source: the input.
        sizes: what each coded tree's blocks came to.
        fixed: bytes of the codec, shared among the trees.
    """
    lost = {}
    for path, size in sizes.items():
        before = _bytes_of(source, path)
        if before and size.total + fixed / len(sizes) > before:
            lost[path] = NOT_PAID
    if len(lost) < len(sizes):
        lost = {p: why for p, why in lost.items() if not _needs_coding(source, p)}
    return lost


def pays(source: Source, sizes: Mapping[str, Sizes]) -> bool:
    """Say whether blobs are clearly smaller than the branches of their trees were."""
    before = sum(_bytes_of(source, path) for path in sizes)
    return sum(size.total for size in sizes.values()) < _PAYING * before


def _bytes_of(source: Source, path: str) -> int:
    return sum(int(b.compressed_bytes) for b in source.opened(path).branches)


def without(codec: Codec, paths: Collection[str]) -> Codec | None:
    """Return a codec that leaves some trees alone, None if no tree is left."""
    trees = tuple(t for t in codec.plan.trees if t.path not in paths)
    if not trees:
        return None
    plan = dataclasses.replace(codec.plan, trees=trees)
    return Codec(plan, codec.tables, [n.onnx for n in codec.networks])
