"""find_package(Rootae): a small program is configured, built and run."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from samples import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

LISTS = """
cmake_minimum_required(VERSION 3.20)
project(consumer LANGUAGES CXX)
find_package(Rootae 0.1 REQUIRED)
add_executable(consumer consumer.cpp)
target_compile_features(consumer PRIVATE cxx_std_17)
target_link_libraries(consumer Rootae::rootae)
"""
PROGRAM = """
#include <cstdio>
#include "rootae/rootae.hpp"
int main() { std::printf("%d\\n", rootae_abi() == ROOTAE_ABI); }
"""


@pytest.mark.slow
def test_a_program_finds_the_core(tmp_path: Path) -> None:
    if shutil.which("cmake") is None or shutil.which("c++") is None:
        pytest.skip("cmake or a C++ compiler is not there")
    built, installed = PROJECT / "build" / "native" / "package", tmp_path / "installed"
    options = ["-D", "ROOTAE_TESTS=OFF", "-D", "ROOTAE_ROOT=OFF"]
    run("cmake", "-S", PROJECT / "native", "-B", built, *options)
    run("cmake", "--build", built, "--parallel", "2")
    run("cmake", "--install", built, "--prefix", installed)
    (tmp_path / "CMakeLists.txt").write_text(LISTS)
    (tmp_path / "consumer.cpp").write_text(PROGRAM)
    run("cmake", "-S", tmp_path, "-B", tmp_path / "b", "-D", f"CMAKE_PREFIX_PATH={installed}")
    run("cmake", "--build", tmp_path / "b")
    assert run(tmp_path / "b" / "consumer") == "1\n"


def run(*words: str | Path) -> str:
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
