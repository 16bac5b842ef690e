"""Help: panels by theme, defaults said, values completed."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from typer.core import TyperGroup
from typer.main import get_command

import rootae
from rootae.cli import app, arguments
from rootae.cli.panels import panel_of
from rootae.training import families, options
from rootae.training.loop.recipe import Recipe

if TYPE_CHECKING:
    from commands import Command as Run

GROUP = get_command(app)
assert isinstance(GROUP, TyperGroup)
OPTIONS = [
    (name, param)
    for name, command in GROUP.commands.items()
    for param in command.params
    if param.param_type_name == "option"
]


@pytest.mark.parametrize(("command", "option"), OPTIONS, ids=lambda x: getattr(x, "name", x))
def test_every_option_has_its_panel(command: str, option: Any) -> None:
    assert panel_of(str(option.name)), f"{command} {option.opts}"


def test_values_are_those_of_the_library() -> None:
    assert set(arguments.FAMILIES) == {"auto", "plain", *families.names()}
    assert (arguments.NETS, arguments.EFFORTS) == (options.NETS, options.EFFORTS)
    assert arguments.SCHEDULES == options.SCHEDULES


def test_help_says_defaults_and_families(cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    text = cli("compress", "-h").stdout
    assert text == cli("compress", "--help").stdout
    for phrase in ("Bounds", "How long it learns", "swae", "0.6 a megabyte, 3 to 30", "ROOTAE_DEV"):
        assert phrase in text
    usual = Recipe()
    assert f"({usual.rate:g})" in text
    assert f"({usual.batch_size})" in text


@pytest.mark.parametrize("word", ["-V", "--version"])
def test_version(cli: Run, word: str) -> None:
    assert cli(word).stdout == f"rootae {rootae.__version__}\n"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("rootae compress --family sw", ["swae"]),
        ("rootae train --net c", ["conv"]),
        ("rootae decompress --backend u", ["uproot"]),
    ],
)
def test_shells_complete_values(words: str, found: list[str]) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; sys.argv[0] = 'rootae'; from rootae.cli import main; main()",
        ],
        env=os.environ
        | {"_ROOTAE_COMPLETE": "complete_bash", "COMP_WORDS": words}
        | {"COMP_CWORD": str(len(words.split()) - 1)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == found
