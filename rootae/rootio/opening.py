"""ROOT files as uproot opens them, whatever files were opened before."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import uproot
from uproot.model import DispatchByVersion

from rootae.rootio.local_source import POSSIBLE, LocalSource

__all__ = ["open_root", "put_models_back", "split_path"]

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
    return uproot.open(path, **_local(path) | options)


def _local(path: Any) -> dict[str, Any]:
    """Have a local file read by `LocalSource`: uproot's own takes longer for a small piece."""
    named = isinstance(path, str | Path) and Path(split_path(str(path))[0]).is_file()
    return {"handler": LocalSource} if named and POSSIBLE else {}


def split_path(text: str) -> tuple[str, str | None]:
    """Split ``file.root:tree`` into the file and the tree.

    Example:
        >>> split_path("in.root:Events")
        ('in.root', 'Events')
        >>> split_path("root://host:1094//in.root:Events")
        ('root://host:1094//in.root', 'Events')
    """
    if Path(text).exists():
        return text, None
    edges = [i for i, letter in enumerate(text) if letter == ":" and i]
    for at in edges:  # names of files and of trees may have colons, too
        if Path(text[:at]).is_file():
            return text[:at], text[at + 1 :]
    begin, end = _path_of_url(text), ".root:"
    at = text.find(end, begin) + len(end) - 1 if end in text[begin:] else text.rfind(":", begin)
    return (text[:at], text[at + 1 :]) if at > 0 else (text, None)


def _path_of_url(text: str) -> int:
    """Return where the path begins, behind a URL's scheme, host and port."""
    _, mark, rest = text.rpartition("://")
    return len(text) - len(rest) + (rest + "/").index("/") if mark else 0


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
