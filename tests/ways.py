"""Files sent there and back: compressed and decompressed by each backend, and held against ROOT."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from leaves import compare

import rootae

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

BACKENDS = ("uproot", "root")
ADDED = "count the elements"  # branches that stand for the lengths of vectors
LEFT = ": left out, an autosave"
ANOTHER = "an RNTuple, written as a TTree"
WORDS = {  # of notes about what a tree has beside branches
    "class and title": ["its class", "its title"],
    "class of the tree": ["its class"],
    "name and title of the tree": ["its title"],
    "leaves in order": ["order of leaves", "became leaf", ADDED],
    "branches in order": [ADDED],
    "weight": ["its weight"],
    "alias": ["aliases"],
    "user information": ["user information"],
    "friend": ["friends"],
    "index": ["index"],
}
STOPPED, COPIED, CODED = "stopped with names", "copied byte for byte", "came back"


@dataclass
class Way:
    """What came of one file on one way.

    Arguments:
        path: the original.
        there, back: who compressed, and who decompressed; empty where it did not come to that.
        outcome: stopped, copied, or came back.
        said: notes of both runs, or why it stopped.
        again: what came back.
        lost: differences that no note names.
        named: differences that a note names.
    """

    path: Path
    there: str
    back: str
    outcome: str
    said: list[str] = field(default_factory=list)
    again: Path | None = None
    lost: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return " -> ".join(filter(None, (self.there, self.back)))


def codec_of(path: Path, folder: Path) -> Path | None:
    """Return a codec for a file, so that its small trees are coded too; None without numbers."""
    codec = folder / "codec.root"
    try:
        rootae.train([path], codec, family="plain", force=True)
    except rootae.RootaeError:
        return None
    return codec


def sent(
    path: Path, folder: Path, there: Sequence[str] = BACKENDS, back: Sequence[str] = BACKENDS
) -> list[Way]:
    """Compress a file and decompress it again: each way that it can go."""
    codec, found = codec_of(path, folder), []
    for backend in there:
        small = folder / f"{path.stem}.{backend}.root"
        options: dict[str, Any] = {"family": "plain", "backend": backend, "codec": codec}
        try:
            report = rootae.compress(path, small, **options)
        except rootae.RootaeError as error:
            found.append(Way(path, backend, "", STOPPED, [str(error)]))
            continue
        if report.codec is None and small.read_bytes() == path.read_bytes():
            found.append(Way(path, backend, "", COPIED, list(report.notes)))
        else:
            found += [_returned(path, small, backend, other, report) for other in back]
    return found


def _returned(path: Path, small: Path, there: str, back: str, report: rootae.Report) -> Way:
    again = small.with_suffix(f".{back}.root")
    try:
        returned = rootae.decompress(small, again, backend=back)
    except rootae.RootaeError as error:
        return Way(path, there, back, STOPPED, [str(error)])
    return Way(path, there, back, CODED, [*report.notes, *returned.notes], again)


def held(ways: list[Way]) -> list[Way]:
    """Hold whatever came back against its original, with one process of ROOT for all."""
    back = [(way, way.again) for way in ways if way.again is not None]
    found = compare(*[(way.path, again) for way, again in back], most=10**6)
    for (way, _), lines in zip(back, found, strict=True):
        way.named = [line for line in lines if is_named(line, way.said)]
        way.lost = [line for line in lines if line not in way.named]
    return ways


def is_named(line: str, notes: Sequence[str]) -> bool:
    """Say whether a note names what differs: the tree and what of it, or the tree and the branch.

    A note of many branches ends with how many more there are, and means them all. What was an
    RNTuple is another thing altogether, whose values were held against it on the way.
    """
    subject, _, what = line.partition(": ")
    what = what.partition(": ")[0]
    tree, _, rest = subject.partition(";")
    branch = rest.partition(":")[2]
    left = [note.partition(LEFT)[0] for note in notes if LEFT in note]
    if f"{tree}: {ANOTHER}" in notes or (left and what == "keys in order"):
        return True
    if any(subject == key or subject.startswith(f"{key}:") for key in left):
        return True
    words = [branch, " more"] if branch else WORDS.get(what, [])
    return any(tree in note and any(word in note for word in words) for note in notes)
