"""find_package(Rootae): a small program is configured, built and run, with ROOT and without."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from plugged import root_of, three_blocks
from samples import PROJECT

from rootae.errors import MissingDependency

if TYPE_CHECKING:
    from pathlib import Path

LISTS = """
cmake_minimum_required(VERSION 3.20)
project(consumer LANGUAGES CXX)
find_package(Rootae 0.1 REQUIRED)
add_executable(consumer consumer.cpp)
target_compile_features(consumer PRIVATE cxx_std_17)
target_link_libraries(consumer {libraries})
"""
PROGRAM = """
#include <cstdio>
#include "rootae/rootae.hpp"
int main() { std::printf("%d\\n", rootae_abi() == ROOTAE_ABI); }
"""
BY_ROOT = """
#include <TFile.h>
#include <TTree.h>
#include <cstdio>
#include <memory>
int main(int, char** paths) {
  std::unique_ptr<TFile> file(TFile::Open(paths[1]));
  std::printf("%lld\\n", file->Get<TTree>("Events")->Draw("Jet_pt", "nJet > 0", "goff"));
}
"""


def needed() -> None:
    if shutil.which("cmake") is None or shutil.which("c++") is None:
        pytest.skip("cmake or a C++ compiler is not there")


def consumer(folder: Path, program: str, libraries: str, *options: str) -> Path:
    """Build a program in a folder beside the installed package."""
    (folder / "CMakeLists.txt").write_text(LISTS.format(libraries=libraries))
    (folder / "consumer.cpp").write_text(program)
    prefix = f"CMAKE_PREFIX_PATH={folder / 'installed'}"
    run("cmake", "-S", folder, "-B", folder / "b", "-D", prefix, *options)
    run("cmake", "--build", folder / "b")
    return folder / "b" / "consumer"


@pytest.mark.slow
def test_a_program_finds_the_core(tmp_path: Path) -> None:
    needed()
    built, installed = PROJECT / "build" / "native" / "package", tmp_path / "installed"
    options = ["-D", "ROOTAE_TESTS=OFF", "-D", "ROOTAE_ROOT=OFF"]
    run("cmake", "-S", PROJECT / "native", "-B", built, *options)
    run("cmake", "--build", built, "--parallel", "2")
    run("cmake", "--install", built, "--prefix", installed)
    assert run(consumer(tmp_path, PROGRAM, "Rootae::rootae")) == "1\n"


@pytest.mark.slow
def test_a_program_finds_the_plug_in_and_its_root(tmp_path: Path) -> None:
    needed()
    try:
        root = root_of()
    except MissingDependency as error:
        pytest.skip(str(error))
    built, installed = PROJECT / "build" / "native" / "package-root", tmp_path / "installed"
    options = ["-D", "ROOTAE_TESTS=OFF", "-D", f"ROOTAE_ROOT_HOME={root.libraries.parent}"]
    options += ["-D", "CMAKE_BUILD_TYPE=Debug", "-D", f"CMAKE_INSTALL_PREFIX={installed}"]
    run("cmake", "-S", PROJECT / "native", "-B", built, *options)
    run("cmake", "--build", built, "--parallel", "2")
    run("cmake", "--install", built)
    program = consumer(tmp_path, BY_ROOT, "Rootae::root ROOT::Hist")
    three_blocks(tmp_path, 300)
    said = [run(program, tmp_path / f"{name}.root") for name in ("events", "small")]
    assert said[0] == said[1]
    assert int(said[0]) > 100


def run(*words: str | Path) -> str:
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
