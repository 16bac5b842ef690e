"""ROOT's RDataFrame on compressed files, as on the originals: the same columns and no others.

What is asked for of a coded tree becomes a plain tree in a temporary file: coded columns are
decoded block by block, ROOT copies the others as they are compressed. So memory stays bounded, and
C++ reads ordinary branches with as many threads as it likes.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootae.errors import ArgumentError, NameNotFound
from rootae.extras import needed
from rootae.naming import matched
from rootae.reader.decoded import DecodedSource, coded_of
from rootae.writer.root_decoded import write_tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rootae.source.tree import SourceTree

__all__ = ["rdataframe"]


def rdataframe(
    path: str | Path | Sequence[str | Path],
    tree: str,
    columns: Sequence[str] | None = None,
    *,
    folder: str | Path | None = None,
    device: str | None = None,
) -> Any:
    """Open a tree of one file or several as a ROOT RDataFrame, as if it had not been compressed.

    Of each compressed file the columns are written to a temporary file beforehand: coded ones are
    decoded, a block at a time, without compression, all others are copied as they are. It takes
    their disk space and is removed when the process ends: name only the columns that are needed.
    Files without coded columns are read where they lie.

    Arguments:
        path: a compressed file, or any ROOT file; a glob; or several of these.
        tree: the tree's name.
        columns: names or globs of the columns to keep, by default all; counters of jagged columns
            come with them.
        folder: where temporary files go, the system's place for these by default.
        device: where networks run, as in `rootae.open`.

    Returns:
        A `ROOT.RDataFrame`; jagged columns are ``ROOT::VecOps::RVec``.

    Raises:
        ArgumentError: there is no such file.
        MissingDependency: ROOT is not there.
        NameNotFound: there is no such tree, or no column of that name.
        UnsupportedError: ROOT cannot write what is asked for.
        CorruptError: a file is damaged.

    Example:
        >>> import rootae
        >>> frame = rootae.rdataframe("small.root", "Events", ["Muon_pt"])  # doctest: +SKIP
        >>> frame.Filter("nMuon == 2").Histo1D("Muon_pt").GetMean()  # doctest: +SKIP
        34.2
    """
    advice = "pip install 'rootae[root]', or any ROOT with Python"
    root = needed("ROOT", "rdataframe", advice)
    place: Path | None = None
    plain = []
    for number, name in enumerate(_files(path)):
        with DecodedSource.open(name, device) as source:
            found = _found(source, tree)
            kept = _kept(found, columns)
            if coded_of(found) is None:
                plain.append(str(name))
                continue
            place = place or _temporary(folder)
            plain.append(str(place / f"{number}-{name.name}"))
            write_tree(source, Path(plain[-1]), tree, kept)
    return root.RDataFrame(tree, plain)


def _files(path: str | Path | Sequence[str | Path]) -> list[Path]:
    """Return the files that are meant; a name that is there is no glob."""
    files: list[Path] = []
    for name in [path] if isinstance(path, str | Path) else path:
        whole = Path(name)
        wide = any(letter in str(name) for letter in "*?[") and not whole.exists()
        parts = whole.parts[whole.is_absolute() :]
        found = sorted(Path(whole.anchor).glob("/".join(parts))) if wide else [whole]
        if not found:
            msg = f"no file matches {name}"
            raise ArgumentError(msg)
        files += found
    if not files:
        msg = "rdataframe takes at least one file: name it"
        raise ArgumentError(msg)
    return files


def _found(source: DecodedSource, tree: str) -> SourceTree:
    names = source.tree_paths()
    if tree not in names:
        raise NameNotFound(tree, names, str(source.path))
    return source.tree(tree)


def _kept(tree: SourceTree, columns: Sequence[str] | None) -> set[str]:
    """Return the columns that are asked for, and the counters of jagged ones."""
    if columns is None:
        return set(tree.schema.order)
    asked = matched(columns, tree.schema.order, tree.where, "column")
    return asked | tree.schema.counters_of(asked)


def _temporary(folder: str | Path | None) -> Path:
    """Make a folder that is removed as the process ends: ROOT opens files in it at any time."""
    made = Path(tempfile.mkdtemp(prefix="rootae-", dir=folder))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made
