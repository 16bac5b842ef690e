"""Clusters that uproot's writer puts into headers, as ROOT walks them."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import pytest
import uproot

import rootae.rootio.clusters
from rootae.rootio.clusters import cluster_ranges, usual_cluster
from rootae.rootio.sink import RowBranch, RowWriter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rooted import Script

WALK = """
import json
f = ROOT.TFile(sys.argv[1]); t = f.Get("t"); step = t.GetClusterIterator(0); found = []
while (start := step()) < t.GetEntries():
    found.append([int(start), int(step.GetNextEntry())])
sums = [0, 0]
for e in t:
    sums = [sums[0] + e.n, sums[1] + sum(list(e.x))]
same = [b.GetBasketEntry()[i] for b in t.GetListOfBranches() for i in range(b.GetWriteBasket())]
names = [l.GetLeafCount().GetName() if l.GetLeafCount() else "" for l in t.GetListOfLeaves()]
print(json.dumps([found, sums, sorted(set(same)), names]))
"""
KINDS = [
    RowBranch("k__rae", "uint8", bookkeeping=True),
    RowBranch("x", "var * float64", counter="n"),
    RowBranch("n", "int32", counts="uint32"),
    RowBranch("s", "string"),
]


def write(path: Path, sizes: Sequence[int], seed: int = 0) -> list[float]:
    """Write a tree of clusters of these sizes; return its sums."""
    rng = np.random.default_rng(seed)
    sums = [0.0, 0.0]
    with uproot.recreate(path) as file:
        rows = RowWriter(file, "t", "a title", KINDS)
        for size in sizes:
            counts = rng.integers(0, 4, size)
            x = ak.unflatten(rng.integers(0, 99, counts.sum()).astype("f8"), counts)
            s = ak.Array(["a" * int(n) for n in rng.integers(1, 300, size)])
            k = np.full(size, 0xAE, "u1")
            rows.add({"k__rae": k, "x": x, "n": counts.astype("u4"), "s": s}, size)
            rows.flush()
            more = int(counts.sum()), float(ak.sum(x))
            sums = [a + b for a, b in zip(sums, more, strict=True)]
        rows.close()
    return sums


@pytest.mark.parametrize(
    "sizes",
    [
        [7],
        [1, 2, 3, 3, 3, 4, 9, 1],
        list(range(1, 120)),
        *(pytest.param(s, marks=pytest.mark.slow) for s in ([5, 5, 5], [5, 5, 2], [9, 1, 1], [])),
    ],
    ids=lambda s: str(len(s)),
)
def test_root_walks_the_clusters_that_were_flushed_and_reads_what_was_written(
    root_script: Script, tmp_path: Path, sizes: list[int]
) -> None:
    sums = write(tmp_path / "t.root", sizes)
    starts = [0, *itertools.accumulate(sizes)]
    found = json.loads(root_script(WALK, tmp_path / "t.root").stdout)
    assert found[0] == [list(pair) for pair in itertools.pairwise(starts)]
    assert found[1] == sums
    assert found[2] == starts[:-1]
    assert found[3] == ["", "", "n", ""]
    with uproot.open(tmp_path / "t.root") as file:
        assert file["t"].num_entries == sum(sizes)
        assert file["t"].title == "a title"
        if sizes:
            assert file["t"].common_entry_offsets() == starts
            assert [int(ak.sum(file["t"]["n"].array())), float(ak.sum(file["t"]["x"].array()))] == (
                sums
            )


@pytest.mark.parametrize(
    "files",
    [
        [[100], [90], [90], [100]],
        [[90], [100, 100], [3], [100]],
        [[100, 100, 30], [90], [100, 30]],
        [[100], [100], [7], [30, 30]],
        [[], [100], [], [90], [7]],
    ],
    ids=str,
)
@pytest.mark.parametrize("small", [pytest.param(False, marks=pytest.mark.slow), True])
def test_a_fast_hadd_begins_a_cluster_with_each_file(
    root_script: Script,
    hadd: Script,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    files: list[Any],
    small: bool,
) -> None:
    monkeypatch.setattr(rootae.rootio.clusters, "_ENOUGH", 1 << 23 if small else 1)
    paths = [tmp_path / f"{i}.root" for i in range(len(files))]
    for path, sizes in zip(paths, files, strict=True):
        write(path, sizes, len(sizes))
    assert hadd("-ff", tmp_path / "out.root", *paths).returncode == 0
    starts = [0, *itertools.accumulate(size for sizes in files for size in sizes)]
    found = json.loads(root_script(WALK, tmp_path / "out.root").stdout)
    assert found[2] == starts[:-1]
    if small:  # whole blocks, of which some may share a cluster
        assert {edge for cluster in found[0] for edge in cluster} <= set(starts)
        assert all(start < stop for start, stop in found[0])
    else:
        assert found[0] == [list(pair) for pair in itertools.pairwise(starts)]


def test_a_header_has_no_room_for_baskets_that_are_not_there(tmp_path: Path) -> None:
    with uproot.recreate(tmp_path / "t.root") as file:
        rows = RowWriter(file, "t", "", [RowBranch(f"x{i}", "float32") for i in range(300)])
        for _ in range(12):  # uproot makes room for a hundred
            rows.add({f"x{i}": np.zeros(5, "f4") for i in range(300)}, 5)
            rows.flush()
        rows.close()
    with uproot.open(tmp_path / "t.root") as file:
        key = file.key("t")
        assert key.fObjlen < 300 * (500 + 13 * 20)
        assert key.fNbytes < key.fObjlen / 4
        assert len(file["t"]["x7"].member("fBasketSeek")) == 13


def test_ranges_end_before_the_last_cluster_which_none_exceeds() -> None:
    rng = np.random.default_rng(1)
    for _ in range(200):
        sizes = rng.integers(1, 4, rng.integers(1, 30)).tolist()
        ends, each = cluster_ranges(sizes)
        walked, start = [], 0
        for end, size in zip(ends, each, strict=True):
            while start <= end:
                walked.append(min(size, end + 1 - start))
                start += walked[-1]
        assert walked == sizes[:-1]
        assert usual_cluster(sizes, int(rng.integers(0, 10**9))) >= sizes[-1]


def test_where_clusters_are_large_new_ones_are_as_large() -> None:
    assert usual_cluster([1000, 900], 50_000_000) == 1000
    assert usual_cluster([10], 100) == 838_860
