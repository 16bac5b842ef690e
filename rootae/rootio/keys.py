"""Keys of a file by their exact names, whatever letters these have.

uproot takes `/`, `:` and `;` in a name for directories, branches and cycles, and so does ROOT: but
keys may be called `SR/Signal/Nominal` or `DecayTree:B`. A name and its cycle also say nothing of
what a key is: a histogram may follow on a tree of its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rootae.errors import UnsupportedError
from rootae.rootio.kinds import DIRECTORIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["every_key", "key_at", "list_newest_first", "newest", "tree_under", "whole_tree_under"]

_NO_ALGORITHM = "unsupported compression algorithm"  # as uproot says it


def every_key(directory: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield all keys of a directory and below, in the file's order.

    Arguments:
        directory: the directory as uproot has it.
        above: its path, with a slash at the end.

    Yields:
        The path without cycle, and uproot's key.
    """
    for key in directory._keys:
        yield f"{above}{key.fName}", key
        if key.fClassName in DIRECTORIES:
            yield from every_key(key.get(), f"{above}{key.fName}/")


def _keys_of(directory: Any, path: str) -> list[Any]:
    """Return all keys of exactly that path, of whatever cycle and class.

    Arguments:
        directory: the directory as uproot has it.
        path: names with slashes in between, without cycle.
    """
    found = _called(directory, path)
    at = path.find("/")
    while at >= 0:
        inner = (k for k in _called(directory, path[:at]) if k.fClassName in DIRECTORIES)
        found += [key for folder in inner for key in _keys_of(folder.get(), path[at + 1 :])]
        at = path.find("/", at + 1)
    return found


def _called(directory: Any, name: str) -> list[Any]:
    return [directory._keys[i] for i in directory._keys_lookup.get(name, ())]


def newest(directory: Any, path: str, wanted: Callable[[str], bool] = lambda _: True) -> Any:
    """Return the key of the highest cycle of a path.

    Arguments:
        directory: the directory as uproot has it.
        path: names with slashes in between, without cycle.
        wanted: says of a class whether it may be the key's.

    Raises:
        KeyError: there is none.
    """
    found = [k for k in _keys_of(directory, path) if wanted(k.fClassName)]
    if not found:
        raise KeyError(path)
    return max(found, key=lambda k: abs(k.fCycle))


def key_at(directory: Any, name: str) -> Any:
    """Return the key of a path and a cycle, ``path;cycle``.

    Raises:
        KeyError: there is none.
    """
    path, _, cycle = name.rpartition(";")
    for key in _keys_of(directory, path):
        if str(key.fCycle) == cycle:
            return key
    raise KeyError(name)


def tree_under(key: Any) -> Any:
    """Return the tree that a key is of, as uproot has it.

    Raises:
        UnsupportedError: it was compressed in a way that uproot does not know.
    """
    try:
        return key.get()
    except ValueError as error:
        if _NO_ALGORITHM not in str(error):
            raise
        msg = (
            f"{key.file.file_path}: tree {key.fName};{key.fCycle} was compressed by a ROOT of the "
            "1990s, which uproot does not read: `hadd -f505 new.root old.root` writes it anew"
        )
        raise UnsupportedError(msg) from error


def whole_tree_under(key: Any) -> Any:
    """Return the tree that a key is of with all that is attached to it, or without if need be.

    uproot leaves attachments out to begin with; to read them later is to read all branches anew.

    Raises:
        UnsupportedError: as `tree_under`.
    """
    options = key.file.options
    before = options["minimal_ttree_metadata"]
    options["minimal_ttree_metadata"] = False
    try:
        return tree_under(key)
    except UnsupportedError:
        raise
    except Exception:  # something attached is of a class that uproot has no model of
        options["minimal_ttree_metadata"] = True
        return tree_under(key)
    finally:
        options["minimal_ttree_metadata"] = before


def list_newest_first(directory: Any) -> None:
    """List newer cycles before older ones: ROOT takes the first key of a name."""
    data = directory._cascading._data
    place = {name: i for i, name in reversed(list(enumerate(data.key_names)))}
    keys = sorted(data._keys, key=lambda k: (place[k.name.string], -k.cycle))
    if keys != data._keys:
        data._keys[:] = keys
        data._file_dirty = True
        data.write(directory.file.sink)
