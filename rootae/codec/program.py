"""What has to be decoded of a block, and in which order: resolved before a byte is read.

What a lane is decoded from hangs on its mode in the block: a lane that is coded plainly there needs
nothing, whatever contexts its plan has for it. Modes stand in the block's directory.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from rootae.codec.lane import CENTRED, CONTEXTS, DERIVED, PREDICTED
from rootae.codec.plan.contexts import OfLatent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from rootae.codec.layout import Layout
    from rootae.codec.plan.plan import GroupPlan, TreePlan

__all__ = ["Program", "Resolver"]


class _Needs(NamedTuple):
    """Numbers of the lanes that one is decoded from, by what it takes them for.

    Arguments:
        rule: its rule.
        centre: its centre.
        contexts: its contexts.
    """

    rule: tuple[int, ...]
    centre: tuple[int, ...]
    contexts: tuple[int, ...]

    def by(self, mode: int) -> tuple[int, ...]:
        """Return what a lane in that mode needs."""
        if mode == CONTEXTS:
            return self.centre + self.contexts
        if mode == CENTRED:
            return self.centre
        if mode == DERIVED:
            return self.rule
        return self.contexts if mode == PREDICTED else ()


@dataclass(frozen=True)
class Program:
    """Lanes of a block in the order in which they are decoded.

    Arguments:
        lanes: their numbers, each after all that it is decoded from.
        readers: how many of these lanes read each.
        latents: numbers of the groups whose latents are read.
    """

    lanes: tuple[int, ...]
    readers: dict[int, int]
    latents: tuple[int, ...]


class Resolver:
    """Says what has to be decoded of a tree's blocks for some columns.

    Arguments:
        plan: the tree's plan, in which no lane follows from itself.
        layout: numbers of its lanes.
    """

    def __init__(self, plan: TreePlan, layout: Layout) -> None:
        self._layout = layout
        self._needs: list[_Needs] = []
        self._latent: list[int] = []  # the group whose latents a lane's contexts look at, or -1
        for number, group in enumerate(plan.groups):
            self._add(number, group)

    def _add(self, number: int, group: GroupPlan) -> None:
        own, first = len(group.lanes), self._layout.first[number]

        def numbers(lanes: Iterable[int]) -> tuple[int, ...]:
            found = dict[int, None]()
            for i in lanes:
                if i < own:
                    found[first + i] = None
                else:
                    link = group.links[i - own]
                    other = self._layout.lanes_of(link.column)[link.element]
                    counts = [n for g in (group.name, link.group) for n in self._layout.lanes_of(g)]
                    found |= dict.fromkeys([first + link.by, *counts, other])
            return tuple(found)

        for i, lane in enumerate(group.lanes):
            rule = [j for j, _ in lane.derived.terms] if lane.derived is not None else []
            centre = lane.centre.sources if lane.centre is not None else ()
            features = group.looks_at(i)
            seen = group.looked_at(features)
            self._needs.append(_Needs(numbers(rule), numbers(centre), numbers(seen)))
            self._latent.append(number if any(isinstance(f.of, OfLatent) for f in features) else -1)

    @functools.cached_property
    def sources(self) -> frozenset[int]:
        """Return the numbers of all lanes that others may be decoded from."""
        return frozenset(i for needs in self._needs for some in needs for i in some)

    def of(self, lane: int, mode: int) -> tuple[int, ...]:
        """Return the numbers of the lanes that one in that mode is decoded from."""
        return self._needs[lane].by(mode)

    def resolve(
        self, wanted: Iterable[int], modes: Sequence[int], known: Collection[int] = ()
    ) -> Program:
        """Find what has to be decoded.

        Arguments:
            wanted: numbers of lanes.
            modes: the mode of every lane in the block.
            known: numbers of lanes that are decoded already.
        """
        order, seen, readers = list[int](), set(known), dict[int, int]()
        latents = dict[int, None]()
        waiting = [*wanted][::-1]
        while waiting:
            lane = waiting.pop()
            if lane < 0:  # all that it needs is there
                order.append(~lane)
            elif lane not in seen:
                seen.add(lane)
                waiting.append(~lane)
                needs = self._needs[lane].by(modes[lane])
                for other in needs:
                    readers[other] = readers.get(other, 0) + 1
                waiting += [n for n in needs if n not in seen]
                if self._latent[lane] >= 0 and modes[lane] in (CONTEXTS, PREDICTED):
                    latents[self._latent[lane]] = None
        return Program(tuple(order), readers, tuple(latents))
