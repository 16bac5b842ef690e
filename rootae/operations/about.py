"""What rootae is made of here: versions, and what decodes."""

from __future__ import annotations

import dataclasses
import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from rootae.codec import native
from rootae.codec.contexts.network import usable
from rootae.codec.threads import threads_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["About", "about"]

_PACKAGES = (
    *("rootae", "numpy", "awkward", "uproot", "pcodec", "cramjam", "onnxruntime"),
    *("onnx", "torch", "coffea", "ROOT"),
)


@dataclass(frozen=True)
class About:
    """What rootae is made of.

    Arguments:
        versions: by package, Python among them; those that are installed.
        decoder: ``native`` or ``python``.
        why: why it is not the native one; nothing if it is.
        threads: how many decode a file's blocks.
        device: where networks run.
    """

    versions: Mapping[str, str]
    decoder: str
    why: str
    threads: int
    device: str

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON's types."""
        return dataclasses.asdict(self)


def about() -> About:
    """Say which versions are installed, and what decodes how.

    Raises:
        ArgumentError: an environment variable of rootae's has no such value.
        MissingDependency: one asks for what is not there.

    Example:
        >>> about().decoder in ("native", "python")
        True
    """
    device, is_native = usable(), native.is_used()
    why = ""
    if device != "cpu":
        why = f"networks run on {device}"
    elif native.core() is None:
        why = "the native decoder was not built: no C++ compiler was at hand"
    elif not is_native:
        why = f"{native.VARIABLE} says so"
    decoder = "python" if why else "native"
    return About(_versions(), decoder, why, threads_of(), device)


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
