"""What the page on scale says is what was measured."""

from __future__ import annotations

import csv
import sys
from importlib.util import module_from_spec, spec_from_file_location
from typing import TYPE_CHECKING

import pytest
from samples import PROJECT

if TYPE_CHECKING:
    from types import ModuleType


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    """Return the script that makes the page."""
    path = PROJECT / "docs" / "scaling.py"
    spec = spec_from_file_location("docs_scaling", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclass looks there
    spec.loader.exec_module(module)
    return module


def test_the_page_has_the_numbers_that_were_measured(maker: ModuleType) -> None:
    assert maker.PAGE.read_text() == maker.page(), "run docs/scaling.py"


def test_memory_is_level_and_time_linear() -> None:
    with (PROJECT / "benchmarks/results/scaling.csv").open(newline="") as file:
        rows = {(r["input"], r["task"]): r for r in csv.DictReader(file)}
    assert all(float(r["peak_MB"]) < 2000 for r in rows.values())
    twice = [t for name, t in rows if name == "w100 x 12" and ("w100 x 1", t) in rows]
    assert {"compress", "verify"} <= set(twice)
    for task in twice:
        small, large = (rows[f"w100 x {n}", task] for n in (1, 12))
        assert float(large["peak_MB"]) < 1.3 * float(small["peak_MB"])
        times = float(large["bytes"]) / float(small["bytes"])
        assert float(large["cpu_s"]) < 1.3 * times * float(small["cpu_s"])


def test_reads_until_it_pays(maker: ModuleType) -> None:
    assert maker.reads(10.0, 4.0) == "2.5"
    assert maker.reads(-1.0, 4.0).startswith("none")
    assert maker.reads(10.0, 0.0).startswith("never")
