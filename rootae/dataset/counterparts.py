"""The originals of compressed files: by a manifest, or in another folder of the same layout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rootae.dataset.held import Held
from rootae.dataset.layout import Layout
from rootae.dataset.manifest import NAME, Manifest
from rootae.errors import ArgumentError
from rootae.rootio.opening import split_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rootae.dataset.member import Member

__all__ = ["counterparts", "held_pairs"]


def counterparts(members: Sequence[Member], against: str | Path | None) -> list[str | None]:
    """Return the original of each file, or None where nobody names one.

    Arguments:
        members: the files.
        against: the original of an only file, a folder where originals lie as the files do, or
            the manifest of a run that made the files; by default the originals of those files
            that a manifest named.

    Raises:
        ArgumentError: it is not clear which file is which one's original.
    """
    if against is None:
        return [m.original for m in members]
    path = Path(against)
    if path.name == NAME:
        return _by_manifest(members, Manifest.read(path))
    if path.is_dir():
        return [str(target) for target in Layout(members, path, twins=True).targets]
    if len(members) > 1:
        msg = f"--against {path} is one file: for {len(members)} files name a folder or {NAME}"
        raise ArgumentError(msg)
    return [str(path)]


def held_pairs(
    members: Sequence[Member], against: str | Path | None, *, needed: bool = False
) -> tuple[list[Held], list[str]]:
    """Return each file with its original, and the files whose originals are not there any more.

    The latter have none then. What the user named, or what is needed, has to be there.

    Arguments:
        members, against: as in `counterparts`.
        needed: each file has to have an original.

    Raises:
        ArgumentError: it is not clear which file is which one's original.
    """
    pairs = zip(members, counterparts(members, against), strict=True)
    found = [Held(m.file, original) for m, original in pairs]
    unknown = [h.file for h in found if h.original is None]
    if needed and unknown:
        msg = f"the original of {unknown[0]} is not known: name --against, a folder or {NAME}"
        raise ArgumentError(msg)
    if needed or against is not None:
        return found, []
    lost = [h.file for h in found if h.original is not None and not Path(h.original).exists()]
    return [Held(h.file) if h.file in lost else h for h in found], lost


def _by_manifest(members: Sequence[Member], made: Manifest) -> list[str | None]:
    found: list[str | None] = []
    known = {(made.folder / r.output).resolve(): r.fname for r in made.files.values() if r.is_done}
    for member in members:
        name = known.get(Path(member.file).resolve())
        if name is None:
            msg = f"{made.path} knows nothing of {member.file}: name its original itself"
            raise ArgumentError(msg)
        found.append(split_path(name)[0])
    return found
