"""Files are named by globs, lists, filesets and manifests."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from rootae.dataset.inputs import inputs
from rootae.errors import ArgumentError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "deep").mkdir()
    names = ["a.root", "b.root", "deep/c.root", "odd[1].root"]
    for name in names:
        (tmp_path / name).touch()
    return names


def paths(*words: str) -> list[str]:
    return [m.path for m in inputs(words)[0]]


def test_globs_and_names(files: list[str]) -> None:
    assert paths("?.root") == ["a.root", "b.root"]
    assert paths("**/*.root") == files
    assert paths("odd[1].root", "b.root:T", "a*.root:T") == ["odd[1].root", "b.root:T", "a.root:T"]
    assert paths("b.root", "*.root")[0] == "b.root", "each is taken once, where it came first"
    with pytest.raises(ArgumentError, match="no file matches z"):
        inputs(["z*.root"])


def test_lists_have_a_name_a_line(files: list[str], tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("# what there is\n\nb.root\n deep/*.root \nnot there.root\n")
    assert paths("@list.txt") == ["b.root", "deep/c.root", "not there.root"]
    (tmp_path / "nested.txt").write_text("@list.txt\n")
    for word in ("@nested.txt", "@nowhere.txt", "@deep"):
        with pytest.raises(ArgumentError, match=word):
            inputs([word])
    (tmp_path / "empty.txt").touch()
    with pytest.raises(ArgumentError, match="no file is named"):
        inputs(["@empty.txt"])


SPEC = {"object_path": "T", "steps": [[0, 5], [5, 9]], "num_entries": 9, "uuid": "u"}


@pytest.mark.parametrize(
    "files", [["a.root:T"], {"a.root": "T"}, {"a.root": SPEC}, {"a.root": {"object_path": "T"}}]
)
@pytest.mark.parametrize("whole", [False, True])
def test_filesets_of_every_spelling(tmp_path: Path, files: object, whole: bool) -> None:
    dataset = {"files": files, "metadata": {"year": 2018}, "form": None} if whole else files
    path = tmp_path / "mine.json.gz"
    path.write_bytes(gzip.compress(json.dumps({"tt": dataset, "dy": dataset}).encode()))
    (member,), told = inputs([path])
    assert (member.path, member.datasets, member.tree) == ("a.root", ("tt", "dy"), "T")
    assert member.steps in (None, ((0, 5), (5, 9)))
    others = {"metadata": {"year": 2018}} if whole else {}
    assert told == {"tt": others, "dy": others}


@pytest.mark.parametrize(
    "text", ["", "[]", '{"a": 1}', '{"a": {"b.root": 3}}', '{"a": {"files": {"b": {"steps": 1}}}}']
)
def test_what_is_no_fileset_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "fileset.json"
    path.write_text(text)
    with pytest.raises(ArgumentError, match=r"fileset\.json"):
        inputs([path])
