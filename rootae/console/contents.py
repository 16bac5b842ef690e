"""What a file holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rootae.console.table import (
    MOST,
    bound_text,
    bounds_and_ways,
    collections_of,
    print_table,
    size_text,
    stdout,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from rootae.info import ColumnInfo, FileInfo, GroupInfo, TreeInfo

__all__ = ["show_info"]


def show_info(info: FileInfo, *, verbose: bool) -> None:
    """Print what a file holds."""
    console = stdout()
    kinds = {
        "compressed": "compressed by rootae",
        "codec": "a rootae codec, without trees",
        "plain": "nothing in it is coded by rootae: an ordinary file, or a copy of one",
    }
    console.print(f"[bold]{info.path}[/]: {size_text(info.nbytes)}, {kinds[info.kind]}")
    for codec in info.codecs:
        console.print(
            f"codec {codec.id[:12]}: format {codec.format}, {codec.networks} networks, "
            f"{size_text(codec.nbytes)} before compression"
        )
        if codec.training:
            console.print(f"trained as {_short(codec.training)}")
        fields = ("family", "lanes", "latents", "stages", "diagrams", "contexts")
        groups = [(g, [g.tree, g.name or "(event)"]) for g in codec.groups]
        rows = [[*where, *(getattr(g, f) for f in fields), *_trained(g)] for g, where in groups]
        print_table(console, ["tree", "group", *fields, "steps", "validated bits a row"], rows)
    for tree in info.trees:
        _print_tree(console, tree, info.nbytes, verbose=verbose)
    for record in info.provenance:
        console.print(f"made from {_short(record.get('source'))}")
        console.print(f"with {_short(record.get('options'))}, {_short(record.get('versions'))}")


def _print_tree(console: Console, tree: TreeInfo, whole: int, *, verbose: bool) -> None:
    if not tree.columns:
        console.print(f"[bold]{tree.path}[/]: {tree.entries:,} entries, not coded")
        return
    console.print(
        f"[bold]{tree.path}[/] ({tree.title}): {tree.entries:,} entries in {tree.blocks} blocks, "
        f"{size_text(tree.nbytes)}, latents {size_text(tree.latents)}; a column needs "
        f"{tree.ancestors[0]:.1f} others on average, {tree.ancestors[1]} at most"
    )
    head = ["column", "type", "bound", "why", "bytes", "share", "bits/value", "how", "contexts"]
    rows: list[list[str]] = []
    listed, found = verbose or len(tree.columns) <= MOST, collections_of(tree.columns)
    drawn = len(found) > 1 or not listed  # a flat table needs no tree
    for name, members in found:
        if drawn:
            rows.append(_collection(name, members, whole))
        if listed:
            rows += _branches(members, whole, drawn=drawn, verbose=verbose)
    head += ["needs", "title"]
    if not any(row[-1] for row in rows):
        head, rows = head[:-1], [row[:-1] for row in rows]
    print_table(console, head, rows)


def _collection(name: str, members: Sequence[ColumnInfo], whole: int) -> list[str]:
    """Return what is said of columns together: sums, and what most of them have."""
    bounds, ways = bounds_and_ways(members)
    nbytes, values = sum(c.nbytes for c in members), sum(c.values for c in members)
    sizes = size_text(nbytes), _share(nbytes, whole), f"{8 * nbytes / max(values, 1):.2f}"
    most = max(c.ancestors for c in members)
    return [name, "", bounds, "", *sizes, ways, "", f"<= {most}", ""]


def _branches(
    members: Sequence[ColumnInfo], whole: int, *, drawn: bool, verbose: bool
) -> Iterator[list[str]]:
    """Yield what is said of each column, as a branch of the tree above it."""
    for column in members:
        line = ("└── " if column is members[-1] else "├── ") if drawn else ""
        leaves = column.title in ("", column.name) or column.title.startswith(f"{column.name}/")
        yield [
            *(line + column.name, column.typename, bound_text(column.bound), column.why),
            *(size_text(column.nbytes), _share(column.nbytes, whole), f"{column.bits:.2f}"),
            column.how if verbose else column.how.partition(" from ")[0],
            *(str(column.contexts), str(column.ancestors), "" if leaves else column.title),
        ]


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
