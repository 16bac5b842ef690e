"""What scripts call of ROOT again and again, called once: copies of a process find it compiled."""

from __future__ import annotations

import tempfile
from array import array
from pathlib import Path
from typing import Any

__all__ = ["rehearse"]


def rehearse(root: Any) -> None:
    """Write a small file by ROOT and look at all of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "small.root")
        _write(root, path)
        _look(root, path)
    root.gROOT.CloseFiles()


def _write(root: Any, path: str) -> None:
    file, random = root.TFile(path, "recreate", "", 505), root.TRandom3(1)
    tree = root.TTree("t", "")
    v, n, p = root.std.vector("float")(), array("i", [0]), array("f", [0.0] * 4)
    tree.Branch("n", n, "n/I")
    tree.Branch("p", p, "p[n]/F", 800)
    tree.Branch("v", v)
    tree.SetAutoFlush(2)
    for n[0] in range(3):
        p[0] = random.Gaus() + random.Gaus(0, 1) + random.Poisson(3) + random.Exp(2.0)
        v.clear()
        v.push_back(1.0)
        tree.Fill()
    tree.Write()
    histogram = root.TH1D("h", "", 2, 0, 2)
    histogram.Fill(1)
    histogram.Write()
    file.mkdir("d").cd()
    file.Close()


def _look(root: Any, path: str) -> None:
    file = root.TFile.Open(path)
    for key in file.GetListOfKeys():
        _call(key, "GetName", "GetTitle", "GetCycle", "IsFolder")
        root.TClass.GetClass(key.GetClassName()).InheritsFrom("TTree")
        found = key.ReadObj()
        _call(found, "GetName", "GetTitle", "ClassName")
        root.TBufferJSON.ToJSON(found, 23)
    tree = file.Get("t")
    _call(tree, "GetEntries", "GetListOfAliases", "GetUserInfo", "GetListOfFriends", "GetTreeIndex")
    step = tree.GetClusterIterator(0)
    step()
    step.GetNextEntry()
    for branch in tree.GetListOfBranches():
        _call(branch, "GetName", "GetTitle", "ClassName", "GetClassName", "GetListOfBranches")
        list(map(branch.GetBasketEntry().__getitem__, range(branch.GetWriteBasket())))
        for leaf in branch.GetListOfLeaves():
            _call(leaf, "ClassName", "GetName", "GetLeafCount", "GetTypeName")
    tree.GetEntry(1)
    for entry in tree:
        list(entry.p), list(entry.v), entry.n
    file.Close()
    root.TFile(path).Close()


def _call(of: Any, *names: str) -> None:
    for name in names:
        getattr(of, name)()
