"""What ROOT's hadd makes of compressed files: a right file, or one that is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import awkward as ak
import pytest
import uproot
from samples import same, write_events

import rootae
import rootae.source.tree
from rootae.errors import CorruptError
from rootae.reader.cache import cache

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from rooted import Script

_SLOW_FK = pytest.param("-fk", marks=pytest.mark.slow)
NAMES = ["MET_pt", "Jet_pt", "nJet", "matrix", "event", "HLT_mu", "Muon_charge", "label"]


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory, hadd: Script) -> Path:
    """Return a folder of inputs: a, b, empty, and each compressed with either of two codecs."""
    folder = tmp_path_factory.mktemp("hadd")
    for name, entries, seed in (("a", 1500, 1), ("b", 1100, 2), ("empty", 0, 3)):
        write_events(folder / f"{name}.root", entries, seed)
    rootae.train([f"{folder / 'a.root'}:Events"], folder / "one.root", family="plain")
    rootae.train(
        [f"{folder / 'b.root'}:Events"], folder / "two.root", family="plain", bounds={"*": "exact"}
    )
    options: dict[str, Any] = {"trees": ["Events"]}
    for name in ("a", "b", "empty"):
        for codec in ("one", "two"):
            out = folder / f"{name}_{codec}.root"
            rootae.compress(folder / f"{name}.root", out, codec=folder / f"{codec}.root", **options)
    for name in ("a", "b"):
        out = folder / f"{name}_kept.root"
        rootae.compress(
            folder / f"{name}.root", out, family="plain", keep_plain=("MET_pt",), **options
        )
    return folder


def merged(hadd: Script, inputs: Path, target: Path, *names: str, mode: str = "-f") -> Path | None:
    """Run hadd on inputs and return the target, or None if hadd itself refused."""
    done = hadd(mode, target, *(inputs / f"{n}.root" for n in names))
    return target if done.returncode == 0 and target.exists() else None


def originals(inputs: Path, *names: str) -> dict[str, ak.Array]:
    arrays = []
    for name in names:
        with uproot.open(inputs / f"{name}.root") as file:
            arrays.append({n: file["Events"][n].array() for n in NAMES})
    return {n: ak.concatenate([a[n] for a in arrays]) for n in NAMES}


def check(path: Path | None, wanted: Mapping[str, ak.Array]) -> None:
    assert path is not None, "hadd failed"
    with rootae.open(path) as file:
        tree = file["Events"]
        assert tree.keys() == list(dict.fromkeys(tree.keys()))
        assert file.bounds["Events"]["Jet_pt"] == rootae.Bound("exact")
        for name, array in wanted.items():
            assert same(ak.to_packed(tree[name].array()), ak.to_packed(array)), name
    rootae.verify(path)


@pytest.mark.parametrize("mode", ["-f", "-ff", "-fk", "-f505"])
def test_two_files_of_one_codec(hadd: Script, inputs: Path, tmp_path: Path, mode: str) -> None:
    out = merged(hadd, inputs, tmp_path / "out.root", "a_one", "b_one", mode=mode)
    check(out, originals(inputs, "a", "b"))


@pytest.fixture(scope="module")
def many_blocks(inputs: Path) -> Path:
    """Return the folder with a and b coded in so many blocks that ROOT packs several together."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rootae.source.tree, "ROWS_AT_MOST", 300)
        for name in ("a", "b"):
            out = inputs / f"{name}_many.root"
            options: dict[str, Any] = {"codec": inputs / "one.root", "trees": ["Events"]}
            rootae.compress(inputs / f"{name}.root", out, **options)
    return inputs


@pytest.mark.parametrize(
    ("mode", "packs"),
    [
        ("-f", True),
        ("-f0", True),
        ("-ff", False),
        pytest.param("-f505", True, marks=pytest.mark.slow),
        pytest.param("-fk", False, marks=pytest.mark.slow),
    ],
)
def test_blocks_are_read_whether_hadd_packs_their_baskets_anew_or_not(
    hadd: Script, many_blocks: Path, tmp_path: Path, mode: str, packs: bool
) -> None:
    out = merged(hadd, many_blocks, tmp_path / "out.root", "a_many", "b_many", mode=mode)
    with rootae.open(out) as file:
        side = file["rootae/trees/Events"]
        blocks = side.num_entries
        baskets = side["blobs"].num_baskets
    assert blocks > 20
    assert baskets < blocks if packs else baskets == blocks
    check(out, originals(many_blocks, "a", "b"))
    with rootae.open(out) as file:
        cache.clear()
        some = file["Events"]["Jet_pt"].array(entry_start=1400, entry_stop=1600)
    assert same(
        ak.to_packed(some), ak.to_packed(originals(many_blocks, "a", "b")["Jet_pt"][1400:1600])
    )


@pytest.mark.parametrize("mode", ["-f", "-ff", _SLOW_FK])
def test_two_files_of_different_codecs(
    hadd: Script, inputs: Path, tmp_path: Path, mode: str
) -> None:
    assert rootae.read_codec(inputs / "one.root").id != rootae.read_codec(inputs / "two.root").id
    out = merged(hadd, inputs, tmp_path / "out.root", "a_one", "b_two", mode=mode)
    check(out, originals(inputs, "a", "b"))


@pytest.mark.parametrize(
    ("mode", "at"),
    [("-f", 0), ("-ff", 1), ("-fk", 1)]
    + [pytest.param(*case, marks=pytest.mark.slow) for case in (("-f", 1), ("-ff", 0), ("-ff", 2))],
)
def test_three_files_with_an_empty_one_among_them(
    hadd: Script, inputs: Path, tmp_path: Path, mode: str, at: int
) -> None:
    names = ["a_one", "b_one"]
    names.insert(at, "empty_one")
    out = merged(hadd, inputs, tmp_path / "out.root", *names, mode=mode)
    check(out, originals(inputs, "a", "b"))


def test_merged_files_may_be_merged_again(hadd: Script, inputs: Path, tmp_path: Path) -> None:
    one = merged(hadd, inputs, tmp_path / "one.root", "a_one", "b_two")
    assert hadd("-f", tmp_path / "two.root", one, inputs / "a_two.root").returncode == 0
    check(tmp_path / "two.root", originals(inputs, "a", "b", "a"))


def test_a_merged_file_has_a_record_of_each_part(
    hadd: Script, inputs: Path, tmp_path: Path
) -> None:
    out = merged(hadd, inputs, tmp_path / "out.root", "a_one", "b_one")
    with rootae.open(out) as file:
        names = {r["source"]["name"] for r in file.container.provenance}
    assert names == {"a.root", "b.root"}


def refused(path: Path | None, *columns: str) -> None:
    """Hold that a merged file is refused on reading, through either door."""
    if path is None:  # hadd itself refused
        return
    for name in columns:
        with pytest.raises(CorruptError) as caught, uproot.open(path) as file:
            file["Events"][name].array()
        assert "rootae merge" in str(caught.value)
    with pytest.raises(CorruptError):
        rootae.verify(path)


@pytest.mark.parametrize(
    ("mode", "names"),
    [
        ("-f", ("a_one", "b")),
        ("-f", ("a", "a_one", "b")),
        ("-f", ("a", "b_one")),
        ("-ff", ("a", "b_one")),
        pytest.param("-fk", ("a", "b_one"), marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_a_plain_file_among_them_is_refused(
    hadd: Script, inputs: Path, tmp_path: Path, mode: str, names: tuple[str, ...]
) -> None:
    refused(merged(hadd, inputs, tmp_path / "out.root", *names, mode=mode), "MET_pt", "Jet_pt")


@pytest.mark.parametrize("mode", ["-ff", "-fk"])
def test_a_plain_file_that_hadd_itself_leaves_out_does_no_harm(
    hadd: Script, inputs: Path, tmp_path: Path, mode: str
) -> None:
    done = hadd(mode, tmp_path / "out.root", inputs / "a_one.root", inputs / "b.root")
    assert "rootae_entry" in done.stderr  # hadd's own warning: nothing of the file is in the output
    check(tmp_path / "out.root", originals(inputs, "a"))


@pytest.mark.parametrize("mode", ["-f", "-ff", _SLOW_FK])
@pytest.mark.parametrize("names", [("a_one", "b_kept"), ("a_kept", "b_one")], ids=str)
def test_other_coded_columns_are_refused(
    hadd: Script, inputs: Path, tmp_path: Path, mode: str, names: tuple[str, ...]
) -> None:
    refused(merged(hadd, inputs, tmp_path / "out.root", *names, mode=mode), "Jet_pt")


SKIMS = """
source = ROOT.TFile.Open(sys.argv[1])
frame = ROOT.RDataFrame("Events", sys.argv[1])
for name, cut in (("some", "rootae_entry > 100"), ("all", "rootae_entry >= 0")):
    frame.Filter(cut).Snapshot("Events", f"{sys.argv[2]}/Snapshot_{name}.root")
    target = ROOT.TFile(f"{sys.argv[2]}/CopyTree_{name}.root", "RECREATE")
    source.Get("Events").CopyTree(cut).Write()
    target.Close()
"""


@pytest.mark.slow
def test_skims_without_the_blocks_are_refused(
    root_script: Script, inputs: Path, tmp_path: Path
) -> None:
    root_script(SKIMS, inputs / "a_one.root", tmp_path)
    assert len(list(tmp_path.iterdir())) == 4
    for path in tmp_path.iterdir():
        reads: list[Callable[[Any], Any]] = [lambda t: t["MET_pt"].array(), lambda t: t.arrays()]
        for read in reads:
            with pytest.raises(CorruptError, match="rootae skim"), uproot.open(path) as file:
                read(file["Events"])


COPY = """
source = ROOT.TFile.Open(sys.argv[1])
target = ROOT.TFile(sys.argv[2], "RECREATE")
def copy(directory, into):
    for key in directory.GetListOfKeys():
        if key.GetClassName() == "TTree":
            into.cd()
            tree = directory.Get(key.GetName())
            events = bool(tree.GetBranch("rootae_entry"))
            {events}
            new.Write()
        elif key.IsFolder():
            copy(directory.Get(key.GetName()), into.mkdir(key.GetName()))
        else:
            into.WriteTObject(key.ReadObj(), key.GetName())
copy(source, target)
target.Close()
"""
SOME = 'new = tree.CopyTree("rootae_entry != 7") if events else tree.CloneTree()'
SWAPPED = """
            new = tree.CloneTree(0) if events else tree.CloneTree()
            order = [1, 0, *range(2, tree.GetEntries())] if events else []
            for entry in order:
                tree.GetEntry(entry)
                new.Fill()"""
ALL = "new = tree.CloneTree()"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("events", "match"), [(SOME, "rootae skim"), (SWAPPED, "reordered")], ids=["cut", "swapped"]
)
def test_entries_cut_or_swapped_beside_their_blocks_are_refused(
    root_script: Script, inputs: Path, tmp_path: Path, events: str, match: str
) -> None:
    out = tmp_path / "out.root"
    root_script(COPY.format(events=events), inputs / "a_one.root", out)
    with pytest.raises(CorruptError, match=match), uproot.open(out) as file:
        file["Events"]["MET_pt"].array()


def test_a_whole_copy_of_everything_is_right(
    root_script: Script, inputs: Path, tmp_path: Path
) -> None:
    root_script(COPY.format(events=ALL), inputs / "a_one.root", tmp_path / "out.root")
    check(tmp_path / "out.root", originals(inputs, "a"))
