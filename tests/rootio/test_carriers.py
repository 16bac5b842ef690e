"""Branches that are given one array have baskets of their own, as carriers of a block are."""

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


def test_no_two_branches_share_a_basket(made: Path) -> None:
    # uproot would wait for ever where two of them are read together
    tree = uproot.open(made)["t"]
    seeks = [at for n in "abc" for at in tree[n].member("fBasketSeek")[:3].tolist()]
    assert len({*seeks}) == len(seeks)
    assert tree.arrays().tolist() == [dict.fromkeys("abc", 7)] * 13


def test_root_reads_and_copies_them(made: Path, root_script: Script) -> None:
    copy = made.with_name("copy.root")
    done = root_script(SCRIPT, made, copy)
    assert done.stdout.split() == ["13"], done.stderr
    assert uproot.open(copy)["t"].arrays().tolist() == [dict.fromkeys("abc", 7)] * 13
