"""A branch's leaf, as ROOT tells it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Leaf"]


@dataclass(frozen=True)
class Leaf:
    """A branch's only leaf.

    Arguments:
        kind: its class, such as ``TLeafF``.
        name: its name.
        title: its title, such as ``x[n][3]``.
        of: the class of what the branch holds, such as ``vector<float>``; empty for numbers.
    """

    kind: str
    name: str
    title: str
    of: str = ""
