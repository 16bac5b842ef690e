"""Where networks run: what may be asked for, and what that comes to on this machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from rootae.errors import MissingDependency, NameNotFound

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CPU", "CUDA", "DEVICES", "VARIABLE", "chosen", "settled"]

CPU, CUDA, AUTO = "cpu", "cuda", "auto"
DEVICES = (CPU, CUDA, AUTO)
VARIABLE = "ROOTAE_DEVICE"  # for reading through plain uproot, which takes no option of rootae's


def chosen(device: str | None = None) -> str:
    """Return the device that is asked for: by name, else by the environment, else the CPU.

    Arguments:
        device: ``cpu``, ``cuda`` or ``auto``; None for what ``ROOTAE_DEVICE`` says.

    Raises:
        NameNotFound: there is no such device.

    Example:
        >>> chosen("auto")
        'auto'
    """
    named = device is not None
    name = device if device is not None else os.environ.get(VARIABLE) or CPU
    if name not in DEVICES:
        raise NameNotFound(name, DEVICES, "rootae" if named else VARIABLE, "device")
    return name


def settled(device: str | None, trouble: Callable[[], str]) -> str:
    """Turn what is asked for into ``cpu`` or ``cuda``.

    Arguments:
        device: as in `chosen`.
        trouble: says why CUDA cannot be used, or nothing if it can; not called for the CPU.

    Raises:
        NameNotFound: there is no such device.
        MissingDependency: CUDA is asked for and cannot be used.

    Example:
        >>> settled("auto", lambda: "no GPU")
        'cpu'
    """
    name = chosen(device)
    if name == CPU:
        return CPU
    reason = trouble()
    if reason and name == CUDA:
        msg = f"device cuda cannot be used: {reason}; or take device cpu, or auto, which falls back"
        raise MissingDependency(msg)
    return CPU if reason else CUDA
