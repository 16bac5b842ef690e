"""What files that are put together of others keep: objects, codecs and records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import uproot
from samples import write_columns

import rootae
from rootae.codec.codec import Codec
from rootae.codec.plan.plan import Plan
from rootae.source.source import Source
from rootae.writer.composite import Composite

if TYPE_CHECKING:
    from pathlib import Path

ONE, OTHER = Codec(Plan(())), Codec(Plan((), {"family": "plain"}))


def test_a_codec_is_kept_once_for_all_trees_that_need_it(tmp_path: Path) -> None:
    with uproot.recreate(tmp_path / "a.root") as file:
        made = Composite(file, several=True)
        made.keep([ONE])
        made.keep([OTHER, ONE])
        made.close([{"first": 1}, {"last": 2}], {"t": 3})
    assert list(made.codecs.values()) == [ONE, OTHER]
    with uproot.open(tmp_path / "a.root") as file:
        rows = [bytes(row) for row in file["rootae/codecs"]["codec"].array(library="np")]
        assert [row[:32] for row in rows] == [ONE.digest, OTHER.digest]
        texts = [bytes(row) for row in file["rootae/files"]["json"].array(library="np")]
        records = [json.loads(text) for text in texts]
    assert [sorted(set(r) - {"content"}) for r in records] == [["first"], ["last"]]
    assert ["content" in r for r in records] == [False, True]


def test_without_codecs_it_is_an_ordinary_file(tmp_path: Path) -> None:
    source = write_columns(tmp_path / "in.root", {"x": np.arange(5)})
    with uproot.update(source) as file:
        file["deep/counts"] = np.histogram(np.arange(9), bins=3)
    with uproot.recreate(tmp_path / "a.root") as file, Source.open(source) as found:
        made = Composite(file, several=False)
        made.objects.add(found)
        made.close([], {})
    assert not made.codecs
    with uproot.open(tmp_path / "a.root") as file:
        assert file.keys(cycle=False) == ["deep", "deep/counts"]


def test_what_merge_and_skim_make_is_kept_so(tmp_path: Path) -> None:
    """Two inputs of one codec, and a cut of what they became."""
    path = write_columns(tmp_path / "in.root", {"x": np.arange(3000) % 7, "y": np.arange(3000)})
    codec = rootae.train([path], tmp_path / "codec.root", family="plain")
    rootae.compress(path, small := tmp_path / "s.root", codec=codec, backend="uproot")
    rootae.merge([small, small], tmp_path / "m.root")
    rootae.skim(tmp_path / "m.root", tmp_path / "k.root", cut="x > 3")
    for name in ("m.root", "k.root"):
        with rootae.open(tmp_path / name) as file:
            assert [c.id for c in file.container.codecs.values()] == [codec.id]
