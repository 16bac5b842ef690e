"""A release is of one version, which every file that names it has, and of one day."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest
from samples import PROJECT

import rootae

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import CompletedProcess

CHECK = PROJECT / ".ci" / "release.py"
FILES = (
    "rootae/__init__.py",
    "native/CMakeLists.txt",
    "CITATION.cff",
    "recipe/recipe.yaml",
    "CHANGELOG.md",
)


def check(root: Path, *tag: str) -> CompletedProcess[str]:
    command = [sys.executable, str(CHECK), "--root", str(root), *tag]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Return a copy of the files that name the version, as they are on the day of a release."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, tmp_path / name)
    changelog, citation = tmp_path / "CHANGELOG.md", tmp_path / "CITATION.cff"
    dated = re.sub(r"(?m)^(## \[.+?\] - )unreleased$", r"\g<1>2031-02-03", changelog.read_text())
    changelog.write_text(dated)
    citation.write_text(citation.read_text() + "date-released: 2031-02-03\n")
    return tmp_path


def test_the_sources_are_of_one_version() -> None:
    done = check(PROJECT)
    assert done.returncode == 0, done.stdout


def test_a_tag_of_the_version_may_be_released(sources: Path) -> None:
    done = check(sources, f"v{rootae.__version__}")
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_version_stops_a_release(sources: Path, name: str) -> None:
    path = sources / name
    path.write_text(path.read_text().replace(rootae.__version__, "7.7.7"))
    done = check(sources, f"v{rootae.__version__}")
    assert done.returncode == 1
    assert "7.7.7" in done.stdout or f"## [{rootae.__version__}]" in done.stdout


def test_a_tag_of_another_version_stops_a_release(sources: Path) -> None:
    done = check(sources, "v7.7.7")
    assert done.returncode == 1
    assert done.stdout.startswith("tag v7.7.7: ")


def test_a_changelog_without_a_day_stops_a_release(sources: Path) -> None:
    path = sources / "CHANGELOG.md"
    path.write_text(path.read_text().replace("2031-02-03", "unreleased"))
    done = check(sources, f"v{rootae.__version__}")
    assert done.returncode == 1
    assert "has no day" in done.stdout


def test_a_citation_of_another_day_stops_a_release(sources: Path) -> None:
    path = sources / "CITATION.cff"
    path.write_text(path.read_text().replace("2031-02-03", "2031-02-04"))
    assert "CITATION.cff" in check(sources, f"v{rootae.__version__}").stdout


def test_the_recipe_needs_what_the_package_needs() -> None:
    with (PROJECT / "pyproject.toml").open("rb") as file:
        needs = tomllib.load(file)["project"]["dependencies"]
    text = (PROJECT / "recipe/recipe.yaml").read_text()
    run = text.partition("\n  run:\n")[2].partition("\n\n")[0]
    there = [line.strip(" -").replace(" ", "") for line in run.splitlines()]
    assert there == ["python", *sorted(needs)]
