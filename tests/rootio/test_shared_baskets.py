"""Carriers of a block are all the same, and have one basket in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import uproot

from rootae.rootio.sink import RowBranch, RowWriter
from rootae.rootio.titles import recreate

if TYPE_CHECKING:
    from pathlib import Path

    from rooted import Script

SCRIPT = """
file = ROOT.TFile.Open(sys.argv[1])
tree = file.Get("t")
print(tree.GetEntries("a==7 && b==7 && c==7"))
copied = ROOT.TFile(sys.argv[2], "recreate")
tree.CloneTree(-1, "fast").Write()
copied.Close()
"""


@pytest.fixture
def made(tmp_path: Path) -> Path:
    names, path = ["a", "b", "c"], tmp_path / "made.root"
    branches = [RowBranch(n, "uint8", bookkeeping=n != "c") for n in names]
    with recreate(path) as file:
        rows = RowWriter(file, "t", "", branches)
        for entries in (5, 5, 3):
            rows.add(dict.fromkeys(names, np.full(entries, 7, np.uint8)), entries)
            rows.flush()
        rows.close()
    return path


def test_branches_that_are_given_one_array_have_one_basket_a_cluster(made: Path) -> None:
    tree = uproot.open(made)["t"]
    seeks = {n: tree[n].member("fBasketSeek")[:3].tolist() for n in tree.keys()}  # noqa: SIM118
    assert seeks["a"] == seeks["b"]
    assert len({*seeks["a"], *seeks["c"]}) == 6
    assert all(tree[n].array().tolist() == [7] * 13 for n in seeks)


def test_root_reads_and_copies_them(made: Path, root_script: Script) -> None:
    copy = made.with_name("copy.root")
    done = root_script(SCRIPT, made, copy)
    assert done.stdout.split() == ["13"], done.stderr
    assert uproot.open(copy)["t"].arrays().tolist() == [dict.fromkeys("abc", 7)] * 13
