"""ROOT sees the original's trees in compressed files: names, types, leaves and bytes of values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from plugged import compressed, differences
from samples import SHARED
from trees import Drawn, make

if TYPE_CHECKING:
    from pathlib import Path

    from _pytest.mark import ParameterSet

FILES = sorted(str(p.relative_to(SHARED)) for p in SHARED.rglob("*.root"))
BROKEN = "real/cms_nanoaod_dy_specialtree.root"  # ROOT cannot read all of the original
# All values are the original's; what is not yet, and what to mend.
OPEN = {
    "edge/TLeafC_pr342.root": "another program said that branches have offsets, without any",
}
SEEDS = range(40)


def named(name: str) -> ParameterSet:
    """Return a file as a test takes it."""
    why = OPEN.get(name)
    return pytest.param(
        name, marks=[] if why is None else pytest.mark.xfail(reason=why, strict=True)
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", [named(name) for name in FILES if name != BROKEN])
def test_all_leaves_of_shared_files_have_the_bytes_of_the_original(
    plugin: Path, name: str, tmp_path: Path
) -> None:
    compressed(SHARED / name, tmp_path / "small.root")
    (said,) = differences(plugin, [(SHARED / name, tmp_path / "small.root")], tmp_path)
    assert said.startswith("0 differences"), said


@pytest.mark.slow
def test_all_leaves_of_drawn_files_have_the_bytes_of_the_original(
    plugin: Path, tmp_path: Path
) -> None:
    originals = [tmp_path / f"{seed}.root" for seed in SEEDS]
    make({path: Drawn(seed).file(2) for seed, path in zip(SEEDS, originals, strict=True)})
    pairs = [(path, path.with_name(f"small-{path.name}")) for path in originals]
    for original, small in pairs:
        compressed(original, small)
    said = differences(plugin, pairs, tmp_path)
    assert [line.partition(",")[0] for line in said] == ["0 differences"] * len(pairs), said
