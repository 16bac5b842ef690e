"""rootae: learned compression of ROOT columns, within bounds that the user chose.

`import rootae` is all that plain uproot needs to read compressed files, and PyROOT where the
plug-in for it is built; `rootae.open` reads them without that. Everything else is loaded when it is
first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from rootae.reader.hook import install
from rootae.rootio.plugin.loading import watch

if TYPE_CHECKING:
    from rootae.checks.values import verify
    from rootae.cli.console.bars import bars
    from rootae.codec.codec import Codec
    from rootae.container.container import read_codec
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
        WrongOriginal,
    )
    from rootae.evaluation.evaluate import evaluate
    from rootae.evaluation.families.compare import compare
    from rootae.operations.compress import compress
    from rootae.operations.decompress import decompress
    from rootae.operations.merge import merge
    from rootae.operations.rdataframe import rdataframe
    from rootae.operations.results import Report
    from rootae.operations.skim import skim
    from rootae.operations.train import train
    from rootae.reader.open import open_file as open  # noqa: A004  the name users expect
    from rootae.schema.bounds.bound import Bound

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
    "WrongOriginal",
    "__version__",
    "bars",
    "compare",
    "compress",
    "decompress",
    "evaluate",
    "merge",
    "open",
    "rdataframe",
    "read_codec",
    "skim",
    "train",
    "verify",
]

_HOMES = {
    "Bound": "schema.bounds.bound",
    "Codec": "codec.codec",
    "Report": "operations.results",
    "bars": "cli.console.bars",
    "compare": "evaluation.families.compare",
    "compress": "operations.compress",
    "decompress": "operations.decompress",
    "evaluate": "evaluation.evaluate",
    "merge": "operations.merge",
    "open": "reader.open",
    "rdataframe": "operations.rdataframe",
    "read_codec": "container.container",
    "skim": "operations.skim",
    "train": "operations.train",
    "verify": "checks.values",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        msg = f"module 'rootae' has no attribute {name!r}"
        raise AttributeError(msg)
    home = import_module(f"rootae.{_HOMES.get(name, 'errors')}")
    return getattr(home, "open_file" if name == "open" else name)


def __dir__() -> list[str]:
    return sorted(__all__)


install()
watch()
