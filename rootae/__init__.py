"""rootae: learned compression of ROOT columns, within bounds that the user chose.

`import rootae` is all that plain uproot needs to read compressed files; `rootae.open` reads them
without that. Everything else is loaded when it is first used.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from rootae.hook import install

if TYPE_CHECKING:
    from rootae.bounds import Bound
    from rootae.codec import Codec
    from rootae.compress import compress
    from rootae.decompress import decompress
    from rootae.errors import (
        ArgumentError,
        BoundError,
        CorruptError,
        FormatError,
        MissingDependency,
        NameNotFound,
        RootaeError,
        UnreadableError,
        UnsupportedError,
    )
    from rootae.merge import merge
    from rootae.rdataframe import rdataframe
    from rootae.reader import open_file as open  # noqa: A004  the name users expect
    from rootae.report.evaluate import evaluate
    from rootae.skim import skim
    from rootae.summary import Report
    from rootae.training import train
    from rootae.verify import verify

__version__ = "0.1.0"

__all__ = [
    "ArgumentError",
    "Bound",
    "BoundError",
    "Codec",
    "CorruptError",
    "FormatError",
    "MissingDependency",
    "NameNotFound",
    "Report",
    "RootaeError",
    "UnreadableError",
    "UnsupportedError",
    "__version__",
    "compress",
    "decompress",
    "evaluate",
    "merge",
    "open",
    "rdataframe",
    "skim",
    "train",
    "verify",
]

_HOMES = {
    "Bound": "bounds",
    "Codec": "codec",
    "Report": "summary",
    "compress": "compress",
    "decompress": "decompress",
    "evaluate": "report.evaluate",
    "merge": "merge",
    "open": "reader",
    "rdataframe": "rdataframe",
    "skim": "skim",
    "train": "training",
    "verify": "verify",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        msg = f"module 'rootae' has no attribute {name!r}"
        raise AttributeError(msg)
    home = import_module(f"rootae.{_HOMES.get(name, 'errors')}")
    return getattr(home, "open_file" if name == "open" else name)


def __dir__() -> list[str]:
    return sorted(__all__)


class _FrontDoor(ModuleType):
    """The package itself: importing `rootae.train` must not hide the function `train`."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in __all__ or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _FrontDoor
install()
