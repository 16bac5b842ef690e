"""Where training stands, in a file that holds arrays and JSON, never pickled objects."""

from __future__ import annotations

import json
import time
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from rootae.errors import ArgumentError, CorruptError
from rootae.paths import leftovers
from rootae.paths.regular import regular
from rootae.paths.targets import Output

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

__all__ = ["Checkpoint", "State"]

_SECONDS = 30.0  # between two checkpoints of a phase
_META = "meta"


@dataclass
class State:
    """Everything that training needs to go on as if it had not stopped.

    Arguments:
        meta: JSON values: phase, step and the like.
        tensors: weights, states of optimisers and generators, by dotted names.
    """

    meta: dict[str, Any] = field(default_factory=dict)
    tensors: dict[str, Tensor] = field(default_factory=dict)

    def put(self, prefix: str, tensors: Mapping[str, Tensor]) -> None:
        """Add tensors under a prefix; they are copied to the CPU."""
        for name, tensor in tensors.items():
            self.tensors[f"{prefix}/{name}"] = tensor.detach().cpu().clone()

    def take(self, prefix: str) -> dict[str, Tensor]:
        """Return the tensors under a prefix."""
        start = f"{prefix}/"
        return {k.removeprefix(start): v for k, v in self.tensors.items() if k.startswith(start)}


class Checkpoint:
    """One training run's file of states.

    Arguments:
        path: an ``.npz`` file.
        identity: what tells this run from others: options and a digest of the data, JSON values.
        resume: go on from the file if it is there; otherwise it must not be there.

    Raises:
        ArgumentError: the file is there and may not be, or belongs to another run.
        CorruptError: it cannot be read.
    """

    def __init__(self, path: Path, identity: Mapping[str, Any], *, resume: bool) -> None:
        self.path = path
        self._output = Output(path)
        if resume:  # what a run left behind that was killed while it saved
            leftovers.remove(path, "")
        self._identity = dict(identity)
        self._written = time.monotonic()
        if path.exists() and not resume:
            msg = f"{path} is there from an earlier run: use --resume to go on, or remove it"
            raise ArgumentError(msg)
        self.state = self._read() if path.exists() else None

    @property
    def is_due(self) -> bool:
        """Say whether it is time to save again."""
        return time.monotonic() - self._written >= _SECONDS

    def save(self, state: State) -> None:
        """Replace the file as a whole, so that a kill leaves the old state or the new one."""
        meta = json.dumps({"identity": self._identity, "state": state.meta})
        arrays = {k: v.numpy() for k, v in state.tensors.items()}
        arrays[_META] = np.frombuffer(meta.encode(), np.uint8)
        with self._output.atomic() as part, part.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        self._written = time.monotonic()

    def _read(self) -> State:
        try:
            with np.load(regular(self.path), allow_pickle=False) as file:
                arrays = {k: file[k] for k in file.files}
            meta = json.loads(arrays.pop(_META).tobytes())
            found, state = dict(meta["identity"]), dict(meta["state"])
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            msg = f"{self.path} is no checkpoint of rootae's, or it is damaged: remove it"
            raise CorruptError(msg) from error
        self._refuse_another(found)
        return State(state, {k: torch.from_numpy(v) for k, v in arrays.items()})

    def _refuse_another(self, found: dict[str, Any]) -> None:
        mine = json.loads(json.dumps(self._identity))
        for name in sorted({*found, *mine}):
            if found.get(name) != mine.get(name):
                msg = (
                    f"{self.path} belongs to another run: its {name} is {found.get(name)}, here "
                    f"it is {mine.get(name)}: give the same files and options, or another folder"
                )
                raise ArgumentError(msg)
