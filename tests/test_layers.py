"""The house: imports point downward, and each heavy package has its owners."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "rootae"
MODULES = {".".join(p.relative_to(PACKAGE).with_suffix("").parts): p for p in PACKAGE.rglob("*.py")}
CORE = {n: p for n, p in MODULES.items() if not n.startswith("train.")}
SHARED = {
    f"cli.{n}"
    for n in (
        *("__init__", "__main__", "arguments", "batch", "config"),
        *("failure", "signals", "worker", "workers"),
    )
}
# one file a command; a new one needs no line here
COMMANDS = [n for n in CORE if n.startswith("cli.") and n not in SHARED]

LAYERS = [  # low to high; modules of one line do not import each other
    ["errors"],
    ["formula.__init__", "formula.nodes", "formula.numbers", "formula.tokens"],
    ["formula.elements", "formula.functions", "formula.grammar"],
    ["formula.formula"],
    ["arithmetic", "cursor", "device", "globs", "histograms", "identifiers", "links", "look"],
    ["directories", "leaf", "leftovers", "legible", "localsource", "regular"],
    ["opening"],
    ["baskets", "optional", "packed", "passes", "progress", "protobuf", "schema"],
    ["leaves", "texts", "typed"],
    ["bounds", "branchvalues", "indexed", "keepdrop", "model"],
    ["exactgrid", "kinematics", "preset", "shapes", "streams"],
    ["contexts", "relgrid", "tables"],
    ["grids"],
    ["centres", "lanes", "relations"],
    ["nearly"],
    ["kinds"],
    ["keys"],
    ["network", "plan"],
    ["order"],
    ["sound", "stages"],
    ["groups"],
    ["groupdecoder"],
    ["blocks"],
    ["ancestry", "blockcache", "codec"],
    ["recode", "recorded", "references"],
    ["siderows", "sidetree", "survey"],
    ["adapt", "listing", "stored"],
    ["alike", "branches"],
    ["container", "ntuple"],
    ["particulars", "sourcetree", "titles"],
    ["source"],
    ["coded", "options", "output"],
    ["carriers"],
    ["hook"],
    ["reader", "rows"],
    ["decoded", "passing"],
    ["cuts", "selected", "treewriter"],
    ["writer"],
    ["backend.__init__", "backend.job", "backend.rehearsal", "backend.serving", "backend.worker"],
    ["backend.branchbytes", "backend.server"],
    ["backend.kept", "backend.merging", "backend.reading", "backend.repacked"],
    ["backend.rewriting", "backend.root"],
    ["backend.choice", "backend.compressed"],
    ["backend.decoded"],
    ["aside", "objects", "provenance", "restored", "selection"],
    ["counterpart"],
    ["verify"],
    ["shares", "summary", "training"],
    ["joining"],
    ["compress", "decompress", "export", "info", "merge", "rdataframe", "skim"],
    ["report.__init__", "report.correlations", "report.expressions", "report.extras"],
    ["report.fourvectors", "report.pairs", "report.shapes", "report.spectra", "report.style"],
    ["report.distances", "report.models", "report.tables"],
    ["report.fits", "report.latents"],
    ["report.peaks"],
    ["report.masses"],
    ["report.fitted"],
    ["report.pictures"],
    ["report.evaluation"],
    ["report.page"],
    ["report.gathered"],
    ["report.evaluate"],
    ["console.messages", "console.table"],
    ["console.bars", "console.contents", "console.evaluated"],
    ["console.outcome", "console.rewritten"],
    ["console.__init__"],
    ["cli.failure", "cli.signals"],
    ["cli.worker", "cli.workers"],
    ["cli.batch", "cli.config"],
    ["cli.arguments"],
    COMMANDS,
    ["cli.__init__"],
    ["cli.__main__"],
]
LEVEL = {name: i for i, names in enumerate(LAYERS) for name in names}

OWNERS = {
    "onnxruntime": {"network"},
    "torch": {"train"},
    "onnx": {"train"},
    "pcodec": {"streams"},
    "cramjam": {"streams"},
    "ROOT": {"backend"},
    "uproot": {
        "backend", "baskets", "branches", "branchvalues", "carriers", "directories", "hook",
        "kinds", "listing", "localsource", "opening", "packed", "particulars", "reader", "rows",
        "source", "texts", "titles", "training", "writer",
    },
    "awkward": {
        "cuts", "formula", "passing", "restored", "rows", "schema", "selected", "sidetree",
        "sourcetree", "counterpart",
    },
    "iminuit": {"report"},
    "mplhep": {"report"},
    "typer": {"cli", "console"},
    "rich": {"cli", "console"},
    "pickle": set(),
}  # fmt: skip


def imports(path, *, at_the_top=False):
    """Yield what a module imports: dotted names, with the names taken from packages."""
    tree = ast.parse(path.read_text())
    nodes = ast.walk(tree) if not at_the_top else tree.body
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: relative import"
            if node.module == "rootae":
                yield from (f"rootae.{alias.name}" for alias in node.names)
            else:
                yield node.module


def own(path, **options):
    """Return the modules of rootae that a module imports."""
    names = {n.removeprefix("rootae.") for n in imports(path, **options) if n.startswith("rootae.")}
    names = {f"{n}.__init__" if f"{n}.__init__" in CORE else n for n in names}
    return {n if n in MODULES else n.split(".")[0] for n in names} & set(MODULES) | {
        n.split(".")[0] for n in names if n.split(".")[0] == "train"
    }


def test_every_module_has_its_layer():
    assert set(LEVEL) == set(CORE) - {"__init__", "train", "train.__init__"}


@pytest.mark.parametrize("name", LEVEL)
def test_imports_point_downward(name):
    """Imports for type checking and those inside functions count too, but for these."""
    allowed = {
        "codec": {"container"},  # Codec.load, inside the function
        "options": {"train"},  # the names of families, inside a function; no torch behind them
        "report.evaluation": {"report.page"},  # to_html, inside the function
        "training": {"train"},  # inside the function: reading does without torch
    }
    for other in own(MODULES[name]) - allowed.get(name, set()) - {"__init__"}:
        assert other in LEVEL, f"{name} imports {other}"
        assert LEVEL[other] < LEVEL[name], f"{name} imports {other}"


@pytest.mark.parametrize("name", sorted(set(MODULES) - set(CORE)))
def test_training_uses_only_what_lies_below_the_front_door(name):
    for other in own(MODULES[name]) - {"train"}:
        if not other.startswith("train."):
            assert LEVEL[other] < LEVEL["training"], f"{name} imports {other}"


def test_the_front_door_imports_nothing_but_the_hook():
    assert own(PACKAGE / "__init__.py", at_the_top=True) == {"hook"}


@pytest.mark.parametrize("package", OWNERS)
def test_heavy_packages_have_their_owners(package):
    users = {
        name.split(".")[0]
        for name, path in MODULES.items()
        if any(i.split(".")[0] == package for i in imports(path))
    }
    assert users <= OWNERS[package]


@pytest.mark.parametrize("name", MODULES)
def test_no_module_is_over_300_lines(name):
    assert len(MODULES[name].read_text().splitlines()) <= 300


@pytest.mark.parametrize("name", MODULES)
def test_no_module_asserts_or_prints(name):
    front = name.split(".")[0] in ("cli", "console")
    for node in ast.walk(ast.parse(MODULES[name].read_text())):
        assert not isinstance(node, ast.Assert), f"line {node.lineno}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "print" or front, f"line {node.lineno}"
