"""From a compressed file back to an ordinary ROOT file."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from rootae.checks.passthrough import hold
from rootae.errors import ArgumentError, BoundError, UnsupportedError
from rootae.operations.rewrites import Decompressed
from rootae.paths.targets import check_target
from rootae.progress import Progress
from rootae.reader.cache import forget
from rootae.reader.decoded import DecodedSource, coded_of, whole_file
from rootae.reader.open import open_file
from rootae.reader.restored import RestoredTree, checksum
from rootae.rootio.compression import setting_of
from rootae.rootio.leaves import usual_leaf
from rootae.rootio.sink import RowWriter
from rootae.rootio.titles import recreate
from rootae.source.particulars import title_of_file
from rootae.source.source import Source
from rootae.source.unreadable import reading
from rootae.summary import reported
from rootae.writer import backend as choice
from rootae.writer import root_decoded
from rootae.writer.file import write_objects
from rootae.writer.losses import uncopied, unsupported

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from rootae.paths.targets import Output
    from rootae.reader.open import File
    from rootae.schema.column import Column
    from rootae.schema.tree import TreeSchema
    from rootae.source.tree import SourceTree

__all__ = ["decompress"]

ADVICE = "--backend root keeps these (pip install 'rootae[root]')"


@reported
def decompress(
    src: str | Path,
    dst: str | Path,
    *,
    force: bool = False,
    backend: str = choice.AUTO,
    compression: int | None = None,
    device: str | None = None,
    progress: Progress | None = None,
) -> Decompressed:
    """Write a compressed file's trees as ordinary branches.

    Arguments:
        src: a compressed file, one merged by hadd included; a file without coded trees is copied.
        dst: the output; it appears only after it was read back.
        force: overwrite the output.
        backend: ``uproot``, ``root`` (every branch gets its own type back) or ``auto``: uproot, or
            ROOT where uproot would lose something and ROOT is installed.
        compression: ROOT's algorithm * 100 + level; the original's by default.
        device: where networks run, as in `rootae.open`.
        progress: told about phases.

    Returns:
        What was written, and what uproot could not keep.

    Raises:
        ArgumentError: an argument is wrong, or the file is a codec without any tree.
        UnsupportedError: uproot cannot write some of the branches.
        CorruptError: the input is damaged.
        MissingDependency: CUDA is asked for and cannot be used.
        BoundError: the output does not hold what was written (it is removed).

    Example:
        >>> import rootae
        >>> rootae.decompress("small.root", "original.root").after  # doctest: +SKIP
        39043275
    """
    path = whole_file(src, "decompress")
    choice.checked(backend)
    with open_file(path, device=device) as file:
        target = check_target(dst, [path], force=force)
        if file.container.is_coded and not file.is_coded and file.container.codecs:
            msg = f"{path} is a codec without trees: there is nothing to decompress"
            raise ArgumentError(msg)
        source, whole = Source(path, file), DecodedSource(path, file)
        if not file.is_coded:
            return _Job(source, target, progress or Progress()).copy()
        setting = _setting(file, path, compression)

        def run() -> Decompressed:
            job = _Job(source, target, progress or Progress())
            by_root = _by_root(backend, whole)
            return job.rebuild(whole, setting) if by_root else job.restore(setting)

        return reading(whole, run) if backend == choice.AUTO else run()


def _by_root(asked: str, whole: DecodedSource) -> bool:
    """Say whether ROOT has to write the output."""
    if asked == choice.AUTO:
        return choice.installed() and bool(unsupported(whole, {}))
    return asked == choice.ROOT


def _setting(file: File, path: Path, code: int | None) -> Any:
    """Return the compression that was asked for, else the original's, else the file's own."""
    if code is None:
        records = file.container.provenance
        codes = [r.get("source", {}).get("compression") for r in records]
        code = next((c for c in codes if type(c) is int), None)
    return setting_of(code, Source(path, file).compression)


class _Job:
    """One run of decompress."""

    def __init__(self, source: Source, output: Output, progress: Progress) -> None:
        self.source = source
        self.output = output
        self.target = output.path
        self.progress = progress
        self.notes: list[str] = []
        self.sums: dict[str, list[tuple[int, int, dict[str, int]]]] = {}
        self.unpacked: dict[str, list[str]] = {}  # by tree, what could not be packed again

    def copy(self) -> Decompressed:
        with self.output.atomic() as part:
            shutil.copyfile(self.source.path, part)
        self.notes.append("no tree of the input is coded: the output is a copy of it")
        paths = self.source.tree_paths()
        return self._report({p: int(self.source.opened(p).num_entries) for p in paths})

    def restore(self, setting: Any) -> Decompressed:
        trees = {p: self._tree(p) for p in self.source.tree_paths()}
        self._refuse_uncopied()
        total = sum(t.entries for t in trees.values())
        with self.output.atomic() as part:
            self.progress.phase("write", total)
            title = title_of_file(self.source.file)
            with recreate(part, title, compression=setting) as out:
                write_objects(self.source, out, lambda p: self._write(out, trees[p]))
            forget(self.source.file)
            self.progress.phase("read back", total)
            self._check(part, trees)
        return self._report({p: t.entries for p, t in trees.items()})

    def _refuse_uncopied(self) -> None:
        lost = uncopied(self.source)
        if lost:
            msg = f"{self.source.path}: uproot cannot write {', '.join(lost[:10])}; {ADVICE}"
            raise UnsupportedError(msg)

    def rebuild(self, whole: DecodedSource, setting: Any) -> Decompressed:
        """Let ROOT write the output."""
        trees = {p: whole.tree(p) for p in whole.tree_paths()}
        total = sum(t.entries for t in trees.values())
        changed = {
            p: mine.stored.plans[0].carried for p, t in trees.items() if (mine := coded_of(t))
        }
        with self.output.atomic() as part:
            self.progress.phase("write", total)
            self.unpacked = root_decoded.write(whole, part, compression=setting, each=self._seen)
            forget(self.source.file)
            self.progress.phase("read back", total)
            with Source.open(part) as back:
                hold(self.source, back, changed, self.target)
            self._check(part, trees)
        return self._report({p: t.entries for p, t in trees.items()})

    def _seen(self, path: str, start: int, stop: int, arrays: dict[str, Any]) -> None:
        sums = {n: checksum(a) for n, a in arrays.items()}
        self.sums.setdefault(path, []).append((start, stop, sums))
        self.progress.advance(stop - start)

    def _tree(self, path: str) -> RestoredTree:
        return RestoredTree(self.source.opened(path), f"{self.source.path}:{path}", path)

    def _write(self, out: Any, tree: RestoredTree) -> None:
        path, branches = tree.schema.path, tree.branches
        rows = RowWriter(out, path, tree.schema.title, branches, tree.schema.weight)
        for start, stop in tree.blocks():
            arrays = tree.arrays(start, stop)
            rows.add(arrays, stop - start)
            self._seen(path, start, stop, arrays)
        rows.close()

    def _check(self, part: Path, trees: Mapping[str, RestoredTree | SourceTree]) -> None:
        """Hold what was written against what was decoded, block by block."""
        with Source.open(part) as back:
            there = set(back.file.keys(cycle=False))
            missing = [k for k in self.source.file.keys(cycle=False) if k not in there]
            if missing:
                names = ", ".join(missing[:10])
                msg = f"{self.target}: {names} did not come back; report this as a bug"
                raise BoundError(msg)
            for path, tree in trees.items():
                written = back.tree(path)
                for start, stop, sums in self.sums.get(path, ()):
                    again = written.arrays(start, stop, list(sums))
                    self._compare(path, sums, {n: checksum(a) for n, a in again.items()})
                    self.progress.advance(stop - start)
                self._note_changes(tree.schema, written.schema)
                lost = self.source.particulars_of(path).differences(back.particulars_of(path))
                self.notes += [f"{path}: its {what} was not kept" for what in lost]

    def _compare(self, path: str, sums: dict[str, int], again: dict[str, int]) -> None:
        wrong = [name for name, crc in sums.items() if again[name] != crc]
        if wrong:
            msg = (
                f"{self.target}:{path}: {', '.join(wrong[:10])} did not come back as written; "
                "report this as a bug"
            )
            raise BoundError(msg)

    def _note_changes(self, schema: TreeSchema, written: TreeSchema) -> None:
        path, changed = schema.path, dict[tuple[str, str], list[str]]()
        types, unpacked = _types(written), self.unpacked.get(schema.path, [])
        if unpacked:
            kinds = "float or double now: Float16_t and Double32_t cannot hold their values"
            self.notes.append(f"{path}: {_some(unpacked)}: {kinds}")
        for name, before in _types(schema).items():
            told = (before, types[name])
            if told[0] == told[1]:
                told = (_leaf(schema.column(name)), _leaf(written.column(name)))
            if told[0] != told[1] and name not in unpacked:
                changed.setdefault(told, []).append(name)
        for (before, after), names in changed.items():
            self.notes.append(f"{path}: {_some(names)}: {before} became {after}")
        own = set(written.order) - set(schema.order)
        if own:
            self.notes.append(f"{path}: {_some(sorted(own))} now count the elements of vectors")

    def _report(self, trees: dict[str, int]) -> Decompressed:
        before, after = self.source.path.stat().st_size, self.target.stat().st_size
        path = self.source.path
        return Decompressed(path, self.target, before, after, trees, tuple(self.notes))


def _types(schema: TreeSchema) -> dict[str, str]:
    """Return the types of all branches but those that neither uproot nor rootae describe."""
    types = {c.name: c.typename for c in schema.columns if c.has_branch}
    return types | {b.name: b.typename for b in schema.passing}


def _leaf(column: Column | None) -> str:
    """Describe a column's leaf."""
    if column is None:
        return ""
    leaf = column.leaf or usual_leaf(column)
    return f"leaf {leaf.title} ({leaf.of or leaf.kind})"


def _some(names: Iterable[str], most: int = 6) -> str:
    known = list(names)
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return ", ".join(known[:most]) + more
