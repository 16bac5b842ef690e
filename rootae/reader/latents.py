"""The latents that a file stores, entry by entry, as an analysis takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np

from rootae.errors import ArgumentError, NameNotFound
from rootae.schema.column import EVENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rootae.codec.plan.plan import GroupPlan
    from rootae.container.blocks import StoredTree

__all__ = ["latents"]


def latents(stored: StoredTree, group: str) -> Any:
    """Return the latent codes of a group's rows.

    Arguments:
        stored: a tree's blocks.
        group: a collection (``Jet``), its counter (``nJet``), or nothing for the event's columns.

    Returns:
        Whole numbers: a numpy array of shape (entries, latents) for the event, else an awkward
        array of type entries * var * latents.

    Raises:
        NameNotFound: no such group has latents.
        ArgumentError: the tree was merged of files whose codecs have other latents.
    """
    found = [_named(stored, plan.groups, group) for plan in stored.plans]
    several = {g.encoder.latents for g in found if g.encoder is not None}
    if len(several) > 1:
        told = " and ".join(map(str, sorted(several)))
        msg = f"{stored.where}: merged of files with {told} latents: read them one by one"
        raise ArgumentError(msg)
    name, width = found[0].name, several.pop()
    codes: list[NDArray[Any]] = [np.zeros((0, width), np.int64)]
    counts: list[NDArray[Any]] = [np.zeros(0, np.int64)]
    for block in range(len(stored.entries)):
        decoder = stored.decoder(block)
        codes.append(decoder.latents(name).T)
        if name != EVENT:
            counts.append(decoder.values(name).flat)
    flat = np.ascontiguousarray(np.concatenate(codes))
    return flat if name == EVENT else ak.unflatten(flat, np.concatenate(counts))


def _named(stored: StoredTree, groups: Sequence[GroupPlan], asked: str) -> GroupPlan:
    """Return the group of that name that has latents."""
    coded = {g.name: g for g in groups if g.encoder is not None}
    for name in (asked, f"n{asked}", f"{asked}@size"):
        if name in coded:
            return coded[name]
    known = [name or "'' (the event)" for name in coded]
    raise NameNotFound(asked, known, stored.where, "group with latents")
