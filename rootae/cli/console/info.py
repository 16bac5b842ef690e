"""What a file holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rootae.cli.console.about import decoder_text
from rootae.cli.console.table import (
    MOST,
    bound_text,
    bounds_and_ways,
    collections_of,
    headed,
    print_table,
    stdout,
)
from rootae.summary import size_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from rootae.operations.about import About
    from rootae.operations.info import CodecInfo, ColumnInfo, FileInfo, GroupInfo, TreeInfo

__all__ = ["show_info"]

_BRANCH, _LAST = "├──\N{NO-BREAK SPACE}", "└──\N{NO-BREAK SPACE}"
_SHOWN = (
    *("column", "type", "bound", "bytes", "share", "bits/value"),
    *("how", "contexts", "needs", "why", "from", "title"),
)
_DETAILS = {"how", "contexts", "needs", "why", "from", "title"}  # shown with -v


def show_info(info: FileInfo, about: About, *, verbose: bool) -> None:
    """Print what a file holds.

    Arguments:
        info: the file.
        about: what would read it here.
        verbose: list every column, and how it is coded.
    """
    console = stdout()
    console.print(headed(info.headline), soft_wrap=True)
    for codec in info.codecs:
        _print_codec(console, codec, verbose=verbose)
    for tree in info.trees:
        _print_tree(console, tree, info.nbytes, verbose=verbose)
    if info.codecs:
        console.print(f"read here by the {decoder_text(about)}")
    for record in info.provenance if verbose else ():
        console.print(f"made from {_short(record.get('source'))}")
        console.print(f"with {_short(record.get('options'))}, {_short(record.get('versions'))}")


def _print_codec(console: Console, codec: CodecInfo, *, verbose: bool) -> None:
    trained = f": trained as {_short(codec.training)}" if codec.training else ""
    console.print(f"codec {codec.id[:12]}{trained}")
    if verbose:
        console.print(
            f"format {codec.format}, {codec.networks} networks, "
            f"{size_text(codec.nbytes)} before compression"
        )
        fields = ("family", "lanes", "latents", "stages", "diagrams", "contexts")
        groups = [(g, [g.tree, g.name or "(event)"]) for g in codec.groups]
        rows = [[*where, *(getattr(g, f) for f in fields), *_trained(g)] for g, where in groups]
        head = ["tree", "group", *fields, "steps", "validated bits a row"]
        print_table(console, head, rows, keys=2)
    for group in codec.groups:
        if told := group.not_stored:
            console.print(
                f"{group.tree}:{group.name or '(event)'}: {told['family']}: {told['bits']:.2f} "
                f"bits a row against {told['against']:.2f}, not stored"
            )


def _print_tree(console: Console, tree: TreeInfo, whole: int, *, verbose: bool) -> None:
    if not tree.columns:
        console.print(headed(tree.path, f": {tree.entries:,} entries, not coded"))
        return
    title = f" ({tree.title})" if tree.title else ""
    told = f"{title}: {tree.entries:,} entries, {size_text(tree.nbytes)}"
    if verbose:
        told += (
            f" in {tree.blocks} blocks, latents {size_text(tree.latents)}; a column needs "
            f"{tree.ancestors[0]:.1f} others on average, {tree.ancestors[1]} at most"
        )
    console.print(headed(tree.path, told))
    rows: list[dict[str, str]] = []
    listed, found = verbose or len(tree.columns) <= MOST, collections_of(tree.columns)
    drawn = len(found) > 1 or not listed  # a flat table needs no tree
    for name, members in found:
        if drawn:
            rows.append(_collection(name, members, whole))
        if listed:
            rows += _branches(members, whole, drawn=drawn)
    head = [k for k in _SHOWN if verbose or k not in _DETAILS]
    print_table(console, head, [[row.get(k, "") for k in head] for row in rows])


def _collection(name: str, members: Sequence[ColumnInfo], whole: int) -> dict[str, str]:
    """Return what is said of columns together: sums, and what most of them have."""
    bounds, ways = bounds_and_ways(members)
    nbytes, values = sum(c.nbytes for c in members), sum(c.values for c in members)
    return {
        "column": name,
        "bound": bounds,
        **_sizes(nbytes, values, whole),
        "how": ways,
        "needs": f"<= {max(c.ancestors for c in members)}",
    }


def _branches(
    members: Sequence[ColumnInfo], whole: int, *, drawn: bool
) -> Iterator[dict[str, str]]:
    """Yield what is said of each column, as a branch of the tree above it."""
    for column in members:
        line = (_LAST if column is members[-1] else _BRANCH) if drawn else ""
        yield {
            "column": line + column.name,
            "type": column.typename,
            "bound": bound_text(column.bound),
            "why": column.why,
            **_sizes(column.nbytes, column.values, whole),
            "how": column.how.partition(" from ")[0],
            "contexts": str(column.contexts),
            "needs": str(column.ancestors),
            "from": column.how.partition(" from ")[2],
            "title": column.title,
        }


def _sizes(nbytes: int, values: int, whole: int) -> dict[str, str]:
    bits = f"{8 * nbytes / values if values else 0.0:.2f}"
    return {"bytes": size_text(nbytes), "share": _share(nbytes, whole), "bits/value": bits}


def _share(nbytes: int, whole: int) -> str:
    return f"{100 * nbytes / max(whole, 1):.1f}%"


def _trained(group: GroupInfo) -> tuple[str, str]:
    """Say how long a group was trained, and what that came to by term."""
    terms = ", ".join(f"{name} {bits:.2f}" for name, bits in group.bits.items())
    return "+".join(map(str, group.steps)), terms


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, dict):
        return ", ".join(f"{k} {_short(v)}" for k, v in value.items())
    return str(value)
