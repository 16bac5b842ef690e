"""RDataFrame by decoded blocks: columns, types and values are the original's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from plugged import python

if TYPE_CHECKING:
    from pathlib import Path

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
