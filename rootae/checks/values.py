"""Reading a compressed file back: checksums, and every value against an original."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootae.checks.counterpart import Counterpart, check_carriers
from rootae.checks.coverage import Coverage
from rootae.checks.passthrough import beside_trees, refuse
from rootae.codec.contexts.device import CPU
from rootae.errors import BoundError, CorruptError, said
from rootae.reader.cache import forget
from rootae.reader.hook import coded
from rootae.reader.listing import is_empty
from rootae.reader.open import open_file
from rootae.schema.bounds.bound import EXACT
from rootae.source.source import Source
from rootae.summary import Summary, reported

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rootae.checks.written import Written
    from rootae.progress import Progress
    from rootae.source.tree import SourceTree

__all__ = ["Verified", "verify", "verify_against"]


@dataclass(frozen=True, repr=False)
class Verified(Summary):
    """What was checked.

    Arguments:
        trees: entries by tree.
        columns: number of coded columns that were decoded.
        values: number of values that were decoded.
        errors: largest error by tree and column, where an original was given.
        passing: number of branches that pass through and are as they were written.
        objects: number of objects beside trees that are.
        uncovered: names of what nothing in the file covers, and why.
    """

    trees: dict[str, int]
    columns: int
    values: int
    errors: dict[str, dict[str, float]]
    passing: int = 0
    objects: int = 0
    uncovered: tuple[str, ...] = ()

    @property
    def headline(self) -> str:
        """Say in one line what was checked."""
        held = ", every value within its bound of the original" if self.errors else ""
        return f"{self.values:,} values of {self.columns} coded columns decoded: intact{held}"


@reported
def verify(
    path: str | Path,
    against: str | Path | None = None,
    progress: Progress | None = None,
    *,
    device: str | None = None,
) -> Verified:
    """Decode everything in a file, check all checksums, and compare with the original if given.

    Branches and objects that pass through have checksums too; what has none is named.

    Arguments:
        path: a compressed file (or a plain copy).
        against: the original.
        progress: told about phases.
        device: where networks run, as in `rootae.open`.

    Raises:
        CorruptError: something is damaged.
        MissingDependency: CUDA is asked for and cannot be used.
        BoundError: a value is outside its bound, or another one stands where it passed through.
    """
    errors: dict[str, dict[str, float]] = {}
    with open_file(path, device=device) as file:
        if against is not None:
            with Source.open(against) as source:
                errors = verify_against(Path(path), source, progress, device=device)
        elif is_empty(file.file.root_directory):
            msg = (
                f"{path} holds nothing, not one key: what wrote it ended before it closed the "
                "file, or had nothing to write"
            )
            raise CorruptError(msg)
        trees, columns, values = {}, 0, 0
        there = Source(Path(path), file)
        for name in there.tree_paths():
            tree = there.opened(name)
            trees[name] = int(tree.num_entries)
            mine = coded(tree)
            if mine is not None:
                check_carriers(tree, mine)
                n, v = _decode_all(mine)
                columns, values = columns + n, values + v
        if file.container.is_coded:
            file.container.check()
        for name in file.container.coded_trees() if file.is_coded else ():
            if name not in trees:
                msg = f"{path}: the file holds blocks of tree {name}, but no such tree"
                raise CorruptError(msg)
        _read_classes(there)
        seen = Coverage.of(there, file.container)
    told = seen.branches, seen.objects, tuple(seen.uncovered)
    return Verified(trees, columns, values, errors, *told)


def _read_classes(source: Source) -> None:
    """Read what the file says of its classes, which has a checksum as rootae writes it.

    Raises:
        CorruptError: it cannot be read.
    """
    try:
        source.file.file.streamers  # noqa: B018  it is read as it is asked for
    except Exception as error:
        msg = f"{source.path}: what it says of its classes is damaged: {said(error)}"
        raise CorruptError(msg) from error


def _decode_all(tree: Any) -> tuple[int, int]:
    stored, names, values = tree.stored, [], 0
    for block in range(len(stored.entries)):
        start, stop = int(stored.starts[block]), int(stored.starts[block + 1])
        names = [c for p in stored.plans[:1] for c in p.carried]
        values += sum(v.flat.size for v in tree.decode(names, start, stop).values())
        forget(tree)
    return len(names), values


def verify_against(
    path: Path,
    source: Source,
    progress: Progress | None = None,
    *,
    dropped: bool = False,
    exact: bool = False,
    device: str | None = CPU,
    written: Mapping[str, Written] | None = None,
) -> dict[str, dict[str, float]]:
    """Hold everything of a file against the original it was made from.

    Arguments:
        path: the compressed file.
        source: the original.
        progress: told about phases.
        dropped: branches that uproot cannot write were left out on purpose.
        exact: the file is a selection of the original's decoded values: each has to be the same,
            whatever the bounds, and what stands beside trees is not looked at.
        device: where networks run, as in `rootae.open`.
        written: by tree, what was checked before it was written: values of these are decoded in
            one block only.

    Returns:
        The largest error by tree and column.

    Raises:
        BoundError: a value, a count or an object is not what it should be.
        CorruptError: something of the file cannot be read.
    """
    errors: dict[str, dict[str, float]] = {}
    with open_file(path, device=device) as file:
        bounds, target = file.bounds, Source(path, file)
        if file.container.is_coded:
            file.container.check()
        if exact:
            bounds = {path: dict.fromkeys(mine, EXACT) for path, mine in bounds.items()}
        else:
            refuse(beside_trees(source, target, dropped=dropped), source, path)
        names, there = source.tree_paths(), set(target.tree_paths())
        if progress is not None:
            progress.phase("read back", sum(source.tree(n).entries for n in names))
        for name in names:
            if name in there:
                mine = bounds.get(name, {})
                pair = Counterpart(
                    source, target, name, mine, dropped=dropped, anew=exact,
                    written=(written or {}).get(name),
                )  # fmt: skip
                errors[name] = pair.compare(progress)
            elif not dropped or _writable(source.tree(name)):
                msg = f"{path}: tree {name} is missing"
                raise BoundError(msg)
    return errors


def _writable(tree: SourceTree) -> bool:
    return bool(tree.schema.columns or tree.schema.passing)
