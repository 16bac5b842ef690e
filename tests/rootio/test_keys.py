"""Keys are found by exactly their names, whatever letters these have and whatever shares them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import uproot
from leaves import compare

import rootae
from rootae.errors import NameNotFound, UnsupportedError
from rootae.operations.info import info
from rootae.rootio.keys import every_key, key_at, newest
from rootae.source.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from rooted import Script

NAMES = ["a/Events", "DecayTree:B", "x;y", "t[6]", "w*?", "two words", "v.1", "T"]
OBJECTS = ["SR/Signal/Nominal", "SR:Signal", "h[2]*", "semi;colon", "a blank"]
MAKER = """
import os, array, random
folder = sys.argv.pop(1)
x, y = array.array("i", [0]), array.array("f", [0])
def tree(name, entries=12000):
    t = ROOT.TTree(name, "tree " + name); t.Branch("x", x, "x/I"); t.Branch("y", y, "y/F")
    for i in range(entries):
        x[0], y[0] = i % 97, int(random.gauss(0, 10))
        t.Fill()
    t.Write()
def hist(name, value):
    h = ROOT.TH1D("h", name, 3, 0, 3); h.Fill(value); h.SetDirectory(ROOT.nullptr); h.Write(name)
def names():
    for name in NAMES: tree(name)
    for i, name in enumerate(OBJECTS): hist(name, i % 3)
    d = f.mkdir("d:1", "a directory"); d.cd(); tree("in:side"); hist("h/h", 1); f.cd()
    t = ROOT.TTree("own", "another key than name"); t.Branch("x", x, "x/I")
    for i in range(24000): x[0] = int(random.gauss(0, 50)); t.Fill()
    t.Write("key")
def hist_then_tree(): hist("T", 1); tree("T"); tree("Events")
def tree_then_hist(): tree("T"); hist("T", 1); tree("Events")
def directory_then_tree():
    d = f.mkdir("T", "both"); d.cd(); tree("Events"); ROOT.TNamed("in", "x").Write()
    f.cd(); tree("T"); tree("Events")
def referred():
    one = ROOT.TNamed("one", "that something refers to")
    t = ROOT.TTree("Events", ""); t.Branch("x", x, "x/I")
    held = ROOT.TRef(one); t.Branch("held", held)
    for i in range(24000): x[0] = int(random.gauss(0, 50)); t.Fill()
    for name in ("a", "b"): ROOT.TRef(one).Write(name)
    one.Write(); t.Write()
for kind in sys.argv[1:]:
    f = ROOT.TFile(os.path.join(folder, kind + ".root"), "recreate")
    globals()[kind]()
    f.Close()
sys.stdout.flush(); os._exit(0)
"""
SHARED = ["hist_then_tree", "tree_then_hist", "directory_then_tree"]


@pytest.fixture(scope="module")
def made(root_script: Script, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    """Return files by kind, as ROOT makes them, compressed, and decompressed again."""
    folder = tmp_path_factory.mktemp("keys")
    code = MAKER.replace("NAMES", repr(NAMES)).replace("OBJECTS", repr(OBJECTS))
    root_script(code, folder, "names", "referred", *SHARED)
    found = {}
    for kind in ("names", "referred", *SHARED):
        before, small, back = found[kind] = [folder / f"{kind}{n}.root" for n in ("", ".s", ".b")]
        rootae.compress(before, small, family="plain")
        rootae.verify(small, against=before)
        rootae.decompress(small, back)
    return found


@pytest.fixture(scope="module")
def named(made: dict[str, list[Path]]) -> list[Path]:
    """Return a file of odd names and the same compressed."""
    return made["names"][:2]


def test_every_key_is_found_by_its_own_name(made: dict[str, list[Path]]) -> None:
    with uproot.open(made["names"][0]) as file:
        for path, key in every_key(file):
            assert newest(file, path).fSeekKey == key.fSeekKey
            assert key_at(file, f"{path};{key.fCycle}").fSeekKey == key.fSeekKey
        for missing in ("SR", "a", "d:1/h", "DecayTree", "x"):
            with pytest.raises(KeyError):
                newest(file, missing)


def test_root_finds_everything_again(made: dict[str, list[Path]]) -> None:
    wrong = compare(*((before, back) for before, _, back in made.values()))
    assert dict(zip(made, wrong, strict=True)) == {kind: [] for kind in made}


def test_all_trees_are_coded_but_those_beside_a_directory_of_trees(
    made: dict[str, list[Path]],
) -> None:
    for kind, (before, small, _) in made.items():
        trees = set(Source(before, uproot.open(before)).tree_paths())
        left = {"T"} if kind == "directory_then_tree" else set()
        assert set(rootae.open(small).bounds) == trees - left


@pytest.mark.parametrize("name", [*NAMES, "d:1/in:side"])
def test_trees_are_read_by_their_names(named: list[Path], name: str) -> None:
    path, small = named
    wanted = Source(path, uproot.open(path)).opened(name)["y"].array(library="np")
    for tree in (rootae.open(small)[name], rootae.open(f"{small}:{name}")):
        assert tree["y"].array(library="np").tobytes() == wanted.tobytes()
    assert name in rootae.open(small)


def test_objects_are_read_by_their_names(named: list[Path]) -> None:
    file = rootae.open(named[1])
    assert [int(file[name].values().argmax()) for name in OBJECTS] == [0, 1, 2, 0, 1]
    with pytest.raises(NameNotFound):
        file["SR/Signal"]


@pytest.mark.parametrize("name", ["a/Events", "DecayTree:B", "t[6]", "w*?", "d:1/in:side"])
def test_one_tree_is_chosen_by_its_name(named: list[Path], name: str) -> None:
    path, small = named
    with Source.open(path) as source:
        assert source.tree_paths([name]) == [name]
    assert [t.path for t in info(f"{small}:{name}").trees] == [name]


def test_uproot_names_what_it_would_call_otherwise(
    made: dict[str, list[Path]], tmp_path: Path
) -> None:
    for verb in (rootae.compress, rootae.skim):
        options: dict[str, Any] = (
            {"backend": "uproot"} if verb is rootae.compress else {"tree": "T"}
        )
        with pytest.raises(UnsupportedError, match=r"a/Events .*SR/Signal/Nominal"):
            verb(made["names"][0], tmp_path / "no.root", **options)


@pytest.mark.parametrize("kind", SHARED)
def test_uproot_names_what_shares_a_name(
    made: dict[str, list[Path]], tmp_path: Path, kind: str
) -> None:
    with pytest.raises(UnsupportedError, match=r"cannot write T;1"):
        rootae.compress(made[kind][0], tmp_path / "no.root", family="plain", backend="uproot")
    with pytest.raises(UnsupportedError, match=r"cannot write T;1"):
        rootae.merge([made[kind][0], made[kind][0]], tmp_path / "no.root")


def test_directories_of_one_name_stop_with_it(tmp_path: Path) -> None:
    with uproot.recreate(tmp_path / "one.root") as file:
        for name in ("d", "e"):
            file[f"{name}/text"] = name
    data = (tmp_path / "one.root").read_bytes()
    twice = tmp_path / "twice.root"
    twice.write_bytes(data.replace(b"\x01e", b"\x01d"))
    with Source.open(twice) as source:
        assert source.directories() == ["d"]
        assert [x for x in source.stranded if "several of this name" in x]


def test_what_is_referred_to_is_counted_as_it_was(made: dict[str, list[Path]]) -> None:
    before, small, back = made["referred"]
    assert uproot.open(small)["rootae"]
    assert compare((before, back)) == [[]]


def test_a_tree_compressed_in_an_old_way_is_named_with_what_mends_it(
    made: dict[str, list[Path]], tmp_path: Path
) -> None:
    data = bytearray(made["hist_then_tree"][0].read_bytes())
    with Source.open(made["hist_then_tree"][0]) as source:
        key = source.tree_key("Events")
        at = key.fSeekKey + key.fKeylen
    assert data[at : at + 2] == b"ZL"
    data[at : at + 2] = b"CS"
    path = tmp_path / "old.root"
    path.write_bytes(data)
    with pytest.raises(UnsupportedError, match="tree Events;1 was compressed by a ROOT of the 199"):
        rootae.compress(path, tmp_path / "out.root")
