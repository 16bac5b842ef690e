"""Opening compressed files: uproot's own objects, with decoded columns among their branches."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import uproot

from rootae.codec.contexts.network import usable
from rootae.codec.threads import threads_of
from rootae.container.container import Container
from rootae.errors import (
    ArgumentError,
    CorruptError,
    FormatError,
    MissingDependency,
    NameNotFound,
)
from rootae.paths.regular import regular
from rootae.reader.hook import coded, install
from rootae.reader.latents import latents
from rootae.reader.tree import decode_on
from rootae.rootio.keys import every_key, key_at, newest
from rootae.rootio.opening import open_root, split_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rootae.schema.bounds.bound import Bound

__all__ = ["File", "open_file"]


class File:
    """A ROOT file as uproot shows it, without rootae's own directory, and with what rootae knows.

    Everything that is not defined here is uproot's `ReadOnlyDirectory`.

    Arguments:
        root: the directory that uproot opened.
        where: the file, for messages.
    """

    def __init__(self, root: Any, where: str) -> None:
        self._root = root
        self._where = where
        self._container = Container(root, where)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._root, name)

    def __enter__(self) -> File:
        return self

    def __exit__(self, *_: object) -> None:
        self._root.close()

    def __getitem__(self, name: str) -> Any:
        """Return an object; a coded tree is held against its blocks first.

        Raises:
            NameNotFound: there is no such object.
            CorruptError: tree and blocks do not belong together.
        """
        try:
            return self.held(self._found(name))
        except uproot.KeyInFileError as error:
            known = self.keys(cycle=False)
            raise NameNotFound(name, known, self._where, "tree or object") from error

    def _found(self, name: str) -> Any:
        """Return an object of exactly that name, else what uproot takes the name for."""
        for look_up in (newest, key_at):
            try:
                return look_up(self._root, name).get()
            except KeyError:
                continue
        return self._root[name]

    @staticmethod
    def held(found: Any) -> Any:
        """Hold a tree that is coded against its blocks, and return it, or what else it is."""
        tree = coded(found)
        if tree is not None:
            _ = tree.stored
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._root or any(
            name in (path, f"{path};{key.fCycle}") for path, key in every_key(self._root)
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.keys())

    def iterclassnames(self, **options: Any) -> Iterator[tuple[str, str]]:
        """Yield the names and classes of everything but rootae's own directory.

        Raises:
            CorruptError: a directory is damaged.
        """
        try:
            yield from self._root.iterclassnames(**options)
        except Exception as error:
            msg = f"{self._where}: its contents cannot be listed: {error}".splitlines()[0]
            raise CorruptError(msg) from error

    def classnames(self, **options: Any) -> dict[str, str]:
        """Return the classes of everything but rootae's own directory."""
        return dict(self.iterclassnames(**options))

    def iterkeys(self, **options: Any) -> Iterator[str]:
        """Yield the names of everything but rootae's own directory."""
        return (k for k, _ in self.iterclassnames(**options))

    def keys(self, **options: Any) -> list[str]:
        """Return the names of everything but rootae's own directory."""
        return list(self.iterkeys(**options))

    def iteritems(self, **options: Any) -> Iterator[tuple[str, Any]]:
        """Yield names and objects of everything but rootae's own directory."""
        return ((k, self[k]) for k in self.iterkeys(**options))

    def items(self, **options: Any) -> list[tuple[str, Any]]:
        """Return names and objects of everything but rootae's own directory."""
        return list(self.iteritems(**options))

    def itervalues(self, **options: Any) -> Iterator[Any]:
        """Yield all objects but rootae's own."""
        return (v for _, v in self.iteritems(**options))

    def values(self, **options: Any) -> list[Any]:
        """Return all objects but rootae's own."""
        return list(self.itervalues(**options))

    def __repr__(self) -> str:
        return f"<rootae.File {self._where!r}>"

    @property
    def is_coded(self) -> bool:
        """Say whether any tree of the file is coded."""
        return bool(self._container.coded_trees()) if self._container.is_coded else False

    @property
    def container(self) -> Container:
        """Return the file's codecs, blocks and provenance."""
        return self._container

    def latents(self, tree: str, group: str = "") -> Any:
        """Return the latent codes that an autoencoder stored of a tree.

        Arguments:
            tree: the tree's path.
            group: a collection (``Jet``), its counter (``nJet``), or nothing for the event's own
                columns.

        Returns:
            Whole numbers: for the event an array of shape (entries, latents), else an awkward array
            of type entries * var * latents.

        Raises:
            NameNotFound: there is no such coded tree, or no such group has latents.
            ArgumentError: files with other numbers of latents were merged.

        Example:
            >>> rootae.open("out.root").latents("Events", "Jet")  # doctest: +SKIP
            <Array [[[31, 40], [29, 33]], ...] type='3000 * var * 2 * int64'>
        """
        known = self._container.coded_trees() if self._container.is_coded else []
        if tree not in known:
            raise NameNotFound(tree, known, self._where, "coded tree")
        return latents(self._container.stored(tree), group)

    @property
    def bounds(self) -> dict[str, dict[str, Bound]]:
        """Return each coded column's bound, by tree; the loosest where files were merged.

        Example:
            >>> rootae.open("out.root").bounds["Events"]["Jet_pt"]  # doctest: +SKIP
            Bound(kind='rel', error=0.001)
        """
        found: dict[str, dict[str, Bound]] = {}
        if not self._container.is_coded:
            return found
        for path in self._container.coded_trees():
            mine = found.setdefault(path, {})
            for plan in self._container.stored(path).plans:
                carried = set(plan.carried)
                lanes = (x for g in plan.groups for x in g.lanes if x.column in carried)
                for lane in lanes:
                    known = mine.get(lane.column, lane.bound)
                    mine[lane.column] = max(known, lane.bound, key=lambda b: b.looseness)
        return found


def open_file(
    path: str | Path | Any,
    *,
    device: str | None = None,
    threads: int | None = None,
    **options: Any,
) -> Any:
    """Open a ROOT file; coded columns appear under their own names and types.

    Arguments:
        path: what `uproot.open` takes, ``file.root:tree`` included.
        device: where networks run, ``cpu``, ``cuda`` or ``auto``, which takes CUDA where there is
            any; values are the same. By default what ``ROOTAE_DEVICE`` says, else the CPU.
        threads: how many decode blocks side by side. By default what ``ROOTAE_THREADS`` says, else
            one.
        options: passed on to `uproot.open`.

    Returns:
        A `File`, or the tree if one was named.

    Raises:
        ArgumentError: there is no such file, or no such number of threads.
        FormatError: it is not a ROOT file, or a newer rootae wrote it.
        CorruptError: a tree and its blocks do not belong together.
        MissingDependency: CUDA is asked for and cannot be used, or the package that reads
            remote files of this kind is not there.

    Example:
        >>> import rootae
        >>> rootae.open("out.root")["Events"].arrays(["Jet_pt"])  # doctest: +SKIP
    """
    install()
    if isinstance(path, list | dict):
        msg = "rootae.open takes one file; use uproot.iterate or uproot.concatenate for several"
        raise ArgumentError(msg)
    where, number = usable(device), threads_of(threads)
    regular(split_path(str(path))[0])
    name, named = _local(path)
    try:
        found = open_root(path if name is None else name, **options)
    except FileNotFoundError as error:
        msg = f"no file {path}"
        raise ArgumentError(msg) from error
    except uproot.KeyInFileError as error:
        raise NameNotFound(str(error.key), error.keys or [], str(path)) from error
    except (ValueError, OSError, uproot.deserialization.DeserializationError) as error:
        msg = f"{path} is not a ROOT file that can be read: {error}".splitlines()[0]
        raise FormatError(msg) from error
    except ImportError as error:
        reason = str(error).splitlines()[:1]
        msg = f"{path} needs another package, try pip install 'rootae[remote]': {reason}"
        raise MissingDependency(msg) from error
    decode_on(found.file, where, number)
    if named is not None:
        return File(found, str(name))[named]
    if not isinstance(found, uproot.ReadOnlyDirectory):
        tree = coded(found)
        if tree is not None:
            _ = tree.stored
        return found
    return File(found, str(path))


def _local(path: Any) -> tuple[Path | None, str | None]:
    """Split the name of a file on this machine and of a tree in it: both may have colons."""
    if not isinstance(path, str | Path):
        return None, None
    name, tree = split_path(str(path)) if isinstance(path, str) else (str(path), None)
    return (Path(name), tree) if Path(name).is_file() else (None, None)
