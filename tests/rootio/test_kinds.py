"""Trees are told by what their classes inherit from, and objects that hold trees are not copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import uproot

import rootae
from rootae.errors import UnsupportedError
from rootae.rootio.kinds import Kind, bases_of, kinds_of
from rootae.source.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from rooted import Script

MAKE = """
import array, os
f = ROOT.TFile(sys.argv[1], "RECREATE", "", 0)
x, k = array.array("f", [0]), array.array("i", [0])
t = ROOT.TTree("Events", "t"); t.Branch("x", x, "x/F"); t.Branch("k", k, "k/I")
deep = f.mkdir("deep"); deep.cd()
n = ROOT.TNtuple("Analysis", "mine", "u:v"); n.SetWeight(0.5); n.SetAlias("w", "u + v")
info = ROOT.TNamed("era", "2026"); ROOT.SetOwnership(info, False); n.GetUserInfo().Add(info)
for i in range(20000):
    x[0], k[0] = i % 37, i % 9
    t.Fill(); n.Fill(x[0], k[0])
f.cd(); t.Write(); deep.cd(); n.Write(); f.cd()
c = ROOT.TChain("Events"); c.Add("/nowhere/x.root"); c.Write("chain")
if sys.argv[2] == "list":
    inner = ROOT.TTree("inner", ""); inner.Branch("x", x, "x/F")
    for i in range(9000): inner.Fill()
    inner.FlushBaskets()
    found = ROOT.TList(); found.Add(inner); found.Write("found", 1)
if sys.argv[2] == "memory":
    inner = ROOT.TTree("inner", ""); inner.SetDirectory(ROOT.nullptr); inner.Branch("x", x, "x/F")
    inner.Fill()
    found = ROOT.TList(); found.Add(inner); found.Write("found", 1)
f.Close(); os._exit(0)
"""
LOOK = """
import os
f = ROOT.TFile.Open(sys.argv[1]); n = f.Get("deep/Analysis")
print(sum(e.v for e in n), n.GetWeight(), n.GetTitle(),
      [a.GetTitle() for a in n.GetListOfAliases()], [i.GetTitle() for i in n.GetUserInfo()],
      n.GetEntries(),
      f.GetKey("chain").GetClassName())
sys.stdout.flush(); os._exit(0)
"""


def renamed(path: Path, old: bytes, new: bytes, to: Path) -> Path:
    """Give a class another name of the same length in an uncompressed file."""
    to.write_bytes(path.read_bytes().replace(old, new))
    return to


@pytest.fixture(scope="module")
def derived(root_script: Script, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a file with a tree of a class that only its maker has, and the same as a TNtuple."""
    folder = tmp_path_factory.mktemp("derived")
    root_script(MAKE, folder / "plain.root", "")
    made = renamed(folder / "plain.root", b"TNtuple", b"MyTuple", folder / "in.root")
    return made, folder / "plain.root"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("TTree", Kind.TREE), ("TNtupleD", Kind.TREE), ("TTreeSQL", Kind.DERIVED),
        ("TChain", Kind.OBJECT), ("TProofChain", Kind.OBJECT), ("TH1F", Kind.OBJECT),
        ("TDirectory", Kind.DIRECTORY), ("RooWorkspace::WSDir", Kind.FOLDER),
        ("ROOT::RNTuple", Kind.NTUPLE), ("Unheard::Of", Kind.OBJECT),
    ],
)  # fmt: skip
def test_roots_own_classes_need_no_description(name: str, kind: Kind) -> None:
    assert kinds_of(None, {name}) == {name: kind}


def test_classes_that_inherit_from_themselves_end() -> None:
    assert bases_of("A", {"A": ("B",), "B": ("A", "C")}) == {"A", "B", "C"}


def test_a_tree_of_a_derived_class_is_kept_by_root(
    derived: tuple[Path, Path], root_script: Script, tmp_path: Path
) -> None:
    path, plain = derived
    with Source.open(path) as source:
        assert source.derived() == [("deep/Analysis;1", "MyTuple")]
        assert source.tree_paths() == ["Events"]
        assert [k for k, _ in source.objects()] == ["chain;1"]
    small, again = tmp_path / "small.root", tmp_path / "again.root"
    rootae.compress(path, small, family="plain", compression=0)
    rootae.decompress(small, again, compression=0)
    wanted = root_script(LOOK, plain).stdout
    for made in (small, again):
        assert uproot.open(made).classnames()["deep/Analysis;1"] == "MyTuple"
        named = renamed(made, b"MyTuple", b"TNtuple", tmp_path / "named.root")
        assert root_script(LOOK, named).stdout == wanted


def test_uproot_names_a_tree_of_a_derived_class(derived: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match=r"deep/Analysis;1 \(MyTuple, a tree\)"):
        rootae.compress(derived[0], tmp_path / "o.root", family="plain", backend="uproot")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("backend", ["auto", "root", "uproot"])
def test_an_object_that_holds_a_tree_is_never_copied(
    root_script: Script, tmp_path: Path, backend: str
) -> None:
    root_script(MAKE, tmp_path / "in.root", "list")
    with pytest.raises(UnsupportedError, match=r"found;1 \(TList, which holds a tree\)"):
        rootae.compress(tmp_path / "in.root", tmp_path / "o.root", family="plain", backend=backend)
    assert not (tmp_path / "o.root").exists()


def test_a_tree_in_an_object_may_bring_its_baskets_along(
    root_script: Script, tmp_path: Path
) -> None:
    root_script(MAKE, tmp_path / "in.root", "memory")
    with Source.open(tmp_path / "in.root") as source:
        assert source.stranded == []
