"""What a file lists: everything but rootae's own directory, which is reached by its name."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from uproot.reading import ReadOnlyDirectory

from rootae.container.side_tree import CODECS, DIRECTORY, FILES, NOTICE

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["has_own", "holds", "is_empty", "leave_out"]

_DIRECTORIES = ("TDirectory", "TDirectoryFile")


class _Listed(list[Any]):
    """The keys of a file's top directory, of which loops see all but rootae's own directory.

    uproot finds a key of a name by its place, and these stay.
    """

    @functools.cached_property
    def own(self) -> list[Any]:
        """Return the keys of rootae's directory; of another one of that name there is none."""
        return [k for k in super().__iter__() if _is_own(k)]

    def __iter__(self) -> Iterator[Any]:
        return (k for k in super().__iter__() if k not in self.own)

    def __len__(self) -> int:
        return super().__len__() - len(self.own)

    def __reduce__(self) -> tuple[Any, ...]:
        return _Listed, (list(super().__iter__()),)


def _is_own(key: Any) -> bool:
    if key.fName != DIRECTORY or key.fClassName not in _DIRECTORIES:
        return False
    return key.fTitle == NOTICE or _is_told(key)


def _is_told(key: Any) -> bool:
    """Say whether a directory of another title holds what rootae's holds."""
    try:
        there = {(k.fName, k.fClassName) for k in key.get()._keys}
    except Exception:  # a damaged one is shown, and says so itself
        return False
    wanted = (path.removeprefix(f"{DIRECTORY}/") for path in (CODECS, FILES))
    return all((name, "TTree") in there for name in wanted)


def holds(directory: Any, name: str) -> bool:
    """Say whether a directory has something of a name, listed or not."""
    return name in directory._keys_lookup


def is_empty(top: Any) -> bool:
    """Say whether a file, given its top directory, holds nothing at all."""
    return not top._keys_lookup


def has_own(top: Any) -> bool:
    """Say whether a file, given its top directory, holds what rootae wrote."""
    return isinstance(top._keys, _Listed) and bool(top._keys.own)


def leave_out() -> None:
    """Make uproot's directories leave rootae's own out of what they list."""
    hook, contains = ReadOnlyDirectory.hook_after_keys, ReadOnlyDirectory.__contains__

    def listed(self: Any, **options: Any) -> None:
        hook(self, **options)
        if not self.path and DIRECTORY in self._keys_lookup:
            self._keys = _Listed(self._keys)

    def found(self: Any, where: Any) -> bool:
        first = str(where).strip("/").partition("/")[0].partition(";")[0]
        hidden = first == DIRECTORY and has_own(self)
        return not hidden and bool(contains(self, where))

    ReadOnlyDirectory.hook_after_keys = listed
    ReadOnlyDirectory.__contains__ = found
