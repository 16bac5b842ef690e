"""What the pages show is true: code runs, commands run, all that is public has its place."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from typing import TYPE_CHECKING

import pytest
from samples import PROJECT
from typer.core import TyperGroup
from typer.main import get_command

import rootae
from rootae.cli import app
from rootae.training import families, variants

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from commands import Command

DOCS = PROJECT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
APP = get_command(app)
assert isinstance(APP, TyperGroup)
COMMANDS = APP.commands
COMMAND = "import sys; from rootae.cli import main; sys.exit(main())"


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)


def lines_of(page: str) -> list[str]:
    return [x for block in blocks(page, "sh") for x in block.splitlines() if x]


def options_in(text: str) -> set[str]:
    return {word.partition("=")[0] for word in shlex.split(text) if word.startswith("--")}


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the tutorial's files are, after its commands were run."""
    folder = tmp_path_factory.mktemp("tutorial")
    shutil.copy(DOCS / "simulate.py", folder)
    for line in lines_of("tutorial.md"):
        words = shlex.split(line)
        start = [sys.executable, "-c", COMMAND] if words[0] == "rootae" else [sys.executable]
        done = subprocess.run(
            [*start, *words[1:]], cwd=folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stderr}"
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("page", ["tutorial.md", "bounds.md", "reading.md"])
def test_python_on_the_pages_runs(work: Path, page: str) -> None:
    codes = blocks(page, "python")
    for name in ("coffea", "dask_awkward", "ROOT"):
        word = {"dask_awkward": "uproot.dask", "ROOT": "rdataframe"}.get(name, name)
        codes = [c for c in codes if word not in c or find_spec(name)]
    assert codes
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(codes)],
        cwd=work,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of two files as simulate.py draws them, but short."""
    folder = tmp_path_factory.mktemp("paths")
    simulate = module_of(DOCS / "simulate.py")
    for seed, name in enumerate(("events.root", "more.root")):
        simulate.main(str(folder / name), 3000, seed)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("page", ["disk", "production", "student"])
def test_the_paths_of_ten_minutes_can_be_walked(
    few: Path, page: str, tmp_path: Path, cli: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    if page == "student":
        pytest.importorskip("torch", reason="torch is not installed")
        pytest.importorskip("onnx", reason="onnx is not installed")
    for path in (*few.iterdir(), DOCS / "decorrelated.py"):
        shutil.copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    for line in lines_of(f"paths/{page}.md"):
        words = shlex.split(line)
        if words[:2] == ["python", "simulate.py"]:
            assert (tmp_path / words[2]).exists()
            continue
        done = cli(*words[1:])
        assert done.exit_code == 0, f"{line}\n{done.stderr}"
    for code in blocks(f"paths/{page}.md", "python"):
        exec(compile(code, page, "exec"), {})
    variants.ADOPTED.clear()


def test_python_on_the_page_about_extending_runs() -> None:
    codes = blocks("extending.md", "python")
    assert len(codes) > 1
    for code in codes:
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_the_tutorial_ends_with_the_files_that_it_names(work: Path) -> None:
    made = {p.name for p in work.iterdir()}
    assert {"small.root", "report.html", "codec.root", "all.root", "hard.root"} <= made
    with rootae.open(work / "all.root") as both, rootae.open(work / "small.root") as one:
        assert both["Events"].num_entries == 2 * one["Events"].num_entries


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(DOCS)))
def test_commands_on_the_pages_have_these_options(page: Path) -> None:
    for line in (x for x in lines_of(str(page.relative_to(DOCS))) if x.startswith("rootae ")):
        command = COMMANDS[shlex.split(line)[1]]
        assert options_in(line) <= {o for p in command.params for o in p.opts}, line


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_a_page_with_its_options(name: str) -> None:
    text = (DOCS / f"commands/{name}.md").read_text()
    assert text.startswith(f"# rootae {name}\n")
    assert f"<!-- options: {name} -->" in text
    assert f"commands/{name}.md" in (PROJECT / "mkdocs.yml").read_text()
    assert f"({name}.md)" in (DOCS / "commands/index.md").read_text()


REFERENCE = re.findall(
    r"^::: (rootae\.[\w.]+)\n    options: {heading: (.+)}$",
    (DOCS / "api.md").read_text(),
    re.MULTILINE,
)


def test_every_public_name_is_in_the_reference() -> None:
    told = {heading.removeprefix("rootae.") for _, heading in REFERENCE} | {"__version__"}
    assert told >= set(rootae.__all__)
    assert len(REFERENCE) == (DOCS / "api.md").read_text().count(":::")


@pytest.mark.parametrize(("path", "heading"), REFERENCE, ids=[h for _, h in REFERENCE])
def test_every_name_of_the_reference_is_there_under_that_name(path: str, heading: str) -> None:
    module, _, name = path.rpartition(".")
    found = getattr(import_module(module), name)
    assert name in import_module(module).__all__
    if heading != path:
        assert heading.count(".") == 1
        assert getattr(rootae, heading.removeprefix("rootae.")) is found
    else:
        assert name not in rootae.__all__ or getattr(rootae, name) is not found


def test_every_family_is_explained() -> None:
    text = (DOCS / "training.md").read_text()
    for name in families.names():
        assert f"`{name}`" in text or f"### {name}\n" in text
        shown = f"<!-- settings: {name} -->" in text
        assert shown == bool(families.load(name).Settings.__dataclass_fields__), name


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(DOCS)))
def test_links_and_marks_lead_somewhere(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = page.read_text()
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        assert "://" in target or (page.parent / target).exists(), target
    for target in re.findall(r'^--8<-- "(.+)"$', text, re.MULTILINE):
        assert (PROJECT / target).exists(), target
    filled = hooks().on_page_markdown(text)
    assert not re.search(r"^<!-- (options|settings|section):", filled, re.MULTILINE)


def hooks() -> ModuleType:
    return module_of(DOCS / "hooks.py")


def module_of(path: Path) -> ModuleType:
    """Return a page's Python file, run."""
    spec = spec_from_file_location(f"docs_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
