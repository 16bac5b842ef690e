"""ROOT files as uproot opens them, whatever files were opened before."""

from __future__ import annotations

import sys
from typing import Any

import uproot
from uproot.model import DispatchByVersion

__all__ = ["open_root", "put_models_back"]

_BUILT_IN = "uproot.models."


def open_root(path: Any, **options: Any) -> Any:
    """Open a file with `uproot.open`, with uproot's own models of ROOT's classes in place.

    Arguments:
        path: what `uproot.open` takes.
        options: passed on to it.

    Returns:
        The file, or the object if one was named.

    Raises:
        Exception: whatever `uproot.open` raises.
    """
    put_models_back()
    return uproot.open(path, **options)


def put_models_back() -> None:
    """Give uproot its own models of ROOT's classes again, where a file had them replaced.

    A damaged version number makes uproot 5.7 build a model from the file's own streamers and keep
    it, for all files to come, in place of its own: sound files then fail with an AttributeError.
    """
    for model in list(uproot.classes.values()):
        if model.__module__.startswith(_BUILT_IN) and issubclass(model, DispatchByVersion):
            module = sys.modules[model.__module__]
            for version, known in list(model.known_versions.items()):
                own = getattr(module, f"{model.__name__}_v{version}", known)
                model.known_versions[version] = own
