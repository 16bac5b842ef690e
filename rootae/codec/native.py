"""The native core, where it was built.

`ROOTAE_DECODER` chooses: ``native`` insists on it, ``python`` does without; nothing takes it where
it is there.
"""

from __future__ import annotations

import functools
import os
from importlib import import_module
from typing import Any

from rootae.errors import ArgumentError, MissingDependency

__all__ = ["VARIABLE", "core", "is_used"]

VARIABLE = "ROOTAE_DECODER"


@functools.cache
def core() -> Any | None:
    """Return the core's module, None where it was not built."""
    try:
        return import_module("rootae._native")
    except ImportError:
        return None


def is_used() -> bool:
    """Say whether blocks are decoded by the core.

    Raises:
        ArgumentError: ``ROOTAE_DECODER`` is neither ``native`` nor ``python``.
        MissingDependency: it insists on the core, which was not built.
    """
    wanted = os.environ.get(VARIABLE, "")
    if wanted not in {"", "native", "python"}:
        msg = f"{VARIABLE} is {wanted!r}: set it to native or python, or not at all"
        raise ArgumentError(msg)
    if wanted == "native" and core() is None:
        msg = (
            f"{VARIABLE} asks for the native decoder, which was not built: install rootae from a "
            "wheel, or anew where there is a C++ compiler"
        )
        raise MissingDependency(msg)
    return wanted != "python" and core() is not None
