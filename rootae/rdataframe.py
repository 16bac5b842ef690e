"""ROOT's RDataFrame on a compressed file: decoded columns beside those that ROOT reads itself.

Coded columns are decoded block by block into a plain tree in a temporary file, which becomes a
friend of the original tree. So memory stays bounded, C++ reads ordinary branches with as many
threads as it likes, and whatever passed through is read where it lies.
"""

from __future__ import annotations

import atexit
import dataclasses
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uproot

from rootae.blockcache import forget
from rootae.decoded import DecodedSource, blocks_of, coded_of
from rootae.errors import NameNotFound, UnsupportedError
from rootae.globs import matched
from rootae.optional import needed
from rootae.passing import passing_branch
from rootae.rows import RowWriter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rootae.schema import TreeSchema
    from rootae.sourcetree import SourceTree

__all__ = ["rdataframe"]

_FRIEND = "decoded"


def rdataframe(
    path: str | Path,
    tree: str,
    columns: Sequence[str] | None = None,
    *,
    folder: str | Path | None = None,
    device: str | None = None,
) -> Any:
    """Open a tree as a ROOT RDataFrame, with decoded columns under their own names.

    Branches that passed through are read by ROOT itself. Coded columns are decoded beforehand, a
    block at a time, into a temporary file without compression, which takes the disk space of the
    decoded values and is removed when the process ends: name only the columns that are needed.

    Arguments:
        path: a compressed file, or any ROOT file.
        tree: the tree's name.
        columns: names or globs of the coded columns to decode, by default all but vectors of
            vectors, of which a warning tells; names of columns that passed through may be among
            them.
        folder: where the temporary file goes, the system's place for these by default.
        device: where networks run, as in `rootae.open`.

    Returns:
        A `ROOT.RDataFrame`; jagged columns are ``ROOT::VecOps::RVec``.

    Raises:
        MissingDependency: ROOT is not there.
        NameNotFound: there is no such tree, or no column of that name.
        UnsupportedError: a column cannot be written as an ordinary branch.
        CorruptError: the file is damaged.

    Example:
        >>> import rootae
        >>> frame = rootae.rdataframe("small.root", "Events", ["Muon_pt"])  # doctest: +SKIP
        >>> frame.Filter("nMuon == 2").Histo1D("Muon_pt").GetMean()  # doctest: +SKIP
        34.2
    """
    advice = "pip install 'rootae[root]', or any ROOT with Python"
    root = needed("ROOT", "rdataframe", advice)
    with DecodedSource.open(path, device) as source:
        found = source.tree(tree)
        names = _decoded_names(found, columns)
        if not names:
            return root.RDataFrame(tree, str(path))
        plain = _temporary(folder) / f"{Path(path).stem}.root"
        _write(found, _writable(found, names), plain)
    spec = root.RDF.Experimental.RDatasetSpec()
    spec.AddSample(root.RDF.Experimental.RSample("sample", tree, str(path)))
    spec.WithGlobalFriends(_FRIEND, str(plain), _FRIEND)
    return root.RDataFrame(spec)


def _decoded_names(tree: SourceTree, columns: Sequence[str] | None) -> list[str]:
    """Return the coded columns that are asked for."""
    mine = coded_of(tree)
    carried = mine.stored.plans[0].carried if mine is not None else ()
    asked = matched(columns or (), tree.schema.order, tree.where, "column")
    if columns is not None:
        return [n for n in carried if n in asked]
    nested = [c.name for c in tree.schema.columns if c.is_nested and c.name in carried]
    if nested:
        told = f"{tree.where}: left out, as vectors of vectors: {', '.join(nested)}"
        warnings.warn(f"{told}; rootae decompress gives them back", stacklevel=3)
    return [n for n in carried if n not in nested]


def _temporary(folder: str | Path | None) -> Path:
    """Make a folder that is removed as the process ends: ROOT opens files in it at any time."""
    made = Path(tempfile.mkdtemp(prefix="rootae-", dir=folder))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def _writable(tree: SourceTree, names: Sequence[str]) -> TreeSchema:
    """Return the columns and their counters as branches that uproot writes.

    Raises:
        UnsupportedError: it writes none like one of them.
    """
    columns, order, lost = [], list[str](), list[str]()
    for name in names:
        column = tree.schema.column(name)
        if column is None:
            raise NameNotFound(name, tree.schema.order, tree.where, "column")
        counter = column.counter
        if column.is_nested or (counter is not None and column.inner_shape):
            lost.append(f"{column.name} ({column.typename})")
        if column.is_vector:
            counter = f"n{name}"
        elif counter is not None and counter not in order:
            order.append(counter)
            columns.append(tree.schema.column(counter))
        if name not in order:
            order.append(name)
            columns.append(dataclasses.replace(column, counter=counter))
    if lost:
        msg = f"{tree.where}: uproot cannot write {', '.join(lost)}: leave them out of columns"
        raise UnsupportedError(msg)
    return dataclasses.replace(
        tree.schema, columns=tuple(c for c in columns if c is not None), order=tuple(order)
    )


def _write(tree: SourceTree, schema: TreeSchema, path: Path) -> None:
    """Decode columns into a plain file, block by block."""
    with uproot.recreate(path, compression=None) as file:
        branches = [passing_branch(schema, name) for name in schema.order]
        rows = RowWriter(file, _FRIEND, tree.schema.title, branches)
        for start, stop in blocks_of(tree):
            rows.add(tree.arrays(start, stop, schema.order), stop - start)
            forget(tree.tree)
        rows.flush()
