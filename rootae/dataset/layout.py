"""Where outputs go: under one folder, as inputs lie under theirs."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from rootae.dataset import fileset, manifest
from rootae.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rootae.dataset.member import Member

__all__ = ["CODEC", "Layout"]

CODEC = "codec.rootae"  # not .root: whoever takes *.root of the folder means data
_OURS = {CODEC, fileset.NAME, manifest.NAME}


class Layout:
    """Each input's place under a folder of outputs.

    Arguments:
        members: the inputs.
        folder: of outputs; it need not be there.
        base: the folder that inputs lie under, if that was settled before.
        twins: the outputs are not written but read.

    Raises:
        ArgumentError: two inputs would have one output, or an output would be an input.

    Example:
        >>> from rootae.dataset.member import Member
        >>> layout = Layout([Member("/d/a/x.root"), Member("/d/b/x.root")], Path("/o"))
        >>> [str(t) for t in layout.targets], layout.datasets
        (['/o/a/x.root', '/o/b/x.root'], [('a',), ('b',)])
    """

    def __init__(
        self,
        members: Sequence[Member],
        folder: Path,
        base: str | None = None,
        *,
        twins: bool = False,
    ) -> None:
        self.folder = folder
        files = [Path(os.path.normpath(Path(m.file).absolute())) for m in members]
        settled = base is not None and all(f.is_relative_to(base) for f in files)
        self.base = Path(base) if base and settled else _common(files)
        self.outputs = [f.relative_to(self.base).as_posix() for f in files]
        self.targets = [folder / name for name in self.outputs]
        self.datasets = [
            m.datasets or (self._dataset(f),) for m, f in zip(members, files, strict=True)
        ]
        if not twins:
            self._refuse([Path(m.file) for m in members])

    def _dataset(self, file: Path) -> str:
        """Name the data set of a file that no fileset names: the folder that it lies in."""
        inner = file.parent.relative_to(self.base).as_posix()
        return self.base.name or "dataset" if inner == "." else inner

    def _refuse(self, files: Sequence[Path]) -> None:
        if self.folder.exists() and not self.folder.is_dir():
            msg = f"-O {self.folder} is a file: name a directory"
            raise ArgumentError(msg)
        for target, times in Counter(self.targets).items():
            if times > 1:
                msg = f"two inputs would both be written to {target}: give them different names"
                raise ArgumentError(msg)
        for name in _OURS.intersection(self.outputs):
            msg = f"an output would have the name {name}, which rootae takes: rename the input"
            raise ArgumentError(msg)
        there = {(s.st_dev, s.st_ino): p for p in files if p.exists() and (s := p.stat())}
        for target in self.targets:
            found = target.stat() if target.exists() else None
            if found is not None and (found.st_dev, found.st_ino) in there:
                source = there[found.st_dev, found.st_ino]
                msg = f"output and input are the same file {source}: choose another folder"
                raise ArgumentError(msg)


def _common(files: Sequence[Path]) -> Path:
    return Path(os.path.commonpath([f.parent for f in files]))
