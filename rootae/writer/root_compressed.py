"""Compressed files that ROOT puts together: carriers and blocks from uproot, the rest untouched."""

from __future__ import annotations

import dataclasses
import uuid
from typing import TYPE_CHECKING, Any

from rootae.container.codecs import CodecWriter
from rootae.container.content import CONTENT
from rootae.container.side_tree import BLOCK, CARRIER, DIRECTORY, ENTRY, NOTICE
from rootae.paths.leftovers import private
from rootae.rootio.baskets import common_ends
from rootae.rootio.compression import code_of
from rootae.rootio.process import process
from rootae.rootio.process.job import Job, TreeJob
from rootae.rootio.titles import recreate
from rootae.writer.content import block_sums, content_of
from rootae.writer.tree import Sizes, TreeWriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rootae.codec.codec import Codec
    from rootae.codec.plan.plan import TreePlan
    from rootae.source.source import Source
    from rootae.source.tree import SourceTree

__all__ = ["write"]


def write(
    source: Source,
    target: Path,
    codec: Codec,
    provenance: Callable[[dict[str, Sizes]], dict[str, Any]],
    *,
    compression: Any,
    advance: Callable[[str, int], None] = lambda _tree, _entries: None,
) -> tuple[dict[str, Sizes], list[str]]:
    """Write everything of the input, trees that the codec knows as blocks.

    Arguments:
        source: the input.
        target: where to write; it is replaced.
        codec: codes the trees in its plan.
        provenance: makes the file's record from what the blocks came to.
        compression: for what is new; what passes through is copied as it is compressed.
        advance: told the tree and the number of its entries that are done.

    Returns:
        What the blocks came to, by tree, and older cycles of trees that were left out because
        they hold nothing that the newest does not hold.

    Raises:
        MissingDependency: ROOT is not installed.
        UnsupportedError: ROOT could not do it.
    """
    sizes: dict[str, Sizes] = {}
    identity = str(uuid.uuid4())
    plans = {plan.path: plan for plan in codec.plan.trees}
    with private(target) as donor:
        with recreate(donor, compression=compression) as file:
            codecs = CodecWriter(file)
            codecs.add(codec)
            for path, plan in plans.items():
                tree = source.tree(path)
                others = (b for b in tree.tree.branches if b.name not in set(plan.carried))
                sums = block_sums(others, tree.entries)
                writer = TreeWriter(file, _carried(tree, plan), codec, sums)
                sizes[path] = writer.run(advance)
            content = content_of(source, plans, identity).to_json()
            record = {**provenance(sizes), CONTENT: content}
            codecs.close([record], {p: s.entries for p, s in sizes.items()})
        job = Job(
            str(source.path.resolve()),
            str(donor.resolve()),
            str(target.resolve()),
            code_of(compression),
            {path: _tree_job(source.tree(path), plan) for path, plan in plans.items()},
            add=(DIRECTORY,),
            kinds=dict(source.kinds),
            uuid=identity,
        )
        answer = process.rewrite(job)
    return sizes, answer["autosaves"]


def _carried(tree: SourceTree, plan: TreePlan) -> SourceTree:
    """Return a tree of which nothing passes through; its blocks end where what does has baskets."""
    schema, carried = tree.schema, set(plan.carried)
    tree.ends = common_ends(b for b in tree.tree.branches if b.name not in carried)
    order = tuple(n for n in schema.order if n in carried)
    tree.schema = dataclasses.replace(schema, passing=(), unsupported=(), order=order)
    return tree


def _tree_job(tree: SourceTree, plan: TreePlan) -> TreeJob:
    carried = set(plan.carried)
    own = (BLOCK, ENTRY)
    carriers = tuple(n + CARRIER for n in tree.schema.order if n in carried)
    order = tuple(n + CARRIER if n in carried else n for n in tree.schema.order)
    return TreeJob(
        without=tuple(carried),
        adopt=(*carriers, *own),
        order=(*order, *own),
        renamed={n: n + CARRIER for n in carried},
        title=NOTICE,
    )
