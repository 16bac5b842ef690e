"""ROOT's RDataFrame on compressed files, as on the originals: the same columns and no others.

The plug-in for ROOT gives it decoded blocks, see `rootae.rootio.plugin`. Where that is not built,
as there is no compiler, what is asked for of a coded tree becomes a plain tree in a temporary file
first: coded columns are decoded block by block, ROOT copies the others as they are compressed.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootae.codec.contexts.network import usable
from rootae.errors import ArgumentError, MissingDependency, NameNotFound, UnsupportedError
from rootae.extras import needed
from rootae.naming import matched
from rootae.reader.decoded import DecodedSource, coded_of
from rootae.rootio.plugin import frames
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

    ROOT reads decoded blocks by its plug-in, which is built as it is first needed: that takes a
    minute or two, once, and a C++ compiler. Without one, or with networks on a GPU, columns of
    compressed files are written to a temporary file beforehand, which takes their disk space until
    the process ends: then name only the columns that are needed. ROOT says which way it goes where
    it is not the first one.

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
    files = _files(path)
    if usable(device) == "cpu":
        names = _names(files[0], tree, columns)
        try:
            return frames.frame(root, [str(f) for f in files], tree, names)
        except (MissingDependency, UnsupportedError) as error:
            root.Info("rootae", f"columns go through a temporary file: {error}")
    return root.RDataFrame(tree, _plain(files, tree, columns, folder, device))


def _names(file: Path, tree: str, columns: Sequence[str] | None) -> list[str]:
    """Return the columns that are asked for, by a file's tree; none for all."""
    with DecodedSource.open(file) as source:
        found = _found(source, tree)
        if columns is None:
            return []
        kept = _kept(found, columns)
        return [name for name in found.schema.order if name in kept]


def _plain(
    files: list[Path],
    tree: str,
    columns: Sequence[str] | None,
    folder: str | Path | None,
    device: str | None,
) -> list[str]:
    """Write what is asked for of compressed files to temporary ones."""
    place: Path | None = None
    plain = []
    for number, name in enumerate(files):
        with DecodedSource.open(name, device) as source:
            found = _found(source, tree)
            kept = _kept(found, columns)
            if coded_of(found) is None:
                plain.append(str(name))
                continue
            place = place or _temporary(folder)
            plain.append(str(place / f"{number}-{name.name}"))
            write_tree(source, Path(plain[-1]), tree, kept)
    return plain


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
