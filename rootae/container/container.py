"""What a rootae file holds beside its trees: blocks, codecs and provenance, by name.

`export/FORMAT.md` is the normative description; the two change together.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootae.codec.contexts.device import CPU
from rootae.container.blocks import StoredTree
from rootae.container.codecs import CODEC, ENTRIES, load_codec
from rootae.container.side_tree import CODECS, COPIES, FILES, TREES
from rootae.container.stored_codecs import Row, StoredCodecs
from rootae.errors import CorruptError, FormatError, NameNotFound, said
from rootae.paths.regular import regular
from rootae.rootio.baskets import read_branch
from rootae.rootio.keys import every_key, newest
from rootae.rootio.kinds import Kind, kinds_of
from rootae.rootio.opening import open_root

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from numpy.typing import NDArray

    from rootae.codec.codec import Codec

__all__ = ["Container", "read_codec"]


@dataclass
class Container:
    """A rootae file opened for reading.

    Arguments:
        root: the file's top directory.
        where: the file, for messages.
        device: where the codecs' networks run.
    """

    root: Any
    where: str
    device: str = CPU

    @classmethod
    def open(cls, path: Any) -> Container:
        """Open a file that holds at least a codec.

        Raises:
            ArgumentError: it is no regular file.
            FormatError: it is no such file.
        """
        regular(str(path))
        try:
            root = open_root(Path(path) if isinstance(path, str) and "://" not in path else path)
        except FileNotFoundError as error:
            raise NameNotFound(str(path), [], str(Path(str(path)).parent), "file") from error
        except Exception as error:
            msg = f"{path} is not a ROOT file that can be read: {error}".splitlines()[0]
            raise FormatError(msg) from error
        return cls(root, str(path))

    @property
    def is_coded(self) -> bool:
        """Say whether the file holds a rootae codec."""
        return any(self._is_there(path) for path in (CODECS, COPIES))

    def _is_there(self, path: str) -> bool:
        """Say whether there is a tree of a path, which may be damaged."""
        try:
            return self._has(path)
        except Exception:
            return True

    def _has(self, path: str, kind: Kind = Kind.TREE) -> bool:
        return self._find(path, kind) is not None

    def _find(self, path: str, kind: Kind = Kind.TREE) -> Any:
        """Return what has exactly that path and is of a kind, or None."""
        try:
            return newest(self.root, path, lambda name: kinds_of(None, {name})[name] == kind).get()
        except KeyError:
            return None

    def _tree(self, path: str) -> Any:
        """Return the tree of a path, None if there is none.

        Raises:
            CorruptError: what the tree says of itself cannot be read.
        """
        try:
            return self._find(path)
        except Exception as error:
            msg = f"{self.where}: {path} cannot be read, the file is damaged: {said(error)}"
            raise CorruptError(msg) from error

    @functools.cached_property
    def codecs(self) -> Mapping[bytes, Codec]:
        """Return the codecs by digest.

        Raises:
            CorruptError: a codec does not have the id it claims, in either of its copies.
        """
        if not self.is_coded:
            msg = f"{self.where} holds no rootae codec: compress it with rootae compress"
            raise FormatError(msg)
        return StoredCodecs(*(functools.partial(self._copy, path) for path in (CODECS, COPIES)))

    def check(self) -> None:
        """Read all that stands beside blocks: both copies of all codecs, and the files' records.

        Raises:
            CorruptError: something is damaged, though the file may be read all the same.
        """
        self._check_copies()
        _ = self.provenance

    def _check_copies(self) -> None:
        digests = [*self.codecs]  # where both copies are damaged, this says so
        for path in (CODECS, COPIES):
            try:
                rows = self._copy(path)
            except CorruptError as error:
                rows = [error]
            found = [row.digest if not isinstance(row, CorruptError) else row for row in rows]
            wrong = next((row for row in found if isinstance(row, CorruptError)), None)
            if wrong is not None or set(found) != set(digests):
                why = wrong or f"{self.where}: {CODECS} and {COPIES} differ: the file is damaged"
                msg = (
                    f"{why}; it can be read all the same: rootae merge FILE -o NEW writes both anew"
                )
                raise CorruptError(msg)

    def _copy(self, path: str) -> list[Row]:
        """Read one copy of the codecs.

        Raises:
            CorruptError: nothing of it can be read.
        """
        tree = self._tree(path)
        rows: Any = [] if tree is None else _read(tree, CODEC, self.where)
        if not len(rows):
            msg = f"{self.where}: {path} holds no codec: the file is damaged"
            raise CorruptError(msg)
        return [self._loaded(row.tobytes(), path) for row in rows]

    def _loaded(self, row: bytes, path: str) -> Row:
        try:
            return load_codec(row).on(self.device)
        except CorruptError as error:
            return CorruptError(f"{self.where}: {path}: {error}")
        except FormatError as error:
            msg = f"{self.where}: {error}{self._writers()}"
            raise FormatError(msg) from error

    def _writers(self) -> str:
        """Name the versions that wrote the file."""
        records = (r.get("versions") for r in self.provenance if isinstance(r, dict))
        found = {str(v.get("rootae")) for v in records if isinstance(v, dict)}
        return f" (written by rootae {', '.join(sorted(found))})" if found else ""

    def only_codec(self) -> Codec:
        """Return the codec of a file that holds just one."""
        if len(self.codecs) != 1:
            msg = f"{self.where} holds {len(self.codecs)} codecs, not one: name a codec file"
            raise FormatError(msg)
        return next(iter(self.codecs.values()))

    @functools.cached_property
    def provenance(self) -> list[dict[str, Any]]:
        """Return one record a compressed file that went into this one.

        Raises:
            CorruptError: they cannot be read.
        """
        tree = self._tree(FILES)
        if tree is None:
            return []
        rows = _read(tree, "json", self.where)
        try:
            return [json.loads(bytes(row)) for row in rows]
        except (ValueError, RecursionError) as error:
            msg = f"{self.where}: its provenance is not JSON: the file is damaged"
            raise CorruptError(msg) from error

    def coded_trees(self) -> list[str]:
        """Return the paths of trees that have blocks."""
        folder = self._find(TREES, Kind.DIRECTORY)
        keys = [] if folder is None else every_key(folder)
        return list(dict.fromkeys(path for path, key in keys if key.fClassName == "TTree"))

    def expected_entries(self, path: str) -> int | None:
        """Return how many entries a tree had when it was written (hadd adds them up)."""
        found = self._find(f"{ENTRIES}/{path}", Kind.OBJECT)
        return None if found is None else round(float(found.values()[0]))

    def stored(self, path: str) -> StoredTree:
        """Return the blocks of a tree.

        Raises:
            CorruptError: there are none.
        """
        tree = self._find(f"{TREES}/{path}")
        if tree is None:
            msg = (
                f"{self.where}: tree {path} has coded columns, but the directory 'rootae' that "
                "holds their values is gone, as after Snapshot or CopyTree: go back to the full "
                "file and use rootae skim or rootae decompress"
            )
            raise CorruptError(msg)
        return StoredTree(tree, path, f"{self.where}:{path}", lambda: self.codecs)


def _read(tree: Any, name: str, where: str) -> NDArray[Any]:
    try:
        return read_branch(tree[name])
    except Exception as error:
        msg = f"{where}: {tree.name} cannot be read, the file is damaged: {error}".splitlines()[0]
        raise CorruptError(msg) from error


def read_codec(path: str | PathLike[str]) -> Codec:
    """Read the codec of a codec file or of a compressed file.

    Arguments:
        path: the file.

    Raises:
        FormatError: the file holds no codec.

    Example:
        >>> import rootae
        >>> rootae.read_codec("codec.root").id[:8]  # doctest: +SKIP
        '5ac3f1d7'
    """
    return Container.open(path).only_codec()
