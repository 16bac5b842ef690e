"""Numbers of a tree's lanes and blobs: the same for all of its blocks, and what a directory lists.

The lanes of all groups are counted in the plan's order. Blobs are too: of each group the latents,
if it has an encoder, then its lanes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rootae.codec.plan.plan import TreePlan

__all__ = ["Layout"]


class Layout:
    """Where the lanes and blobs of a tree's blocks stand.

    Arguments:
        plan: the tree's plan.

    Attributes:
        groups: the number of each group, by name.
        group_of: the number of each lane's group.
        within: each lane's number in its group.
        first: the number of each group's first lane.
        lane_blobs: the number of each lane's blob.
        latent_blobs: the number of the latents' blob, by the number of a group that has any.
        blobs: how many blobs a block has.
    """

    def __init__(self, plan: TreePlan) -> None:
        self.groups = {g.name: number for number, g in enumerate(plan.groups)}
        self.group_of: list[int] = []
        self.within: list[int] = []
        self.first: list[int] = []
        self.lane_blobs: list[int] = []
        self.latent_blobs: dict[int, int] = {}
        self.blobs = 0
        self._lanes: dict[str, list[int]] = {}
        for number, group in enumerate(plan.groups):
            self.first.append(len(self.within))
            if group.encoder is not None:
                self.latent_blobs[number] = self.blobs
                self.blobs += 1
            for i, lane in enumerate(group.lanes):
                self._lanes.setdefault(lane.column, []).append(len(self.within))
                self.group_of.append(number)
                self.within.append(i)
                self.lane_blobs.append(self.blobs)
                self.blobs += 1

    def lanes_of(self, column: str) -> list[int]:
        """Return the numbers of a column's lanes, in the order of its elements."""
        return self._lanes[column]

    def blobs_of(self, columns: Iterable[str]) -> list[int]:
        """Return the numbers of the blobs of some columns."""
        return [self.lane_blobs[i] for c in columns for i in self._lanes[c]]

    def by_column(self, sizes: Sequence[int]) -> dict[str, int]:
        """Return the bytes of each column, from the bytes of each blob."""
        return {name: sum(sizes[i] for i in self.blobs_of([name])) for name in self._lanes}

    def by_group(self, sizes: Sequence[int]) -> dict[str, int]:
        """Return the bytes of each group's latents, from the bytes of each blob."""
        blobs = {name: self.latent_blobs.get(number) for name, number in self.groups.items()}
        return {name: 0 if blob is None else sizes[blob] for name, blob in blobs.items()}

    def name_of(self, blob: int) -> str:
        """Say what a blob is of, for messages."""
        for number, latents in self.latent_blobs.items():
            if latents == blob:
                name = next(n for n, i in self.groups.items() if i == number)
                return f"group {name or 'of event scalars'}"
        lane = self.lane_blobs.index(blob)
        return "column " + next(name for name, lanes in self._lanes.items() if lane in lanes)

    @property
    def columns(self) -> Iterable[str]:
        """Return the names of all coded columns, in the order of their first lanes."""
        return self._lanes
