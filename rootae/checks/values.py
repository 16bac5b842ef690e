"""Reading a compressed file back: checksums, and every value against an original."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootae.checks.counterpart import Counterpart, check_carriers
from rootae.checks.coverage import Coverage
from rootae.checks.original import told_of
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
    from collections.abc import Iterator, Mapping

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
        bounds: what each column was promised, by tree and column.
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
    bounds: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def headline(self) -> str:
        """Say in one line what was checked."""
        held = ", every value within its bound of the original" if self.errors else ""
        return f"{self.values:,} values of {self.columns} coded columns decoded: intact{held}"

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return dict(vars(self))


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
        WrongOriginal: the file was not made of the one that is given as its original.
    """
    try:
        return _verified(path, against, progress, device)
    except OSError as error:
        if error.errno is not None or str(path) not in str(error):
            raise
        msg = f"{path} cannot be read whole, the file is damaged or cut: {said(error)}"
        raise CorruptError(msg) from error


def _verified(
    path: str | Path, against: str | Path | None, progress: Progress | None, device: str | None
) -> Verified:
    errors: dict[str, dict[str, float]] = {}
    with open_file(path, device=device) as file:
        if against is not None:
            with Source.open(against) as source:
                errors = _held(Path(path), source, progress, device)
        elif is_empty(file.file.root_directory):
            msg = (
                f"{path} holds nothing, not one key: what wrote it ended before it closed the "
                "file, or had nothing to write"
            )
            raise CorruptError(msg)
        trees, columns, values = {}, 0, 0
        there = Source(Path(path), file)
        if progress is not None:
            progress.phase("decode", sum(_coded_entries(there)))
        for name in there.tree_paths():
            tree = there.opened(name)
            trees[name] = int(tree.num_entries)
            mine = coded(tree)
            if mine is not None:
                check_carriers(tree, mine)
                n, v = _decode_all(mine, progress)
                columns, values = columns + n, values + v
        if file.container.is_coded:
            file.container.check()
        for name in file.container.coded_trees() if file.is_coded else ():
            if name not in trees:
                msg = f"{path}: the file holds blocks of tree {name}, but no such tree"
                raise CorruptError(msg)
        _read_classes(there)
        seen = Coverage.of(there, file.container)
        bounds = {t: {c: str(b) for c, b in found.items()} for t, found in file.bounds.items()}
    told = seen.branches, seen.objects, tuple(seen.uncovered)
    return Verified(trees, columns, values, errors, *told, bounds)


def _held(
    path: Path, source: Source, progress: Progress | None, device: str | None
) -> dict[str, dict[str, float]]:
    """Hold a file against what is said to be its original, and doubt that where they differ."""
    try:
        return verify_against(path, source, progress, device=device)
    except BoundError as error:
        raise told_of(error, path, source, device) from error


def _coded_entries(source: Source) -> Iterator[int]:
    for name in source.tree_paths():
        if coded(source.opened(name)) is not None:
            yield int(source.opened(name).num_entries)


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


def _decode_all(tree: Any, progress: Progress | None) -> tuple[int, int]:
    stored, names, values = tree.stored, [], 0
    for block in range(len(stored.entries)):
        start, stop = int(stored.starts[block]), int(stored.starts[block + 1])
        names = [c for p in stored.plans[:1] for c in p.carried]
        values += sum(v.flat.size for v in tree.decode(names, start, stop).values())
        forget(tree)
        if progress is not None:
            progress.advance(stop - start)
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
