"""A codec put together of its groups, without tables and networks that nothing points to."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from rootae.codec.codec import Codec
from rootae.codec.indices import mapped
from rootae.codec.tables import narrow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from rootae.codec.plan.plan import GroupPlan, TreePlan

    Parts = tuple[GroupPlan, Sequence[NDArray[np.int64]], Sequence[bytes]]

__all__ = ["compact", "merged"]

_Item = TypeVar("_Item")


def compact(
    plans: Any, tables: Sequence[NDArray[np.int64]], networks: Sequence[bytes]
) -> tuple[Any, list[NDArray[np.int64]], list[bytes]]:
    """Drop tables and networks that no plan points to, and renumber the rest.

    Equal tables become one, and alike ones neighbours: so they are smaller once they are packed.

    Arguments:
        plans: tree plans.
        tables, networks: what they point into.
    """
    used, models = _Used(tables), _Used(networks)
    trees = tuple(mapped(t, table=used, network=models) for t in plans)
    contents = [narrow(t) for t in used.items]
    order = {x: i for i, x in enumerate(sorted({*contents}, key=lambda x: (x[0], len(x), x)))}
    alike = dict(zip(contents, used.items, strict=True))
    trees = tuple(mapped(t, table=lambda i: order[contents[i]]) for t in trees)
    return trees, [alike[x] for x in order], models.items


class _Used(Generic[_Item]):
    """What is used of a list, in the order of its first use.

    Arguments:
        every: the list.
    """

    def __init__(self, every: Sequence[_Item]) -> None:
        self._every = every
        self._numbers: dict[int, int] = {}
        self.items: list[_Item] = []

    def __call__(self, i: int) -> int:
        """Return the new number of an item."""
        if i not in self._numbers:
            self._numbers[i] = len(self.items)
            self.items.append(self._every[i])
        return self._numbers[i]


def merged(codec: Codec, chosen: Mapping[tuple[str, str], Parts]) -> Codec:
    """Put the groups' tables and networks behind one another and drop what nobody uses.

    Arguments:
        codec: the plain codec, whose tables come first.
        chosen: what became of groups, by tree and group: the plan, and the tables and networks
            that it points into, the codec's own tables first; others stay as they are.
    """
    tables: list[NDArray[np.int64]] = list(codec.tables)
    networks: list[bytes] = []
    trees = []
    for tree in codec.plan.trees:
        groups = []
        for group in tree.groups:
            found = chosen.get((tree.path, group.name))
            if found is None:
                groups.append(group)
                continue
            plan, own_tables, own_networks = found
            shared = len(codec.tables)
            groups.append(mapped(plan, **_beyond(shared, len(tables) - shared, len(networks))))
            tables += own_tables[shared:]
            networks += own_networks
        trees.append(dataclasses.replace(tree, groups=tuple(groups)))
    kept: tuple[TreePlan, ...]
    kept, tables, networks = compact(trees, tables, networks)
    return Codec(dataclasses.replace(codec.plan, trees=kept), tables, networks)


def _beyond(shared: int, tables: int, networks: int) -> dict[str, Callable[[int], int]]:
    """Move indices of tables beyond the shared ones, and of networks, by so many."""
    return {
        "table": lambda i: i + tables if i >= shared else i,
        "network": lambda i: i + networks,
    }
