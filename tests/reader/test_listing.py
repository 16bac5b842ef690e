"""What a file lists: rootae's own directory is left out, and reached by name."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import uproot

import rootae
from rootae.container.side_tree import DIRECTORY
from rootae.errors import UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WAYS: dict[str, Callable[[Any], Any]] = {
    "keys": lambda f: f.keys(),
    "top": lambda f: f.keys(recursive=False),
    "without cycles": lambda f: f.keys(cycle=False),
    "filtered": lambda f: f.keys(filter_name="*o*"),
    "trees": lambda f: f.keys(filter_classname="TTree"),
    "iterkeys": lambda f: list(f.iterkeys()),
    "items": lambda f: [k for k, _ in f.items()],
    "iteritems": lambda f: [k for k, _ in f.iteritems(recursive=False)],
    "values": lambda f: [getattr(v, "name", str(type(v))) for v in f.values()],
    "classnames": lambda f: f.classnames(),
    "iterclassnames": lambda f: list(f.iterclassnames()),
    "iter": list,
    "len": len,
    "in": lambda f: [
        DIRECTORY in f,
        f"{DIRECTORY}/files" in f,
        "Events" in f,
        "deep/er/Events" in f,
    ],
    "top directory": lambda f: f.file.root_directory.keys(),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_compressed_file_lists_what_the_original_lists(
    events: Path, packed: Path, way: str
) -> None:
    with uproot.open(events) as a, uproot.open(packed) as b, rootae.open(packed) as c:
        found = WAYS[way](a)
        assert WAYS[way](b) == found
        assert WAYS[way](c) == found


def test_what_is_not_listed_is_reached_by_name(packed: Path) -> None:
    with uproot.open(packed) as file, rootae.open(packed) as same:
        for f in (file, same):
            assert f["rootae/files"].num_entries == 1
            assert f["rootae"]["codecs"].num_entries == 1
            assert "head" in f["rootae/trees/Events"].keys()  # noqa: SIM118  a tree is no mapping
            assert "files" in f["rootae"].keys(cycle=False)
    assert uproot.open(f"{packed}:rootae/files").num_entries == 1


def test_a_directory_travels_with_all_of_its_keys(packed: Path) -> None:
    with uproot.open(packed) as file:
        again = pickle.loads(pickle.dumps(file))
        assert again.keys() == file.keys()
        assert again["rootae/files"].num_entries == 1


def own_directory(path: Path, tree: str = "trees/t") -> Path:
    """Write a file with a directory of the user's that has rootae's name."""
    rng = np.random.default_rng(0)
    with uproot.recreate(path) as file:
        file.mktree(f"rootae/{tree}", {"x": "f8"}).extend({"x": rng.normal(size=9000)})
        file.mktree("t", {"x": "i4"}).extend({"x": rng.poisson(2, 9000).astype("i4")})
    return path


def test_a_directory_of_that_name_that_is_not_rootae_s_is_listed(tmp_path: Path) -> None:
    path = own_directory(tmp_path / "in.root")
    with uproot.open(path) as file, rootae.open(path) as same:
        for f in (file, same):
            assert "rootae/trees/t;1" in f.keys()  # noqa: SIM118
            assert "rootae" in f
            assert f["rootae/trees/t"]["x"].array().ndim == f["t"]["x"].array().ndim == 1


def test_it_is_in_the_way_of_compressing(tmp_path: Path) -> None:
    path = own_directory(tmp_path / "in.root", "t")
    with pytest.raises(UnsupportedError, match="something of its own called rootae"):
        rootae.compress(path, tmp_path / "out.root", family="plain")
    assert not (tmp_path / "out.root").exists()
