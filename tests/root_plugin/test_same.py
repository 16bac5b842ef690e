"""ROOT sees the original's trees in compressed files: names, types, leaves and bytes of values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from plugged import interpreted
from samples import PROJECT, SHARED
from trees import Drawn, make

import rootae

if TYPE_CHECKING:
    from pathlib import Path

    from _pytest.mark import ParameterSet

SAME = PROJECT / "tests" / "root_plugin" / "same.cxx"
FILES = sorted(str(p.relative_to(SHARED)) for p in SHARED.rglob("*.root"))
BROKEN = "real/cms_nanoaod_dy_specialtree.root"  # ROOT cannot read all of the original
# All values are the original's; what is not yet, and what to mend.
OPEN = {
    "edge/TLeafC_pr342.root": "branches next to texts are told to have no offsets of entries",
    "edge/uproot-double32-float16.root": "titles of leaves of Double32_t with a range differ",
}
SEEDS = range(40)


def named(name: str) -> ParameterSet:
    """Return a file as a test takes it."""
    why = OPEN.get(name)
    return pytest.param(
        name, marks=[] if why is None else pytest.mark.xfail(reason=why, strict=True)
    )


def compressed(original: Path, small: Path) -> None:
    """Compress a file, small trees too, as they are with a codec at hand."""
    codec: Path | None = small.with_name(f"{small.stem}-codec.root")
    try:
        rootae.train([original], small.with_name(f"{small.stem}-codec.root"), family="plain")
    except rootae.RootaeError:  # there are no numbers in it
        codec = None
    rootae.compress(original, small, family="plain", backend="root", codec=codec)


def differences(plugin: Path, pairs: list[tuple[Path, Path]], folder: Path) -> list[str]:
    """Return what ROOT says of each pair of an original and its compressed self."""
    lines = [f'same_trees("{original}", "{small}");' for original, small in pairs]
    macro = folder / "compare.C"
    macro.write_text(f'#include "{SAME}"\nvoid compare() {{\n{"".join(lines)}\n}}\n')
    done = interpreted(plugin, macro, folder)
    said = [line for line in done.stdout.splitlines() if "Processing" not in line]
    assert done.returncode == 0, done.stderr[-2000:]
    return [line for line in said if "difference" in line or ": " in line]


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
