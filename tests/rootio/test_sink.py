from __future__ import annotations

from typing import TYPE_CHECKING

import awkward as ak
import numpy as np
import uproot

from rootae.rootio.sink import RowBranch, RowWriter

if TYPE_CHECKING:
    from pathlib import Path


def test_a_counter_may_come_after_what_it_counts(tmp_path: Path) -> None:
    x = ak.Array([[1.5, 2.5], [], [3.5]])
    branches = [
        RowBranch("x", "var * float64", counter="n"),
        RowBranch("n", "int32", counts="uint32"),
    ]
    with uproot.recreate(tmp_path / "out.root") as file:
        rows = RowWriter(file, "t", "a title", branches)
        rows.add({"x": x, "n": ak.Array(np.array([2, 0, 1], "i8"))}, 3)
        rows.close()
    with uproot.open(tmp_path / "out.root") as file:
        assert file["t"]["x"].array().tolist() == x.tolist()
        assert file["t"]["n"].array(library="np").tolist() == [2, 0, 1]
        assert file["t"]["n"].typename == "uint32_t"
