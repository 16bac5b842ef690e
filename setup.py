"""The compiled part; everything else is said in pyproject.toml."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py

LIMITED = [("Py_LIMITED_API", "0x030B0000")]
SOURCES = sorted(str(p) for part in ("src", "python") for p in Path("native", part).rglob("*.cpp"))
HEADERS = sorted(str(p) for p in Path("native").rglob("*.h*"))


FOR_ROOT = ("CMakeLists.txt", "rootae.map", "cmake", "include", "root", "src")


class Package(build_py):
    """Puts sources of the core and of ROOT's plug-in into the package: users build these."""

    def run(self) -> None:
        """Copy modules, then sources."""
        super().run()
        if self.editable_mode:  # they are beside the package
            return
        target = Path(self.build_lib) / "rootae" / "native"
        target.mkdir(parents=True, exist_ok=True)
        for source in (Path("native") / name for name in FOR_ROOT):
            if source.is_dir():
                shutil.copytree(source, target / source.name, dirs_exist_ok=True)
            else:
                shutil.copy(source, target)


class Build(build_ext):
    """Compiles a module's files side by side, with each compiler's own words for C++17."""

    def build_extension(self, ext: Extension) -> None:
        """Build one module."""
        if ext.language == "c++":
            self._speak(ext)
        compiler: Any = self.compiler
        alone = compiler.compile

        def together(sources: list[str], *rest: Any, **named: Any) -> list[str]:
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                made = pool.map(lambda source: alone([source], *rest, **named), sources)
                return list(chain.from_iterable(made))

        compiler.compile = together
        try:
            super().build_extension(ext)
        finally:
            compiler.compile = alone

    def _speak(self, ext: Extension) -> None:
        """Add what the core needs: C++17, sums that round as written, its runtime inside."""
        compiler: Any = self.compiler
        if compiler.compiler_type == "msvc":
            ext.extra_compile_args += ["/std:c++17", "/O2", "/fp:precise", "/EHsc"]
            return
        ext.extra_compile_args += ["-std=c++17", "-O3", "-g0", "-ffp-contract=off"]
        ext.extra_compile_args += ["-fvisibility=hidden"]
        if os.uname().sysname == "Linux":
            ext.extra_link_args += ["-static-libstdc++", "-static-libgcc", "-pthread"]


setup(
    cmdclass={"build_ext": Build, "build_py": Package},
    ext_modules=[
        Extension(
            "rootae._native",
            [*SOURCES],
            include_dirs=["native/include", "native/src"],
            define_macros=[*LIMITED, ("ROOTAE_INSIDE", "1")],
            depends=HEADERS,
            language="c++",
            py_limited_api=True,
            optional=True,  # rootae.codec and rootae.kernels do the same in numpy
        ),
    ],
)
