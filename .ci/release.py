#!/usr/bin/env python
"""Say whether a release may be made: one version everywhere, and a changelog that has it.

    python .ci/release.py [vX.Y.Z]

Without a tag: the version of the package, of the decode core, of CITATION.cff and of the conda
recipe are one, and CHANGELOG.md begins with it. With a tag: it is that version's, and both the
changelog and CITATION.cff have the day. Exits with 1 and a line for each thing that is wrong.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACES = {  # where the version stands
    "rootae/__init__.py": r'^__version__ = "(.+)"$',
    "native/CMakeLists.txt": r"^project\(rootae VERSION (\S+)",
    "CITATION.cff": r'^version: "?([^"\n]+)"?$',
    "recipe/recipe.yaml": r'^  version: "?([^"\n]+)"?$',
}
HEADING = re.compile(r"^## \[(.+?)\](?: - (.+))?$", re.MULTILINE)
DAY = re.compile(r"\d{4}-\d\d-\d\d")
RELEASED = r"^date-released: (\S+)$"
UNRELEASED = "unreleased"


def found(root: Path, name: str, pattern: str) -> str | None:
    """Return what a file says, or None."""
    match = re.search(pattern, (root / name).read_text(), re.MULTILINE)
    return match[1] if match else None


def wrong(root: Path, tag: str | None) -> Iterator[str]:
    """Yield what keeps a release from being made.

    Arguments:
        root: the sources.
        tag: of the release, or None between releases.
    """
    version = found(root, *next(iter(PLACES.items())))
    for name, pattern in PLACES.items():
        if (there := found(root, name, pattern)) != version:
            yield f"{name}: version {there}, where rootae/__init__.py says {version}"
    headings = HEADING.findall((root / "CHANGELOG.md").read_text())
    yield from _misplaced(headings, version)
    if tag is None:
        return
    if tag != f"v{version}":
        yield f"tag {tag}: rootae/__init__.py says {version}, so it is to be v{version}"
    day = headings[0][1] if headings else ""
    if not DAY.fullmatch(day):
        yield f"CHANGELOG.md: [{version}] has no day: write ## [{version}] - YYYY-MM-DD"
    elif found(root, "CITATION.cff", RELEASED) != day:
        yield f"CITATION.cff: date-released is not {day}, the day that CHANGELOG.md has"


def _misplaced(headings: list[tuple[str, str]], version: str | None) -> Iterator[str]:
    """Yield what is wrong with the changelog's headings: the newest stands first, with its day."""
    if not headings or headings[0][0] != version:
        yield f"CHANGELOG.md: its first heading is not ## [{version}]"
    for name, day in headings:
        open_still = name == version and day == UNRELEASED
        if not (open_still or DAY.fullmatch(day)):
            yield f"CHANGELOG.md: [{name}] has no day: write ## [{name}] - YYYY-MM-DD"
    numbers = [_numbers(name) for name, _ in headings]
    if numbers != sorted(set(numbers), reverse=True):
        yield "CHANGELOG.md: versions do not descend, or one stands there twice"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(n) for n in re.findall(r"\d+", version))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("tag", nargs="?")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[1])
    asked = parser.parse_args()
    lines = list(wrong(asked.root, asked.tag))
    print(*lines, sep="\n", end="\n" if lines else "")
    raise SystemExit(bool(lines))


if __name__ == "__main__":
    main()
