from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import uproot
from samples import same, write_columns, write_events

import rootae
from rootae.container.codecs import write_records
from rootae.container.container import Container
from rootae.container.side_tree import BLOCK, CARRIER, ENTRY, MODULUS
from rootae.errors import CorruptError, FormatError, NameNotFound

if TYPE_CHECKING:
    from pathlib import Path


def test_a_compressed_file_holds_what_it_says(packed: Path, events: Path) -> None:
    box = Container.open(packed)
    assert box.is_coded
    assert box.coded_trees() == ["Events"]
    assert box.expected_entries("Events") == 3000
    assert box.expected_entries("nothing") is None
    assert box.stored("Events").total == 3000
    [record] = box.provenance
    assert record["source"]["name"] == events.name
    assert record["source"]["bytes"] == events.stat().st_size
    assert record["trees"]["Events"]["errors"]["Jet_pt"] == 0
    assert record["codec"] == box.only_codec().id
    assert set(record["versions"]) >= {"rootae", "uproot", "numpy", "pcodec", "onnxruntime"}


def test_plain_files_hold_nothing(events: Path) -> None:
    box = Container.open(events)
    assert not box.is_coded
    assert box.coded_trees() == []
    assert box.provenance == []
    with pytest.raises(FormatError, match="rootae compress"):
        _ = box.codecs


def test_what_is_missing_or_no_root_file_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.root").write_text("no ROOT file at all")
    with pytest.raises(FormatError) as caught:
        Container.open(tmp_path / "a.root")
    assert "\n" not in str(caught.value)
    with pytest.raises(NameNotFound, match="no file"):
        Container.open(tmp_path / "b.root")


def test_a_codec_file_is_a_file_without_blocks(packed: Path, tmp_path: Path) -> None:
    codec = rootae.read_codec(packed)
    with uproot.recreate(tmp_path / "codec.root") as file:
        write_records(file, codec, None)
    box = Container.open(tmp_path / "codec.root")
    assert box.only_codec().id == codec.id
    assert box.coded_trees() == []
    assert box.provenance == []


def raw(path: Path) -> dict[str, Any]:
    """Open a file as uproot shows it without rootae's names, through the members of its tree."""
    return {b.member("fName"): b for b in uproot.open(path)["Events"].member("fBranches")}


def test_bookkeeping_branches_say_block_and_entry(packed: Path) -> None:
    hidden = rootae.open(packed)["Events"].__dict__["_rootae_tree"]._hidden
    blocks = hidden[BLOCK].array(library="np")
    assert (blocks == Container.open(packed).stored("Events").ids[0]).all()
    assert blocks.dtype == np.uint32
    assert (blocks != 0).all()
    entries = hidden[ENTRY].array(library="np")
    assert entries.tolist() == [i % MODULUS for i in range(3000)]


def names_of(path: Path) -> tuple[list[str], list[str], list[str]]:
    with uproot.open(path) as file:
        side = file["rootae/trees/Events"].keys()
        tree = file["Events"]
        hidden = sorted(tree.__dict__["_rootae_tree"]._hidden)
    return side, tree.keys(), hidden


def test_branch_names_do_not_depend_on_values_size_or_codec(packed: Path, tmp_path: Path) -> None:
    other = write_events(tmp_path / "other.root", 1000, seed=9)
    empty = write_events(tmp_path / "empty.root", 0)
    codec = rootae.read_codec(packed)
    for source in (other, empty):
        rootae.compress(source, tmp_path / "out.root", codec=codec, trees=["Events"], force=True)
        assert names_of(tmp_path / "out.root") == names_of(packed)


def test_a_side_tree_has_the_same_branches_whatever_the_columns_are(packed: Path) -> None:
    side, _, _ = names_of(packed)
    layout = Container.open(packed).only_codec().tree("Events").layout
    assert list(layout.groups) == ["", "nJet", "nMuon"]
    assert set(side) == {"head", "nhead", "blobs", "nblobs"}


def test_a_tree_of_many_columns_is_read_back(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    columns = {f"c{i}": np.full(6000, i) for i in range(130)}
    columns |= {f"x{i}": np.sort(rng.integers(0, 10**6, 6000)) for i in range(10)}
    source = write_columns(tmp_path / "in.root", columns)
    rootae.compress(source, tmp_path / "out.root", family="plain")
    with uproot.open(source) as a, rootae.open(tmp_path / "out.root") as b:
        assert b.is_coded
        assert len(b["rootae/trees/t"].keys()) < 20
        assert b["t"]["c129"].array(entry_stop=1).tolist() == [129]
        assert same(a["t"]["x9"].array(), b["t"]["x9"].array())


@pytest.mark.parametrize("tree", ["trees", "entries", "codecs", "files", "a/a", "trees/trees"])
def test_trees_may_be_named_like_rootae_s_own(tree: str, tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=30_000)
    source = write_columns(tmp_path / "in.root", {"x": np.sort(x)}, tree=tree)
    rootae.compress(source, tmp_path / "out.root", family="plain")
    with rootae.open(tmp_path / "out.root") as file:
        assert file.is_coded
        assert (file[tree]["x"].array(library="np") == np.sort(x)).all()


@pytest.mark.parametrize("tree", ["trees", "trees/entries"])
def test_an_uncoded_tree_named_like_rootae_s_own_is_not_taken_for_a_coded_one(
    tree: str, tmp_path: Path
) -> None:
    x = np.sort(np.random.default_rng(0).normal(size=30_000))
    with uproot.recreate(tmp_path / "in.root") as file:
        file.mktree(tree, {"y": "f8"}).extend({"y": x[:10]})
        file.mktree("t", {"x": "f8"}).extend({"x": x})
    rootae.compress(tmp_path / "in.root", tmp_path / "out.root", family="plain")
    box = Container.open(tmp_path / "out.root")
    assert box.coded_trees() == ["t"]
    with pytest.raises(CorruptError, match="gone"):
        box.stored(tree)
    assert rootae.open(tmp_path / "out.root")[tree]["y"].array().tolist() == x[:10].tolist()


def test_carriers_end_in_a_name_nobody_mistakes_for_data(packed: Path) -> None:
    with uproot.open(packed) as file:
        file.file.root_directory.keys()
        title = file["rootae/trees/Events"].title
    assert CARRIER == "__rae"
    assert "rootae" in title
