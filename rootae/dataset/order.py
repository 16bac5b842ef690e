"""What is asked of a data set: which files, where to, and what to do with each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rootae.dataset import fileset
from rootae.dataset.layout import CODEC, Layout
from rootae.dataset.manifest import Manifest
from rootae.dataset.record import Record
from rootae.dataset.task import Piece
from rootae.errors import ArgumentError
from rootae.paths import leftovers
from rootae.paths.targets import identity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from rootae.dataset.member import Member

__all__ = ["Order"]


@dataclass
class Order:
    """One run over a data set, under way.

    Arguments:
        members: the inputs.
        layout: where their outputs go.
        manifest: of the folder of outputs.
        work: what is done to each, as in `rootae.dataset.task.Task`.
        resume: outputs that are as the manifest says are left as they are.
        force: outputs are replaced, whoever wrote them.
        options: further arguments of `work`.
        asked: what distinguishes this from other runs, as plain JSON values.
    """

    members: list[Member]
    layout: Layout
    manifest: Manifest
    work: Callable[..., Any]
    resume: bool
    force: bool
    options: dict[str, Any]
    asked: dict[str, Any]

    @classmethod
    def of(
        cls,
        members: Sequence[Member],
        folder: Path,
        work: Callable[..., Any],
        *,
        told: Mapping[str, Any],
        resume: bool = False,
        force: bool = False,
        options: dict[str, Any],
        asked: dict[str, Any],
    ) -> Order:
        """Look at the folder of outputs, and make it if it is not there.

        Raises:
            ArgumentError: outputs cannot go there.
        """
        layout = Layout(members, folder)
        found = Manifest.of(folder)
        if resume and found.base is not None:
            layout = Layout(members, folder, found.base)
        stranger = folder / fileset.NAME
        if identity(found.path) is None and identity(stranger) is not None and not force:
            msg = f"{stranger} is there, and no manifest: name another folder, or -f to replace it"
            raise ArgumentError(msg)
        folder.mkdir(parents=True, exist_ok=True)
        found.base = str(layout.base)
        found.datasets |= told
        return cls(list(members), layout, found, work, resume, force, options, asked)

    @property
    def codec_path(self) -> Path:
        """Where a codec that is trained for the data set is kept."""
        return self.layout.folder / CODEC

    def candidates(self) -> list[tuple[Piece, Path]]:
        """Return the files that may be done already, with what the manifest says of them."""
        key, found = self.manifest.asked(self.asked), []
        for member, (name, target) in zip(self.members, self._places(), strict=True):
            record = self.manifest.files.get(name)
            if self.resume and record is not None and record.is_done and target.exists():
                same = record.options == key and record.fname == member.whole
                found += [(Piece(member, record=record), target)] if same else []
        return found

    def claims(self, done: set[Path]) -> list[tuple[Piece, Path]]:
        """Return the files that are to be done, and take down that this run does them.

        Arguments:
            done: outputs that stay as they are.
        """
        key, found = self.manifest.asked(self.asked), []
        for number, (name, target) in enumerate(self._places()):
            if target in done:
                continue
            member, known = self.members[number], self.manifest.files.get(name)
            ours = self.resume and known is not None and known.run != ""
            free = self.force or ours or identity(target) is None
            stale = (known.run,) if ours and known is not None else ()
            found.append((Piece(member, force=free, stale=stale), target))
            if free:
                sets = self.layout.datasets[number]
                self.manifest.put(Record(member.whole, name, key, leftovers.token, sets))
        return found

    def settled(self, member: Member, name: str) -> Record:
        """Return the record of a file, one of nobody's if it was not claimed."""
        known = self.manifest.files.get(name)
        if known is not None and known.run == leftovers.token:
            return known
        return Record(member.whole, name, self.manifest.asked(self.asked))

    def coded_by(self, path: Path, codec: str) -> None:
        """Take a codec for all files."""
        self.options["codec"] = path
        self.asked = {**self.asked, "codec": codec}

    def _places(self) -> list[tuple[str, Path]]:
        return list(zip(self.layout.outputs, self.layout.targets, strict=True))
