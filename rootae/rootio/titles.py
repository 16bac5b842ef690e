"""Files under way, with a title, which uproot writes without."""

from __future__ import annotations

from types import FunctionType
from typing import Any

import uproot
from uproot.writing import _cascade

__all__ = ["recreate"]


def recreate(target: Any, title: str = "", **options: Any) -> Any:
    """Make a ROOT file.

    Arguments:
        target, options: as of `uproot.recreate`.
        title: the file's title, none as of uproot.

    Returns:
        The uproot file under way.
    """
    plain = _cascade.create_empty
    _cascade.create_empty = _titled(plain, title)
    try:
        return uproot.recreate(target, **options)
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
