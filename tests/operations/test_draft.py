"""What is decided before a file is written and after: held against attempts that are made up."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest
import uproot
from hypothesis import given
from hypothesis import strategies as st
from samples import write_tree

from rootae.codec.codec import Codec
from rootae.codec.plan.plan import Plan
from rootae.errors import UnsupportedError
from rootae.operations.draft import Draft, decide, reconsider
from rootae.operations.request import Request
from rootae.planner.promises import Promises
from rootae.planner.rules import rules_of
from rootae.planner.survey import survey
from rootae.source.source import Source
from rootae.training.options import Options
from rootae.writer import backend
from rootae.writer.attempt import Attempt
from rootae.writer.tree import Sizes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENTRIES = 30_000
TREES = ("big", "other")
UNPAID = "coding it would not pay"
NOTHING, LEARNED = Promises(), Options()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of two trees that are worth coding, and of a small one."""
    path: Path = tmp_path_factory.mktemp("draft") / "in.root"
    with uproot.recreate(path) as file:
        for name in TREES:
            write_tree(file, name, {"x": np.arange(ENTRIES), "y": np.arange(ENTRIES) % 7})
        write_tree(file, "tiny", {"x": np.arange(9)})
    return path


@pytest.fixture(scope="module")
def source(path: Path) -> Iterator[Source]:
    with Source.open(path) as source:
        yield source


@pytest.fixture(scope="module")
def codec(source: Source) -> Codec:
    trees = [source.tree(name) for name in TREES]
    return Codec(Plan(tuple(survey(t.schema, t.values(0, 100)) for t in trees)))


@pytest.fixture(autouse=True)
def _with_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "installed", lambda: True)


def asked(
    promises: Promises = NOTHING,
    by: Codec | Options = LEARNED,
    *,
    backend: str = "auto",
    drop: bool = False,
) -> Request:
    return Request(promises, by, {}, backend, drop=drop)


def drafted(source: Source, codec: Codec, request: Request | None = None) -> Draft:
    return decide(source, request or asked()).coded_by(codec)


def before(source: Source, name: str) -> int:
    return sum(b.compressed_bytes for b in source.file[name].branches)


def attempted(source: Source, part: float, whole: float = 0.5) -> Attempt:
    """Return an attempt by the part of their branches' bytes that trees' blobs have."""
    sizes = {name: Sizes({"x": round(part * before(source, name))}) for name in TREES}
    return Attempt(round(whole * source.path.stat().st_size), sizes)


# before


def test_small_trees_are_left_and_all_others_coded(source: Source) -> None:
    draft = decide(source, asked())
    assert (draft.trees, draft.backend, draft.codec) == (TREES, "uproot", None)
    assert draft.left == {"tiny": "fewer than 20000 values"}


def test_with_a_codec_small_trees_are_coded_too(source: Source, codec: Codec) -> None:
    draft = decide(source, asked(by=codec))
    assert (draft.trees, draft.left, draft.is_forced) == ((*TREES, "tiny"), {}, True)


def test_trees_that_were_not_asked_for_are_left(source: Source) -> None:
    draft = decide(source, asked(Promises(trees=("b*",))))
    assert draft.trees == ("big",)
    assert draft.left == {"other": "not asked for", "tiny": "not asked for"}


def test_what_matches_no_column_is_said(source: Source) -> None:
    promises = Promises(bounds=rules_of({"z": "abs:1"}), keep_plain=("q*",))
    notes = decide(source, asked(promises)).notes
    assert notes == ("bound z=abs:1.0 matches no column", "--keep-plain q* matches no column")


@pytest.fixture
def cycles(tmp_path: Path) -> Iterator[Source]:
    """Give a file that uproot cannot write whole: of two cycles it keeps one."""
    with uproot.recreate(tmp_path / "in.root") as file:
        write_tree(file, "big", {"x": np.arange(ENTRIES)})
        for text in ("one", "two"):
            file["text"] = text
    with Source.open(tmp_path / "in.root") as source:
        yield source


def test_root_writes_what_uproot_would_lose(cycles: Source) -> None:
    draft = decide(cycles, asked())
    assert (draft.backend, draft.may_be_for_root) == ("root", False)


def test_a_loss_stops_before_there_is_a_codec(
    cycles: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UnsupportedError, match="text;1"):
        decide(cycles, asked(backend="uproot"))
    monkeypatch.setattr(backend, "installed", lambda: False)
    with pytest.raises(UnsupportedError, match="text;1"):
        decide(cycles, asked())


def test_a_loss_that_was_agreed_to_is_uproots(cycles: Source, codec: Codec) -> None:
    draft = drafted(cycles, codec, asked(drop=True))
    assert (draft.backend, draft.drops, draft.may_be_for_root) == ("uproot", True, False)
    assert not decide(cycles, asked(drop=True, backend="root")).drops


def test_a_copy_loses_nothing(cycles: Source) -> None:
    draft = decide(cycles, asked(Promises(keep_plain=("*",)), backend="uproot"))
    assert (draft.trees, draft.left) == ((), {"big": "all its columns are kept plain"})


# after


def test_what_paid_stays(source: Source, codec: Codec) -> None:
    draft = drafted(source, codec)
    assert reconsider(draft, attempted(source, 0.5), source) is draft


def test_a_tree_that_did_not_pay_is_left(source: Source, codec: Codec) -> None:
    draft, attempt = drafted(source, codec), attempted(source, 0.2)
    attempt.sizes["big"].columns["x"] = before(source, "big") + 1
    better = reconsider(draft, attempt, source)
    assert (better.trees, better.left["big"]) == (("other",), UNPAID)
    assert better.codec is not None
    assert [t.path for t in better.codec.plan.trees] == ["other"]
    assert (better.backend, better.notes, better.request) == ("uproot", draft.notes, draft.request)


def test_where_no_tree_paid_the_file_is_copied(source: Source, codec: Codec) -> None:
    copy = reconsider(drafted(source, codec), attempted(source, 2), source)
    assert (copy.trees, copy.codec) == ((), None)
    assert {copy.left[name] for name in TREES} == {UNPAID}
    assert reconsider(copy, Attempt(source.path.stat().st_size), source) is copy


def test_root_takes_over_where_blocks_are_small_and_the_file_is_not(
    source: Source, codec: Codec
) -> None:
    draft, larger = drafted(source, codec), attempted(source, 0.5, 1.1)
    by_root = reconsider(draft, larger, source)
    assert by_root == dataclasses.replace(draft, backend="root")
    assert reconsider(by_root, attempted(source, 0.5, 0.9), source) is by_root
    assert reconsider(by_root, larger, source).codec is None, "nor did ROOT make it smaller"


@pytest.mark.parametrize("wanted", [asked(backend="uproot"), asked(drop=True)])
def test_root_takes_over_only_if_it_may(source: Source, codec: Codec, wanted: Request) -> None:
    draft = drafted(source, codec, wanted)
    assert reconsider(draft, attempted(source, 0.5, 1.01), source) is draft
    assert reconsider(draft, attempted(source, 0.5, 1.1), source).codec is None


def test_without_root_a_larger_file_is_copied(
    source: Source, codec: Codec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend, "installed", lambda: False)
    assert not reconsider(drafted(source, codec), attempted(source, 0.5, 1.1), source).trees


def test_with_a_codec_trees_stay_coded_whatever_that_costs(source: Source, codec: Codec) -> None:
    draft = drafted(source, codec, asked(by=codec))
    assert reconsider(draft, attempted(source, 3, 4), source) is draft
    assert reconsider(draft, attempted(source, 0.5, 4), source).backend == "root"


@given(
    st.lists(st.tuples(*[st.floats(0, 3)] * 3), min_size=len(TREES) + 2, max_size=len(TREES) + 2)
)
def test_whatever_comes_out_there_is_an_end(
    source: Source, codec: Codec, figures: list[tuple[float, float, float]]
) -> None:
    draft = drafted(source, codec)
    for whole, *parts in figures:
        attempt = attempted(source, 1, whole)
        for name, part in zip(TREES, parts, strict=True):
            attempt.sizes[name].columns["x"] = round(part * before(source, name))
        mine = {name: attempt.sizes[name] for name in draft.trees}
        better = reconsider(draft, dataclasses.replace(attempt, sizes=mine), source)
        if better == draft:
            return
        draft = better
    pytest.fail("it would be written for ever")
