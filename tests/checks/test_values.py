from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import pytest
import uproot
from samples import event_arrays, write_columns, write_events, write_tree

import rootae
import rootae.writer.tree
from rootae.errors import BoundError, CorruptError, RootaeError, WrongOriginal

if TYPE_CHECKING:
    from pathlib import Path


def test_a_good_file_passes_with_its_figures(packed: Path, events: Path, lossy: Path) -> None:
    done = rootae.verify(packed)
    assert done.trees == {"Events": 3000, "deep/er/Events": 3000}
    assert done.columns == 21
    assert done.values > 50_000
    assert done.errors == {}
    assert set(rootae.verify(packed, events).errors["Events"].values()) == {0.0}
    errors = rootae.verify(lossy, events).errors["Events"]
    assert 0 < errors["Jet_pt"] <= 1e-3
    assert 0 < errors["Jet_phi"] <= 5e-4


def test_a_plain_copy_passes(events: Path, tmp_path: Path) -> None:
    shutil.copy(events, tmp_path / "copy.root")
    assert rootae.verify(tmp_path / "copy.root", events).columns == 0


def with_another(array: Any) -> Any:
    """Return an array of which one value in the middle is another."""
    jagged = not isinstance(array, np.ndarray) and array.ndim > 1
    flat = ak.flatten(array) if jagged else array
    values = flat.tolist()
    at = len(values) // 2
    values[at] = next(v for v in values if v != values[at])
    if jagged:
        return ak.unflatten(ak.Array(np.array(values, flat.to_numpy().dtype)), ak.num(array))
    return np.array(values, flat.dtype) if isinstance(flat, np.ndarray) else ak.Array(values)


@pytest.mark.parametrize("name", ["MET_pt", "Jet_pt", "event", "label", "HLT_mu", "Muon_charge"])
def test_one_other_value_in_the_original_is_found(packed: Path, tmp_path: Path, name: str) -> None:
    arrays = event_arrays(3000, 0)
    arrays[name] = with_another(arrays[name])
    with uproot.recreate(tmp_path / "other.root") as file:
        write_tree(file, "Events", arrays, title="all events")
    with pytest.raises(BoundError, match="Events") as found:
        rootae.verify(packed, tmp_path / "other.root")
    assert "report this as a bug" not in str(found.value), "the file knows another size"
    assert "is that the original?" in str(found.value)


def test_another_number_of_entries_is_found(packed: Path, tmp_path: Path) -> None:
    with pytest.raises(WrongOriginal, match=r"3,000 entries, there it has 2,000; name events"):
        rootae.verify(packed, write_events(tmp_path / "short.root", 2000))


def test_a_missing_branch_tree_or_object_is_found(packed: Path, tmp_path: Path) -> None:
    arrays = event_arrays(3000, 0) | {"more": np.arange(3000)}
    with uproot.recreate(tmp_path / "a.root") as file:
        write_tree(file, "Events", arrays, title="all events")
    with pytest.raises(WrongOriginal, match="has more, which it lacks"):
        rootae.verify(packed, tmp_path / "a.root")
    with pytest.raises(WrongOriginal, match=r"its trees are .*, there they are u;"):
        rootae.verify(packed, write_columns(tmp_path / "b.root", {"x": np.arange(3)}, tree="u"))
    write_events(tmp_path / "c.root")
    with uproot.update(tmp_path / "c.root") as file:
        file["another"] = "object"
    with pytest.raises(BoundError, match="another"):
        rootae.verify(packed, tmp_path / "c.root")


def test_an_original_within_the_bounds_passes_and_one_outside_does_not(
    lossy: Path, tmp_path: Path
) -> None:
    arrays = event_arrays(3000, 0)
    for factor, fine in ((1 + 1e-8, True), (1.1, False)):
        moved = arrays | {"weight": arrays["weight"] * factor}
        with uproot.recreate(tmp_path / "a.root") as file:
            write_tree(file, "Events", moved, title="all events")
        if fine:
            with uproot.open(lossy) as file:
                back = file["Events"]["weight"].array(library="np")
            moved["weight"] = back
            with uproot.recreate(tmp_path / "a.root") as file:
                write_tree(file, "Events", moved, title="all events")
            assert rootae.verify(lossy, tmp_path / "a.root").errors["Events"]["weight"] == 0
        else:
            with pytest.raises(BoundError, match="weight"):
                rootae.verify(lossy, tmp_path / "a.root")


def test_blocks_without_their_tree_are_found(packed: Path, tmp_path: Path) -> None:
    with uproot.recreate(tmp_path / "a.root") as file, uproot.open(packed) as source:
        file["x"] = "y"
        del source
    shutil.copy(packed, tmp_path / "b.root")
    with uproot.update(tmp_path / "b.root") as file:
        del file["Events"]
    with pytest.raises(CorruptError, match="no such tree"):
        rootae.verify(tmp_path / "b.root")


def test_what_is_no_root_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.root").write_bytes(b"nothing" * 99)
    for path in (tmp_path / "x.root", tmp_path / "none.root"):
        with pytest.raises(RootaeError):
            rootae.verify(path)


def test_a_column_that_the_original_lacks_is_not_passed_over(tmp_path: Path) -> None:
    numbers = {"x": np.arange(30_000) % 97, "y": np.arange(30_000)}
    path = write_columns(tmp_path / "in.root", numbers)
    other = write_columns(tmp_path / "other.root", {"x": numbers["x"]})
    rootae.compress(path, tmp_path / "out.root", family="plain")
    with pytest.raises(WrongOriginal, match=r"other\.root:t has no y; name in\.root"):
        rootae.verify(tmp_path / "out.root", against=other)


def carrier_of(path: Path, name: str) -> tuple[int, int]:
    """Return where the first basket of a column's carrier begins in a file, and its bytes."""
    with uproot.open(path) as file:
        branch = file["Events"][name]
        return int(branch.member("fBasketSeek")[0]), int(branch.member("fBasketBytes")[0])


@pytest.mark.parametrize("at", [0, -1])  # the basket's key, and its data
def test_a_damaged_carrier_is_found(packed: Path, events: Path, tmp_path: Path, at: int) -> None:
    start, size = carrier_of(packed, "MET_pt")
    data = bytearray(packed.read_bytes())
    data[start + at % size] ^= 0xFF
    (tmp_path / "x.root").write_bytes(data)
    for original in (None, events):
        with pytest.raises(CorruptError, match="the carrier of MET_pt"):
            rootae.verify(tmp_path / "x.root", original)


def test_damage_in_what_a_file_says_of_its_classes_is_found(packed: Path, tmp_path: Path) -> None:
    whole, bad = packed.read_bytes(), tmp_path / "x.root"
    with uproot.open(packed) as file:
        first, size = int(file.file.fSeekInfo), int(file.file.fNbytesInfo)
    begin = first + int.from_bytes(whole[first + 14 : first + 16], "big")  # behind its key
    for at in np.linspace(begin + 9, first + size - 1, 9).astype(int):
        data = bytearray(whole)
        data[at] ^= 0x41
        bad.write_bytes(data)
        with pytest.raises(CorruptError, match="of its classes is damaged"):
            rootae.verify(bad)


def test_carriers_of_another_value_do_not_leave_the_house(
    events: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rootae.writer.tree, "CARRIER_VALUE", 0xAF)
    with pytest.raises(CorruptError, match="the carrier of run holds something else"):
        rootae.compress(events, tmp_path / "out.root", family="plain")
    assert not (tmp_path / "out.root").exists()
