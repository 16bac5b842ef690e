"""A wrong original is recognised as such; a single other value is no such thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from samples import write_columns

import rootae
from rootae.errors import BoundError, WrongOriginal

if TYPE_CHECKING:
    from pathlib import Path

ENTRIES = 5000


def columns(seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    found = {f"x{i}": rng.normal(size=ENTRIES).astype("f4") for i in range(3)}
    return found | {"constant": np.full(ENTRIES, 7, "i4"), "rare": rng.random(ENTRIES) < 1e-3}


@pytest.fixture(scope="module")
def made(folder: Path) -> Path:
    source = write_columns(folder / "mine.root", columns(0), compression=None)
    rootae.compress(source, folder / "small.root", family="plain", lossy=True)
    return folder / "small.root"


def test_other_values_everywhere_are_no_bug(made: Path, tmp_path: Path) -> None:
    other = write_columns(tmp_path / "othr.root", columns(1), compression=None)
    assert other.stat().st_size == (made.parent / "mine.root").stat().st_size
    with pytest.raises(WrongOriginal, match="other values everywhere") as found:
        rootae.verify(made, other)
    assert str(found.value).startswith(f"{made} was not made of {other}: ")
    assert "name mine.root of " in str(found.value)
    assert found.value.exit_code == 3, "it does not hold these values"


def test_a_broken_bound_of_the_original_is_one(made: Path, tmp_path: Path) -> None:
    arrays = columns(0)
    arrays["x1"][7] += 1
    other = write_columns(tmp_path / "mine.root", arrays, compression=None)
    with pytest.raises(BoundError, match=r"x1: 1 values break .*; report this as a bug"):
        rootae.verify(made, other)


def test_one_column_that_is_another_is_a_broken_bound(made: Path, tmp_path: Path) -> None:
    arrays = columns(0) | {"x1": columns(1)["x1"]}
    other = write_columns(tmp_path / "mine.root", arrays, compression=None)
    with pytest.raises(BoundError, match=f"x1: .*{ENTRIES // 1000}"):
        rootae.verify(made, other)


def test_the_table_has_what_was_promised(made: Path) -> None:
    report = rootae.verify(made, made.parent / "mine.root")
    assert set(report.bounds["t"]) == set(report.errors["t"]) == set(columns(0))
    assert report.bounds["t"]["constant"] == "exact"
    assert report.bounds["t"]["x0"].startswith("rel:")
