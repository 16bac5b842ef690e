from __future__ import annotations

from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import pytest
import uproot

import rootae
from rootae.source.source import Source
from rootae.writer.eligible import left_alone, unpaid
from rootae.writer.tree import Sizes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from rooted import Script


def write(path: Path, **trees: Mapping[str, Any]) -> Path:
    with uproot.recreate(path) as file:
        for name, arrays in trees.items():
            types = {
                k: v.dtype if isinstance(v, np.ndarray) else "var * float32"
                for k, v in arrays.items()
            }
            file.mktree(name, types).extend(arrays)
    return path


LARGE = {"x": np.arange(30_000, dtype="i4")}
SMALL = {"x": np.arange(100, dtype="i4")}


def reasons(
    path: Path, trees: Sequence[str] = (), kept: Sequence[str] = (), *, given: bool = False
) -> dict[str, str]:
    with Source.open(path) as source:
        return left_alone(source, trees, kept, given=given)


def test_a_small_tree_is_left_unless_a_codec_was_given(tmp_path: Path) -> None:
    path = write(tmp_path / "a.root", big=LARGE, tiny=SMALL)
    assert reasons(path) == {"tiny": "fewer than 20000 values"}
    assert reasons(path, given=True) == {}


def test_trees_that_were_not_asked_for_are_left(tmp_path: Path) -> None:
    path = write(tmp_path / "a.root", big=LARGE, other=LARGE)
    assert reasons(path, trees=["b*"]) == {"other": "not asked for"}


def test_a_tree_whose_columns_are_all_kept_is_left(tmp_path: Path) -> None:
    path = write(tmp_path / "a.root", big=LARGE)
    assert reasons(path, kept=["x"]) == {"big": "all its columns are kept plain"}


def test_what_costs_more_than_it_saved_is_left(tmp_path: Path) -> None:
    path = write(tmp_path / "a.root", big=LARGE, other=LARGE)
    with Source.open(path) as source:
        before = sum(b.compressed_bytes for b in source.file["big"].branches)
        sizes = {"big": Sizes({"x": before + 1}), "other": Sizes({"x": 10})}
        assert list(unpaid(source, sizes, 0)) == ["big"]
        assert set(unpaid(source, sizes, 10**6)) == {"big", "other"}


def test_a_small_tree_of_vectors_is_coded_beside_a_coded_one(
    root_script: Script, tmp_path: Path
) -> None:
    path = tmp_path / "v.root"
    root_script(
        """
f = ROOT.TFile(sys.argv[1], "recreate")
a, b = ROOT.TTree("big", ""), ROOT.TTree("tiny", "")
v, x = ROOT.std.vector("float")(), __import__("array").array("i", [0])
a.Branch("x", x, "x/I"); b.Branch("v", v)
for i in range(30000):
    x[0] = i % 91 * i
    a.Fill()
for i in range(50):
    v.clear()
    for j in range(i % 4): v.push_back(i / 3)
    b.Fill()
f.Write()
""",
        path,
    )
    report = rootae.compress(path, tmp_path / "o.root", family="plain")
    assert all(t.coded for t in report.trees)
    with uproot.open(path) as original, rootae.open(tmp_path / "o.root") as file:
        assert ak.array_equal(original["tiny/v"].array(), file["tiny"]["v"].array())


@pytest.mark.slow
def test_losses_are_named_before_any_training(root_script: Script, tmp_path: Path) -> None:
    path = tmp_path / "v.root"
    root_script(
        """
f = ROOT.TFile(sys.argv[1], "recreate")
a = ROOT.TTree("big", ""); x = __import__("array").array("i", [0])
v = ROOT.std.vector("std::string")()
a.Branch("x", x, "x/I"); a.Branch("nested", v)
for i in range(30000):
    x[0] = i
    a.Fill()
f.Write()
""",
        path,
    )
    with pytest.raises(rootae.UnsupportedError, match="big:nested"):
        rootae.compress(path, tmp_path / "o.root", family="ae", backend="uproot")
