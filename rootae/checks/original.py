"""Whether a file was made of the one that it is held against: else no difference says anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.errors import BoundError, RootaeError, WrongOriginal
from rootae.reader.hook import coded
from rootae.reader.open import open_file
from rootae.schema.bounds.deviation import deviation
from rootae.source.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rootae.reader.open import File
    from rootae.reader.tree import CodedTree
    from rootae.schema.bounds.bound import Bound
    from rootae.schema.values import Values

__all__ = ["told_of"]

_MOST = 0.5  # of columns, or of a column's values
_BUG = "; report this as a bug"
_SHOWN = 5  # names in a message


def told_of(error: BoundError, path: Path, source: Source, device: str | None) -> RootaeError:
    """Return what to raise where a file and its original differ.

    Arguments:
        error: the difference that was found first.
        path: the compressed file.
        source: what is said to be its original.
        device: where networks run.

    Returns:
        `WrongOriginal` if the file was made of another one; else the error, which calls nothing a
        bug if the file says that its original had another size.
    """
    try:
        with open_file(path, device=device) as file:
            made = _Made(file)
            why = next(_reasons(Source(path, file), source, made), None)
    except Exception:  # a damaged file: what was found first is what there is to say
        return error
    if why is not None:
        asked = f"name {made.text}" if made.name else "name the file that it was made of"
        return WrongOriginal(f"{path} was not made of {source.path}: {why}; {asked}")
    nbytes = _size(source)
    if made.nbytes is None or nbytes in (None, made.nbytes):
        return error
    doubt = f"it was made of {made.text}, and {source.path.name} has {nbytes:,}"
    return BoundError(f"{str(error).removesuffix(_BUG)}; {doubt}: is that the original?")


def _size(source: Source) -> int | None:
    try:
        return source.path.stat().st_size
    except OSError:  # somewhere else
        return None


class _Made:
    """What a file says of its original; nothing, if it was made of several.

    Arguments:
        file: the compressed file.
    """

    def __init__(self, file: File) -> None:
        records = file.container.provenance if file.container.is_coded else []
        record: dict[str, Any] = records[0] if len(records) == 1 else {}
        source = record.get("source")
        told = source if isinstance(source, dict) else {}
        name, nbytes = told.get("name"), told.get("bytes")
        self.name = name if isinstance(name, str) else ""
        self.nbytes = nbytes if isinstance(nbytes, int) else None
        trees = record.get("trees")
        self._trees = trees if isinstance(trees, dict) else {}

    @property
    def text(self) -> str:
        """Return name and size."""
        return self.name if self.nbytes is None else f"{self.name} of {self.nbytes:,} bytes"

    def entries(self, tree: str) -> int | None:
        """Return how many entries a tree of the original had, as far as that is known."""
        found = self._trees.get(tree)
        entries = found.get("entries") if isinstance(found, dict) else None
        return entries if isinstance(entries, int) else None


def _reasons(target: Source, source: Source, made: _Made) -> Iterator[str]:
    """Yield what shows that one file was not made of the other."""
    known, there = source.tree_paths(), target.tree_paths()
    if known and there and not set(known) & set(there):
        yield f"its trees are {_listed(there)}, there they are {_listed(known)}"
    for name in (n for n in there if n in known):
        tree, other = source.tree(name), target.opened(name)
        entries = int(other.num_entries)
        if entries != tree.entries and made.entries(name) != tree.entries:
            yield f"its {name} has {entries:,} entries, there it has {tree.entries:,}"
            continue
        mine, bounds = coded(other), target.file.bounds.get(name, {})
        lacking = [n for n in bounds if n not in {c.name for c in tree.schema.columns}]
        if lacking:
            yield f"{source.path.name}:{name} has no {_listed(lacking)}"
            continue
        new = [n for n in tree.schema.order if n not in set(other.keys(recursive=False))]
        if new and made.nbytes is not None and _size(source) not in (None, made.nbytes):
            yield f"{source.path.name}:{name} has {_listed(new)}, which it lacks"
        if mine is not None and entries == tree.entries and _is_another(tree, mine, bounds):
            yield f"most columns of {name} hold other values everywhere"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _is_another(tree: Any, mine: CodedTree, bounds: dict[str, Bound]) -> bool:
    """Say whether most columns break their bounds in the first block, and one of them mostly.

    Constant columns are the same in any file.
    """
    first = [(int(a), int(b)) for a, b in [mine.stored.starts[:2]] if b > a]
    shares: list[float] = []
    for start, stop, original in tree.parts(first, tuple(bounds)):
        found = mine.decode([n for n in original if n in bounds], start, stop)
        shares += [
            _broken(original[name], returned, bounds[name])
            for name, returned in found.items()
            if _varies(original[name])
        ]
    return sum(s > 0 for s in shares) > _MOST * len(shares) and max(shares, default=0.0) > _MOST


def _varies(values: Values) -> bool:
    return values.flat.size > 1 and bool((values.flat != values.flat[:1]).any())


def _broken(original: Values, returned: Values, bound: Bound) -> float:
    """Return the share of a column's values that are none of the original's."""
    if original.flat.shape != returned.flat.shape:
        return 1.0
    return float(np.mean(deviation(original.flat, returned.flat, bound)[1]))
