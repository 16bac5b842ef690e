#!/usr/bin/env python
"""A short set of tests with the oldest and with the newest packages that rootae takes.

    python .ci/matrix.py OUT.csv [--wheel FILE] [--oldest PYTHON] [--newest PYTHON]

Both ends install the wheel, built here or given, into an empty environment of their own under
build/matrix: the oldest with the lower limits of pyproject.toml, the newest with what the package
index has within the upper ones. A row an end goes to OUT.csv: versions, and how many tests passed,
failed and were skipped.
Exits with 1 if one failed.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "matrix"
ALONE = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}  # else the sources are found
NEEDED = ("hypothesis", "pytest", "scipy")  # what tests import besides
TESTS = (  # what leans on other packages: files and arrays, networks, streams, the command line
    "tests/promises/test_promises.py",
    "tests/promises/test_vectors.py",
    "tests/codec",
    "tests/reader",
    "tests/rootio",
    "tests/cli/test_cli.py",
)
VERSIONS = """
import json, platform
from importlib.metadata import version
from rootae.operations.about import about
import rootae
names = {names}
found = {{"python": platform.python_version()}} | {{n: version(n) for n in names}}
print(json.dumps(found | {{"decoder": about().decoder, "from": rootae.__file__}}))
"""


def needs() -> dict[str, str]:
    """Return the lower limit of each package that rootae needs."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        lines = tomllib.load(file)["project"]["dependencies"]
    return dict(re.findall(r"^([\w-]+)>=([\w.]+)", "\n".join(lines), re.MULTILINE))


def run(*command: str | Path) -> str:
    """Run a command in the sources; return what it prints."""
    done = subprocess.run(
        command, cwd=ROOT, env=ALONE, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def wheel() -> Path:
    """Build the wheel."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", FOLDER, ".")
    return next(FOLDER.glob("*.whl"))


def row(end: str, python: str, package: Path, pins: Mapping[str, str]) -> dict[str, str]:
    """Test one end; return its row.

    Arguments:
        end: its name.
        python: by which its environment is made.
        package: the wheel.
        pins: versions of packages, of all that are not to be the newest.

    Raises:
        SystemExit: the tests would not be of the wheel that was installed.
    """
    place = FOLDER / end
    run(python, "-m", "venv", "--clear", place)
    wanted = [f"{name}=={version}" for name, version in pins.items()]
    run(place / "bin" / "pip", "install", "-q", package, *wanted, *NEEDED)
    names = sorted(needs())
    found = json.loads(run(place / "bin" / "python", "-I", "-c", VERSIONS.format(names=names)))
    if not Path(found.pop("from")).is_relative_to(place):
        msg = f"{end}: rootae is not imported from {place}"
        raise SystemExit(msg)
    report = FOLDER / f"{end}.xml"
    options = (
        "-q",
        "-W",
        "default",
        "-m",
        "not slow",
        "-p",
        "no:cacheprovider",
        f"--junitxml={report}",
    )
    subprocess.run([place / "bin" / "pytest", *options, *TESTS], cwd=ROOT, env=ALONE, check=False)
    return {"end": end, **found, **counted(report)}


def counted(report: Path) -> dict[str, str]:
    """Return how many tests passed, failed and were skipped, from pytest's own report."""
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
    total, *others = (
        sum(int(s.get(kind, 0)) for s in suites)
        for kind in ("tests", "failures", "errors", "skipped")
    )
    failed, broken, skipped = others
    passed = total - failed - broken - skipped
    numbers = {"passed": passed, "failed": failed + broken, "skipped": skipped}
    return {name: str(n) for name, n in numbers.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--wheel", type=Path)
    parser.add_argument("--oldest", metavar="PYTHON", default=sys.executable)
    parser.add_argument("--newest", metavar="PYTHON", default=sys.executable)
    asked = parser.parse_args()
    package = asked.wheel.resolve() if asked.wheel else wheel()
    rows = [
        row("oldest", asked.oldest, package, needs()),
        row("newest", asked.newest, package, {}),
    ]
    with asked.out.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    raise SystemExit(any(r["failed"] != "0" for r in rows))


if __name__ == "__main__":
    main()
