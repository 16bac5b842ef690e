"""Trees of random schema and every shared file, there and back: ROOT reads the same of both.

A thousand trees: ``ROOTAE_TREES=1000 pytest tests/test_there_and_back.py``.
"""

from __future__ import annotations

import os
import re

import pytest
from conftest import SHARED
from trees import Drawn, make
from ways import BACKENDS, CODED, STOPPED, held, is_named, sent

TREES = int(os.environ.get("ROOTAE_TREES", "10"))
IN_A_FILE = 5
FILES = range(max(TREES // IN_A_FILE, 2))
PENDING = {  # what is not drawn as yet, and why
    "odd names of trees": "a key's name with / or : is not found",
    "one name twice": "a tree that shares its name with something else is not found",
    "odd names of branches": "leaves come back under the branch's name",
    "leaves of other names": "leaves come back under the branch's name",
    "long": "TLeafG comes back as TLeafL, vector<long> as vector<Long64_t>",
    "titles like leaves": "leaves are made from the branch's title",
}
KNOWN = {  # what comes back otherwise as yet, and why
    ": leaves in order: ": "the leaves of branches that are written anew come last",
}


@pytest.fixture(scope="module")
def ways(root_script, tmp_path_factory):
    """Return what came of random files on each way, by file: modest ones and others in turn."""
    folder = tmp_path_factory.mktemp("random")
    drawn = {
        folder / f"{i}.root": Drawn(i, modest=i % 2 == 0, without=PENDING).file(IN_A_FILE)
        for i in FILES
    }
    make(drawn)
    found = held([way for path in drawn for way in sent(path, folder)])
    return {i: [way for way in found if way.path.stem == str(i)] for i in FILES}


def unknown(lines):
    return [line for line in lines if not any(re.search(kind, line) for kind in KNOWN)]


@pytest.mark.parametrize("number", FILES)
def test_random_trees_come_back_as_they_were(ways, number):
    lost = [(way.name, *unknown(way.lost)) for way in ways[number] if unknown(way.lost)]
    assert lost == []


@pytest.mark.parametrize("number", FILES)
def test_root_takes_all_of_them_and_uproot_the_modest_ones(ways, number):
    stopped = [way for way in ways[number] if way.outcome == STOPPED]
    assert not [way.said for way in stopped if "bug" in way.said[0]]
    whole = [way.name for way in ways[number] if way.outcome == CODED]
    needed = {"root -> root"}
    if number % 2 == 0:
        needed |= {f"{a} -> {b}" for a in BACKENDS for b in BACKENDS}
    assert needed <= set(whole), [way.said for way in stopped]


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(str(p.relative_to(SHARED)) for p in SHARED.rglob("*.root")))
def test_a_shared_file_comes_back_as_it_was(root_script, name, tmp_path):
    found = held(sent(SHARED / name, tmp_path))
    lost = [(way.name, *unknown(way.lost)) for way in found if unknown(way.lost)]
    assert lost == []


def test_a_difference_is_named_by_its_tree_and_branch():
    notes = ["deep/t: v, w: std::vector<float> became float[]", "u: a and 3 more: b became c"]
    assert is_named("deep/t;1:v: bytes: x became y", notes)
    assert not is_named("deep/t;1:x: bytes: x became y", notes)
    assert is_named("u;1:z: bytes: x became y", notes)
    assert not is_named("u;1:z: bytes: x became y", [])
