"""Files under way, with a title, which uproot writes without."""

from __future__ import annotations

import contextlib
from types import FunctionType
from typing import TYPE_CHECKING, Any

import uproot
from uproot.writing import _cascade

from rootae.rootio.streamers import PackedStreamers

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["recreate"]

_NONE = 32  # bytes of a record that names no class


@contextlib.contextmanager
def recreate(target: Any, title: str = "", **options: Any) -> Iterator[Any]:
    """Make a ROOT file, which is none before the block ends.

    Arguments:
        target, options: as of `uproot.recreate`.
        title: the file's title, none as of uproot.

    Returns:
        The uproot file under way, for `with`.
    """
    with _made(target, title, **options) as file:
        streamers = PackedStreamers.instead_of(file.file._cascading.streamers)
        yield file
        streamers.finish(file.file.sink)


def _made(target: Any, title: str, **options: Any) -> Any:
    plain = _cascade.create_empty
    _cascade.create_empty = _titled(plain, title)
    try:
        return uproot.recreate(target, initial_streamers_bytes=_NONE, **options)
    finally:
        _cascade.create_empty = plain


def _titled(plain: Any, title: str) -> FunctionType:
    """Return uproot's function that makes a file, for a title where it has none.

    The keys of the file's own lists get it too, as ROOT has it.
    """

    def text(location: Any, string: str) -> Any:
        return _cascade.String(location, string or title)

    made = FunctionType(plain.__code__, plain.__globals__ | {"String": text}, plain.__name__)
    made.__defaults__, made.__kwdefaults__ = plain.__defaults__, plain.__kwdefaults__
    return made
