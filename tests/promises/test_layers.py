"""The house: imports point downward, nothing runs in a circle, heavy packages have owners."""

from __future__ import annotations

import ast
import functools
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

import pytest
from samples import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGE = PROJECT / "rootae"
MODULES = {
    ".".join(("rootae", *p.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): p
    for p in PACKAGE.rglob("*.py")
}
FLOORS = [  # low to high; what stands on one floor does not import each other
    ["errors", "progress"],
    ["extras", "formula", "kernels", "naming", "paths", "summary"],
    ["schema"],
    ["codec", "rootio"],
    ["container", "source"],
    ["planner", "reader"],
    ["checks", "training"],
    ["writer"],
    ["operations"],
    ["dataset", "evaluation"],
    ["distributed"],
    ["cli"],
]
LEVEL = {name: level for level, names in enumerate(FLOORS) for name in names}
OWNERS = {
    "ROOT": {"rootio.process"},
    "awkward": {
        "checks",
        "container",
        "formula",
        "operations",
        "reader",
        "rootio",
        "schema",
        "source",
    },
    "cramjam": {"codec.streams.zstd"},
    "distributed": set(),  # `rootae.distributed` asks for it by name
    "iminuit": {"evaluation.peaks"},
    "mplhep": {"evaluation"},
    "onnx": {"training"},
    "onnxruntime": {"codec.contexts.network"},
    "pcodec": {"codec.streams.kinds.pco"},
    "pickle": set(),
    "rich": {"cli"},
    "torch": {"training"},
    "typer": {"cli"},
    "uproot": {"reader", "rootio", "source"},
}


@functools.cache
def imported(path: Path) -> frozenset[str]:
    """Return what a module imports, also inside functions and for types: dotted names."""
    return frozenset(_imported(path))


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (n if n in MODULES else str(node.module) for n in names)


def home(name: str) -> str:
    """Return the folder or the file at the top that a module of rootae belongs to."""
    return name.split(".")[1] if "." in name else ""


def test_every_module_has_its_floor() -> None:
    assert {home(name) for name in MODULES} - {""} == set(LEVEL)


def test_the_top_is_taken_in_at_a_glance() -> None:
    assert len([p for p in PACKAGE.iterdir() if p.is_file()]) <= 10
    assert len(FLOORS) <= 12


@pytest.mark.parametrize("name", sorted(set(MODULES) - {"rootae"}))
def test_imports_point_downward(name: str) -> None:
    for other in imported(MODULES[name]) & set(MODULES):
        if home(other) != home(name) and other != "rootae":
            assert LEVEL[home(other)] < LEVEL[home(name)], f"{name} imports {other}"


def test_nothing_runs_in_a_circle() -> None:
    graph: dict[str, frozenset[str]] = {}
    for name, path in MODULES.items():
        graph[name] = (imported(path) & set(MODULES)) - {"rootae", name}
    assert list(TopologicalSorter(graph).static_order())


def test_the_front_door_imports_nothing_but_the_hooks() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    found = {str(n.module) for n in tree.body if isinstance(n, ast.ImportFrom)}
    hooks = {"rootae.reader.hook", "rootae.rootio.plugin.loading"}
    assert {n for n in found if n.startswith("rootae")} == hooks


@pytest.mark.parametrize("package", OWNERS)
def test_heavy_packages_have_their_owners(package: str) -> None:
    for name, path in MODULES.items():
        if any(i.split(".")[0] == package for i in imported(path)):
            assert any(f"{name}.".startswith(f"rootae.{o}.") for o in OWNERS[package]), name


@pytest.mark.parametrize("name", MODULES)
def test_no_module_is_over_300_lines(name: str) -> None:
    assert len(MODULES[name].read_text().splitlines()) <= 300


@pytest.mark.parametrize("name", MODULES)
def test_no_module_asserts_or_prints(name: str) -> None:
    for node in ast.walk(ast.parse(MODULES[name].read_text())):
        assert not isinstance(node, ast.Assert), f"line {node.lineno}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "print" or home(name) == "cli", f"line {node.lineno}"


@pytest.mark.parametrize("name", MODULES)
def test_kinds_of_bounds_are_asked_for_by_what_they_promise(name: str) -> None:
    """A new kind of bound is one file; only the choice of its grid knows its name."""
    if home(name) == "schema" or name == "rootae.codec.grids.registry":
        return
    for node in ast.walk(ast.parse(MODULES[name].read_text())):
        if isinstance(node, ast.Attribute) and node.attr == "kind":
            asked = ast.unparse(node.value).rpartition(".")[2]
            assert asked != "bound", f"line {node.lineno}"
