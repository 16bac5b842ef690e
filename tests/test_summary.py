"""A report is a line in Python and in the log, and a table in a notebook."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np
import pytest
from commands import PLAIN
from samples import write_columns

import rootae
from rootae.operations.info import info
from rootae.summary import Summary

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Command


class Told(Summary):
    headline = "<b> \x1b[31m of in.root"

    def tables(self) -> dict[str, tuple[list[str], list[list[str]]]]:
        return {"a & b": (["column"], [["<x>"]] * 300)}


def test_names_do_nothing_in_a_notebook_or_on_a_terminal() -> None:
    assert repr(Told()) == r"<Told: <b> \x1b[31m of in.root>"
    page = Told()._repr_html_()
    assert "&lt;x&gt;" in page
    assert "a &amp; b" in page
    assert "<x>" not in page
    assert "and 100 more" in page


@pytest.fixture(scope="module")
def source(folder: Path) -> Path:
    rng = np.random.default_rng(0)
    arrays = {f"x{i}": rng.normal(size=9000).astype("f4") for i in range(3)}
    return write_columns(folder / "summed.root", arrays)


def test_reports_are_short(source: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "rootae")
    rules = {"x1": "rel:1e-3", "x2": "abs:0.1", "y*": "exact"}
    report = rootae.compress(source, tmp_path / "c.root", family="plain", bounds=rules)
    assert "within abs:0.1, rel:0.001" in repr(report)
    assert len(repr(report).splitlines()) == 1
    assert "x1" in report._repr_html_()
    back = rootae.decompress(tmp_path / "c.root", tmp_path / "b.root")
    assert "times larger" in repr(back)
    assert sum(back.seconds.values()) > 0
    assert repr(rootae.verify(tmp_path / "c.root", source)).endswith("bound of the original>")
    described = info(tmp_path / "c.root")
    assert "from summed.root" in repr(described)
    assert "x2" in described._repr_html_()
    told = [(r.levelname, r.getMessage()) for r in caplog.records if r.name == "rootae"]
    assert ("INFO", report.headline) in told
    assert ("WARNING", "bound y*=exact matches no column") in told


def test_a_column_without_a_bound_is_said(source: Path, tmp_path: Path) -> None:
    kept = rootae.compress(source, tmp_path / "c.root", family="plain")
    assert kept.bound == "every value exact"
    copied = rootae.compress(source, tmp_path / "d.root", family="plain", keep_plain=["*"])
    assert copied.bound == "no column coded"


def test_the_log_is_a_file_on_request(cli: Command, source: Path, tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    for _ in range(2):
        done = cli("compress", source, tmp_path / "c.root", *PLAIN, "-f", "--log", log)
        assert done.exit_code == 0, done.stderr
    lines = log.read_text().splitlines()
    assert sum("times smaller" in line and " INFO " in line for line in lines) == 2
    assert cli("info", tmp_path / "none.root", "--log", log).exit_code == 2
    assert " ERROR " in log.read_text().splitlines()[-1]
    assert "no file" in log.read_text().splitlines()[-1]
    done = cli("info", source, "--log", tmp_path / "no" / "run.log")
    assert done.exit_code == 2
    assert "--log" in done.stderr


def test_a_slip_in_a_bound_is_said_before_the_work(
    cli: Command, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        msg = "the work"
        raise rootae.RootaeError(msg)

    monkeypatch.setattr("rootae.operations.compress.train_codec", none)
    monkeypatch.setattr("rootae.operations.train.train_codec", none)
    words = (*PLAIN, "--bound", "X1=rel:1e-3", "--keep-plain", "z*")
    for command in (("compress", source, tmp_path / "c.root"), ("train", source, "-o", "c.root")):
        first, second, last = cli(*command, *words).stderr.splitlines()
        assert "bound X1=rel:0.001 matches no column; did you mean 'x" in first
        assert "--keep-plain z* matches no column" in second
        assert last == "rootae: the work"
