"""Two files held against each other by ROOT: what it reads of one that it does not of the other.

ROOT runs in a process of its own, one for many files; rootae only starts it, and neither it nor
uproot reads anything of them. What differs is said in short lines: a subject
(``dir/tree;1:branch``) and what of it.
"""

from __future__ import annotations

import itertools
import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from rooted import SERVER

from rootae.rootio.process.worker import root_with

KERNELS = Path(__file__).with_suffix(".cxx")
Told = dict[tuple[str, str], list[str]]  # values by subject and property
FIELD, RECORD = "\x1f", "\x1e"
MOST = 6  # lines of one kind


def told(*paths: str | Path) -> list[Told | None]:
    """Return what ROOT says of files: for each, values by subject and property, None if it fails.

    A file that ends ROOT's process is None too, and those after it are read by another process.
    """
    with tempfile.TemporaryDirectory() as folder:
        targets = [Path(folder) / str(i) for i in range(len(paths))]
        left = list(zip(map(str, paths), targets, strict=True))
        while left:
            _run([text for path, target in left for text in (path, str(target))])
            unread = [i for i, (_, target) in enumerate(left) if not target.exists()]
            left = left[unread[0] + 1 :] if unread else []
        return [_parsed(target) if target.exists() else None for target in targets]


def _run(arguments: list[str]) -> None:
    done = SERVER.run(__name__, json.dumps(arguments))
    if done is None or "cannot compile" in done.stderr:
        raise OSError(done and done.stderr)


def _parsed(target: Path) -> Told:
    found = defaultdict(list)
    for record in target.read_bytes().decode(errors="surrogateescape").split(RECORD)[:-1]:
        subject, name, value = record.split(FIELD)
        found[subject, name].append(value)
    return dict(found)


def differences(before: Told | None, after: Told | None, most: int = MOST) -> list[str]:
    """Return what differs between two files that `told` gave, a line each, few of a kind."""
    if before is None or after is None:
        return [f"ROOT cannot read what was {'before' if before is None else 'after'}"]
    lines = defaultdict(list)
    for key in before | after:
        told_apart = _difference(before.get(key, []), after.get(key, []))
        if told_apart:
            lines[key[1]].append(f"{key[0]}: {key[1]}: {told_apart}")
    return [line for name, found in lines.items() for line in _capped(name, found, most)]


def _capped(name: str, lines: list[str], most: int) -> list[str]:
    more = [f"... and {len(lines) - most} more: {name}"] if len(lines) > most else []
    return lines[:most] + more


def _difference(before: list[str], after: list[str]) -> str:
    """Say what became of values; what ROOT could not read before has nothing to be held against."""
    for a, b in itertools.zip_longest(before, after, fillvalue="nothing"):
        if a != "unreadable" and not set(a.split("\n")) & set(b.split("\n")):
            return f"{_short(a)} became {_short(b)}{_where(a, b)}"
    return ""


def _short(value: str, most: int = 160) -> str:
    text = value.split("\n")[0].split(" bytes: ")[0]
    return text if len(text) <= most else text[:most] + "..."


def _where(a: str, b: str) -> str:
    """Say in which sixteenths of the entries checksums differ."""
    parts = [v.split("\n")[0].partition(" bytes: ")[2].split() for v in (a, b)]
    wrong = [i for i, (x, y) in enumerate(zip(*parts, strict=False)) if x != y]
    return f" (sixteenths {wrong[0]} to {wrong[-1]} of the entries)" if wrong else ""


def compare(*pairs: tuple[Path, Path], most: int = MOST) -> list[list[str]]:
    """Return the differences of each pair of files; a file of several pairs is read once."""
    paths = list(dict.fromkeys(str(path) for pair in pairs for path in pair))
    known = dict(zip(paths, told(*paths), strict=True))
    return [differences(known[str(a)], known[str(b)], most) for a, b in pairs]


def prepare(_times: int) -> None:
    """Compile what reads files."""
    root_with(KERNELS)


def main() -> None:
    """Be the process that ROOT runs in: files and targets in turn."""
    root, arguments = root_with(KERNELS), json.loads(sys.stdin.read())
    root.gErrorIgnoreLevel = root.kFatal
    for path, target in zip(arguments[::2], arguments[1::2], strict=True):
        root.leaves.tell(path, target)
