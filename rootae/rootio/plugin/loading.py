"""The plug-in loaded beside PyROOT, where it is built already.

Importing rootae compiles nothing and starts nothing of ROOT's: the plug-in is loaded as PyROOT
starts its interpreter, which `import ROOT` puts off until something of ROOT's is asked for. That is
when Python imports cppyy; so this import is looked for, and nothing of ROOT's is changed.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
import warnings
from importlib.abc import Loader, MetaPathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootae.rootio.plugin.cache import newest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

__all__ = ["VARIABLE", "leave", "load", "watch"]

VARIABLE = "ROOTAE_PLUGIN"  # "off": not loaded by itself
_BACKEND = "cppyy"  # what PyROOT starts the interpreter by


def watch() -> None:
    """Load the plug-in now if PyROOT runs, or else as it starts."""
    if os.environ.get(VARIABLE, "").lower() in ("off", "0"):
        return
    if _BACKEND in sys.modules:
        _load_built(sys.modules[_BACKEND])
    elif not any(isinstance(finder, _Watch) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Watch())


def leave() -> None:
    """Load nothing as PyROOT starts: for processes that see files as they are stored."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, _Watch)]


def load(path: Path) -> None:
    """Load a plug-in into this process, in which ROOT runs.

    Raises:
        OSError: it cannot be loaded.
    """
    ctypes.CDLL(str(path), mode=ctypes.RTLD_GLOBAL)


def _load_built(backend: Any) -> None:
    """Load the plug-in that was built for the ROOT that runs here, if there is one."""
    if "ROOT" not in sys.modules:  # cppyy without ROOT
        return
    root = backend.gbl.ROOT.GetROOT()
    version = str(root.GetVersion()).replace("/", ".")
    path = newest(version, Path(str(backend.gbl.TROOT.GetLibDir())))
    if path is not None:
        try:
            load(path)
        except OSError as error:
            warnings.warn(f"{path}: ROOT's plug-in cannot be loaded: {error}", stacklevel=2)


class _Watch(MetaPathFinder):
    """Waits for PyROOT to start its interpreter."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Leave all modules to others, but follow the one."""
        del path, target
        if name != _BACKEND:
            return None
        leave()
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            spec.loader = _Followed(spec.loader)
        return spec


class _Followed(Loader):
    """Loads a module as another loader does, and then the plug-in."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Leave it to the other one."""
        made: ModuleType | None = self._loader.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        """Run the module."""
        self._loader.exec_module(module)
        _load_built(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)
