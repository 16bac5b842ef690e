"""RDataFrame by decoded blocks: columns, types and values are the original's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import uproot
from plugged import python
from samples import write_columns

import rootae

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

COMPARED = """
import sys, rootae, ROOT
if int(sys.argv[1]): ROOT.EnableImplicitMT(int(sys.argv[1]))
paths = sys.argv[2].split(",")
a = ROOT.RDataFrame("Events", [p.replace("small", "events") for p in paths])
b = rootae.rdataframe(paths, "Events")
names = [str(n) for n in a.GetColumnNames()]
assert [str(n) for n in b.GetColumnNames()] == names
assert [a.GetColumnType(n) for n in names] == [b.GetColumnType(n) for n in names]
for again in range(2):
    for f in (a, b):
        cut = f.Filter("nMuon == 2").Define("pt", "Sum(Muon_pt)")
        print(int(f.Count().GetValue()), int(f.Sum("event").GetValue()), int(cut.Max("event")
              .GetValue()), "%.4f" % cut.Sum("pt").GetValue(), int(f.Sum("nMuon").GetValue()))
some = rootae.rdataframe(paths, "Events", ["Muon_p*"])
print(*sorted(str(n) for n in some.GetColumnNames() if "." not in str(n)))
"""


@pytest.mark.slow
@pytest.mark.parametrize("threads", [0, 2])
@pytest.mark.parametrize("paths", ["small.root", "small.root,events.root,small.root"])
def test_it_is_as_the_original(plugin: Path, muons: Path, threads: int, paths: str) -> None:
    done = python(COMPARED, muons, threads, paths)
    assert done.returncode == 0, done.stderr
    *sums, names = done.stdout.splitlines()
    assert len(sums) == 4
    assert len(set(sums)) == 1
    assert names.split() == ["Muon_phi", "Muon_pt", "Muon_ptErr", "nMuon"]


COPIED = """
import sys, rootae, ROOT
if int(sys.argv[1]): ROOT.EnableImplicitMT(int(sys.argv[1]))
rootae.rdataframe(sys.argv[3:], "t").Snapshot("t", sys.argv[2])
"""


@pytest.mark.slow
@pytest.mark.parametrize("threads", [0, 2])
def test_snapshots_of_several_files_have_each_ones_values(
    plugin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    del plugin
    monkeypatch.setattr("rootae.source.tree.ROWS_AT_MOST", 10_000)
    wanted: dict[str, list[NDArray[Any]]] = {}
    for i in range(3):
        rng, number = np.random.default_rng(i), np.arange(30_000 * i, 30_000 * (i + 1))
        columns = {"number": number, "x": rng.normal(size=30_000), "passing": rng.random(30_000)}
        columns["little"] = rng.integers(0, 9, 30_000).astype(np.int16)
        write_columns(tmp_path / f"in{i}.root", columns)
        rootae.compress(
            tmp_path / f"in{i}.root",
            tmp_path / f"small{i}.root",
            family="plain",
            keep_plain=["passing", "little"],
        )
        for name, values in columns.items():
            wanted.setdefault(name, []).append(values)
    files = ["small0.root", "in1.root", "small2.root"]
    done = python(COPIED, tmp_path, threads, "out.root", *files)
    assert done.returncode == 0, done.stderr
    with uproot.open(tmp_path / "out.root") as file:
        found = file["t"].arrays(library="np")
    order = np.argsort(found["number"])  # threads write in any
    for name, parts in wanted.items():
        assert np.array_equal(found[name][order], np.concatenate(parts)), name
