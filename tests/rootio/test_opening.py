from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
import uproot
from samples import write_columns

import rootae
from rootae.rootio.opening import open_root, put_models_back

if TYPE_CHECKING:
    from pathlib import Path

OWN = uproot.classes["TBranch"].known_versions[13]


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """Return a file whose only branch says that it is of version 15."""
    path = write_columns(tmp_path / "damaged.root", {"x": np.arange(100.0)})
    whole = rb"(TBranch\0@...\0)\x0d"  # class, number of bytes, version
    data, changed = re.subn(whole, b"\\1\x0f", path.read_bytes(), flags=re.DOTALL)
    assert changed == 1
    path.write_bytes(data)
    return path


def spoil(path: Path) -> None:
    """Read the damaged file as uproot does, which replaces one of its own models."""
    with uproot.open(path) as file:
        assert file["t"].keys() == ["x"]  # the damage itself goes unnoticed
    assert uproot.classes["TBranch"].known_versions[13] is not OWN


def test_models_of_uproots_own_are_put_back(damaged: Path) -> None:
    spoil(damaged)
    put_models_back()
    assert uproot.classes["TBranch"].known_versions[13] is OWN


def test_a_damaged_file_spoils_no_other(damaged: Path, shared: Path) -> None:
    path = shared / "edge/cms_ntuple_wjet.root"
    spoil(damaged)
    with pytest.raises(AttributeError), uproot.open(path) as file:
        file["variable"].keys()
    with open_root(path) as file:
        assert file["variable"].num_entries > 0


def test_sound_files_are_opened_and_learned_from_after_a_damaged_one(
    damaged: Path, shared: Path, tmp_path: Path
) -> None:
    path = shared / "edge/cms_ntuple_wjet.root"
    spoil(damaged)
    with rootae.open(path) as file:
        assert file["variable"].num_entries > 0
    spoil(damaged)
    rootae.train([path], tmp_path / "codec.root", family="plain")


def test_models_that_only_files_know_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(uproot.classes["TBranch"].known_versions, 99, OWN)
    before = dict(uproot.classes["TBranch"].known_versions)
    put_models_back()
    assert uproot.classes["TBranch"].known_versions == before
