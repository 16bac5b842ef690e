from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import uproot

import rootae
from rootae.errors import ArgumentError, FormatError, NameNotFound
from rootae.schema.bounds.bound import EXACT, Bound

if TYPE_CHECKING:
    from pathlib import Path


def test_both_doors_show_the_same(packed: Path) -> None:
    with rootae.open(packed) as a, uproot.open(packed) as b:
        assert a["Events"].keys() == b["Events"].keys()
        assert a["Events"].arrays(["Jet_pt"]).tolist() == b["Events"].arrays(["Jet_pt"]).tolist()


def test_rootae_s_own_directory_is_hidden(packed: Path, events: Path) -> None:
    with rootae.open(packed) as a, uproot.open(events) as b:
        assert a.keys() == b.keys()
        assert a.classnames() == b.classnames()
        assert list(a) == b.keys()
        assert len(a) == len(b.keys())
        assert list(a.iterkeys()) == b.keys()
        assert dict(a.iterclassnames()) == b.classnames()
        assert "rootae" not in a
        assert "rootae/codecs" not in a
        assert "Events" in a
        assert "deep/er/Events" in a
        assert a.keys(recursive=False) == b.keys(recursive=False)


def test_everything_that_walks_a_file_leaves_rootae_s_directory_out(packed: Path) -> None:
    with rootae.open(packed) as file:
        assert not [k for k, _ in file.items() if k.startswith("rootae")]
        assert len(file.values()) == len(file.items()) == len(list(file.itervalues()))
        assert [k for k, _ in file.iteritems()] == [k for k, _ in file.items()]


def test_objects_beside_the_trees_are_there(packed: Path, events: Path) -> None:
    with rootae.open(packed) as a, uproot.open(events) as b:
        assert a["counts"].values().tolist() == b["counts"].values().tolist()
        assert a["deep/counts"].values().tolist() == b["deep/counts"].values().tolist()
        assert str(a["about"]) == "simulated"


def test_a_tree_may_be_named_in_the_path(packed: Path) -> None:
    assert rootae.open(f"{packed}:Events").num_entries == 3000
    assert rootae.open(f"{packed}:deep/er/Events").num_entries == 3000


def test_paths_may_be_paths_or_text(packed: Path) -> None:
    for path in (packed, str(packed)):
        with rootae.open(path) as file:
            assert file["Events;1"].num_entries == 3000


def test_bounds_are_what_was_promised(packed: Path, lossy: Path) -> None:
    with rootae.open(packed) as file:
        assert set(file.bounds) == {"Events"}
        assert set(file.bounds["Events"].values()) == {EXACT}
        assert set(file.bounds["Events"]) == set(file["Events"].keys()) - {"label"}
    with rootae.open(lossy) as file:
        bounds = file.bounds["Events"]
        assert bounds["Jet_pt"] == Bound("rel", 2e-4)
        assert bounds["Jet_phi"] == Bound("abs", 5e-4)
        assert bounds["weight"] == Bound("rel", 1e-6)
        assert bounds["event"] == EXACT


def test_a_plain_file_has_no_bounds(events: Path) -> None:
    with rootae.open(events) as file:
        assert file.bounds == {}
        assert not file.is_coded
        assert len(file["Events"]["Jet_pt"].array(entry_stop=3)) == 3


def test_a_missing_name_lists_the_nearest(packed: Path) -> None:
    with rootae.open(packed) as file, pytest.raises(NameNotFound, match="did you mean 'Events'"):
        file["Event"]
    with pytest.raises(KeyError):
        rootae.open(f"{packed}:Event")
    with pytest.raises(NameNotFound, match="Evens"):
        rootae.open(f"{packed}:Evens")


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="no file"):
        rootae.open(tmp_path / "none.root")


@pytest.mark.parametrize("content", [b"", b"root", b"no ROOT file at all" * 99, bytes(2000)])
def test_what_is_no_root_file_is_said_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.root").write_bytes(content)
    with pytest.raises(FormatError) as caught:
        rootae.open(tmp_path / "x.root")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.7])
def test_a_cut_file_is_refused_with_a_message(packed: Path, tmp_path: Path, share: float) -> None:
    whole = packed.read_bytes()
    (tmp_path / "cut.root").write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(rootae.RootaeError) as caught:
        rootae.verify(tmp_path / "cut.root")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("several", [["a.root", "b.root"], {"a.root": "t"}])
def test_several_files_are_for_uproot(several: Any) -> None:
    with pytest.raises(ArgumentError, match="one file"):
        rootae.open(several)


def test_the_file_closes(packed: Path) -> None:
    with rootae.open(packed) as file:
        tree = file["Events"]
        assert repr(file).startswith("<rootae.File")
    with pytest.raises((OSError, ValueError, rootae.RootaeError)):
        tree["Jet_pt"].array()


def test_uproot_s_own_members_are_reached(packed: Path) -> None:
    with rootae.open(packed) as file:
        assert file.file_path == str(packed)
        assert isinstance(np.asarray(file["Events"]["run"].array()), np.ndarray)
