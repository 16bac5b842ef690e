"""The plug-in is built once, for each ROOT, compiler and state of the sources."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from samples import PROJECT

from rootae.errors import MissingDependency, UnsupportedError
from rootae.rootio.plugin import build, cache, sources
from rootae.rootio.plugin.installation import Installation, of_config

if TYPE_CHECKING:
    from commands import Command

COMPILER = """#!/bin/sh
if [ "$*" = --version ]; then echo a compiler {version}; exit; fi
case "$*" in *{fails}*) echo 'some.cpp:1: error: no such thing' >&2; exit 1;; esac
for word; do last=$word; done
echo made > "$last"
echo "$last" >> {log}
"""
CONFIG = """#!/bin/sh
case $1 in --version) echo 6.32/04;; --cflags) echo -m64;; esac
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder with a ROOT and a compiler that only seem to be some."""
    units = [p for p in sources.units() if p.parent.name == "root"]
    monkeypatch.setattr(sources, "units", lambda: units[:4])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("CXX", str(compiler(tmp_path)))
    (tmp_path / "root/bin").mkdir(parents=True)
    (tmp_path / "root/include").mkdir()
    (tmp_path / "root/lib").mkdir()
    (tmp_path / "root/include/RVersion.h").touch()
    config = tmp_path / "root/bin/root-config"
    config.write_text(
        "#!/bin/sh\ncase $1 in --version) echo 6.32/04;; --cflags) echo -m64;; esac\n"
    )
    config.chmod(0o755)
    monkeypatch.setenv("ROOTSYS", str(tmp_path / "root"))
    return tmp_path


def compiler(folder: Path, version: str = "1", fails: str = "never") -> Path:
    program = folder / "compiler"
    log = folder / "log"
    program.write_text(COMPILER.format(version=version, fails=fails, log=log))
    program.chmod(0o755)
    return program


def test_it_prints_one_line_and_builds_once(cli: Command, folder: Path) -> None:
    first, second = cli("root"), cli("root")
    assert first.exit_code == second.exit_code == 0
    line = second.stdout
    assert line.count("\n") == 1
    assert line == first.stdout
    path = Path(json.loads(line.removeprefix("gSystem->Load(").removesuffix(");\n")))
    assert path.read_text() == "made\n"
    assert path.is_relative_to(folder / "cache/rootae/root")
    assert (path.parent / "include/rootae/dataframe.hpp").is_file()
    assert "once" in first.stderr
    assert not second.stderr
    made = (folder / "log").read_text().splitlines()
    assert len(made) == len(sources.units()) + 1
    assert made[-1].endswith(cache.LIBRARY)
    assert [p.name for p in path.parents[2].iterdir()] == [path.parents[1].name]


def test_flags_are_one_line_too(cli: Command) -> None:
    words = cli("root", "--flags").stdout.split("\n")
    assert len(words) == 2
    assert "-lrootae_root" in words[0]


@pytest.mark.parametrize("change", ["compiler", "version", "place", "sources"])
def test_another_one_is_built_for_what_is_not_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    root = Installation("6.32.04", folder / "root/lib", folder / "root/include")
    first = build.library(lambda _: None, root)
    if change == "compiler":
        compiler(folder, "2")
    elif change == "sources":
        monkeypatch.setattr(sources, "digest", lambda: "other")
    else:
        kept = {"version": ("6.34.00", root.libraries), "place": (root.version, folder)}[change]
        root = Installation(*kept, root.headers)
    second = build.library(lambda _: None, root)
    assert second != first
    assert second.is_file()
    assert cache.newest(root.version, root.libraries) in (first, second)


def test_without_a_compiler_it_is_refused_with_the_remedy(
    cli: Command, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")
    done = cli("root")
    assert done.exit_code == 1
    assert not done.stdout
    assert done.stderr.count("\n") == 1
    assert "install one, such as g++" in done.stderr
    monkeypatch.delenv("CXX")
    monkeypatch.setenv("PATH", str(folder / "empty"))
    with pytest.raises(MissingDependency, match="none on PATH"):
        build.library(lambda _: None, Installation("6.32.04", folder, folder))
    assert not (folder / "cache").exists()


def test_without_root_it_is_refused_with_the_remedy(
    cli: Command, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.delenv("ROOTSYS")
    monkeypatch.setenv("PATH", str(folder / "empty"))
    monkeypatch.setitem(sys.modules, "ROOT", None)
    done = cli("root")
    assert done.exit_code == 1
    assert "rootae[root]" in done.stderr


def test_what_cannot_be_compiled_is_refused_and_leaves_nothing(folder: Path) -> None:
    compiler(folder, fails="branch.cpp")
    root = Installation("6.32.04", folder / "root/lib", folder / "root/include")
    with pytest.raises(UnsupportedError, match=r"branch\.cpp: .*error: no such thing"):
        build.library(lambda _: None, root)
    assert cache.newest(root.version, root.libraries) is None
    assert not [p for p in (folder / "cache").rglob("*") if p.suffix == ".o"]


def test_headers_are_looked_for_beside_a_program_that_tells_of_another_place(folder: Path) -> None:
    found = of_config(folder / "root/bin/root-config")
    assert found == Installation(
        "6.32.04", folder / "root/lib", folder / "root/include", ("-m64",), "c++"
    )
    (folder / "root/include/RVersion.h").unlink()
    with pytest.raises(MissingDependency, match="headers"):
        of_config(folder / "root/bin/root-config")


def test_the_package_has_the_sources(tmp_path: Path) -> None:
    script = "import setuptools, sys; sys.argv[0] = 'setup.py'; exec(open('setup.py').read())"
    command = [sys.executable, "-c", script, "-q", "build_py", "--build-lib", str(tmp_path / "b")]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    package = tmp_path / "b" / "rootae"
    for unit in sources.units():
        assert (package / "native" / unit.relative_to(PROJECT / "native")).is_file()
    assert (package / "native/CMakeLists.txt").is_file()
    code = "from rootae.rootio.plugin import sources as s; print(s.folder(), s.digest())"
    there = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "b")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert there.stdout.split() == [str(package / "native"), sources.digest()]


AT_ONCE = """
import sys
from pathlib import Path
from rootae.rootio.plugin import build, sources
from rootae.rootio.plugin.installation import Installation
units = sources.units()
sources.units = lambda: units[:2]
place = Path(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
print(build.library(lambda _: None, Installation("6.32.04", place / "lib", place / "include")))
"""


def test_two_that_build_at_once_both_get_it(folder: Path) -> None:
    command = [sys.executable, "-c", AT_ONCE, str(folder / "root")]
    pipe = subprocess.PIPE
    both = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(2)]
    for one in both:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in both:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    said = {one.communicate()[0].strip() for one in both}
    assert [one.returncode for one in both] == [0, 0]
    (path,) = said
    assert Path(path).read_text() == "made\n"
    assert not [p for p in Path(path).parents[1].iterdir() if p.name.startswith(".part")]


def test_one_whose_library_was_removed_is_built_anew(folder: Path) -> None:
    root = Installation("6.32.04", folder / "root/lib", folder / "root/include")
    first = build.library(lambda _: None, root)
    first.unlink()
    assert cache.newest(root.version, root.libraries) is None
    assert build.library(lambda _: None, root) == first
    assert first.read_text() == "made\n"


def test_systems_without_uname_have_a_place_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "uname", raising=False)
    assert cache.newest("6.32.04", Path("lib")) is None
