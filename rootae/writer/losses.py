"""What an output would lose of its input, by name: refused, or agreed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootae.errors import UnsupportedError
from rootae.rootio.writable import writable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rootae.source.source import Source

__all__ = ["ADVICE", "refuse_losses", "uncopied", "unsupported"]

ADVICE = (
    "--backend root keeps these (pip install 'rootae[root]'), --drop-unsupported leaves them out, "
    "by name"
)


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
        lost += [f"{path}: {what}" for what in source.remade(path)]
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
        left = source.superseded() | {
            *(f"{path}: {what}" for path in trees for what in source.remade(path))
        }
        lost = [name for name in lost if name not in left]
    if lost:
        shown = ", ".join(lost[:20]) + (f" and {len(lost) - 20} more" if len(lost) > 20 else "")
        msg = f"{source.path}: uproot cannot write {shown}; {advice}"
        raise UnsupportedError(msg)
