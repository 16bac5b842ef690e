"""What rootae is made of here can be asked without a file."""

from __future__ import annotations

import json
import platform
from typing import TYPE_CHECKING

import numpy as np

from rootae.codec import native
from rootae.operations.about import about

if TYPE_CHECKING:
    import pytest
    from commands import Command


def test_versions_and_the_decoder_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ROOTAE_DECODER", "ROOTAE_THREADS", "ROOTAE_DEVICE"):
        monkeypatch.delenv(name, raising=False)
    said = about()
    assert said.versions["python"] == platform.python_version()
    assert said.versions["numpy"] == np.__version__
    assert said.decoder == ("python" if native.core() is None else "native")
    assert (said.threads, said.device) == (1, "cpu")


def test_it_says_why_the_decoder_is_pythons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "core", lambda: None)
    monkeypatch.delenv("ROOTAE_DECODER", raising=False)
    assert "no C++ compiler" in about().why
    monkeypatch.undo()
    monkeypatch.setenv("ROOTAE_DECODER", "python")
    assert about().decoder == "python"


def test_the_command_prints_it(cli: Command) -> None:
    shown = cli("info", "--about").stdout
    assert "decoder" in shown
    assert f"numpy        {np.__version__}" in shown
    assert json.loads(cli("info", "--about", "--json").stdout)["decoder"] == about().decoder
    failed = cli("info")
    assert failed.exit_code == 2
    assert "--about" in failed.stderr
