from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import rootae
from rootae.errors import ArgumentError, NameNotFound
from rootae.planner.promises import Promises
from rootae.planner.rules import rules_of
from rootae.training.options import Learning, Options, options_of
from rootae.writer.provenance import UNASKED

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("given", "near"),
    [
        ({"family": "predicter"}, "predictor"),
        ({"net": "dens"}, "dense"),
        ({"effort": "maximum"}, "max"),
        ({"schedule": "one_cycle"}, "one-cycle"),
        ({"device": "cud"}, "cuda"),
    ],
)
def test_unknown_names_are_refused_with_the_nearest(given: dict[str, Any], near: str) -> None:
    with pytest.raises(NameNotFound, match=f"did you mean '{near}'"):
        Options(**given)


@pytest.mark.parametrize(
    ("name", "near"),
    [("lossi", "lossy"), ("bound", "bounds"), ("forse", "force"), ("tree", "trees")],
)
@pytest.mark.parametrize("call", [rootae.compress, lambda s, t, **o: rootae.train([s], t, **o)])
def test_a_misspelt_option_is_refused_with_the_nearest(
    tmp_path: Path, call: Callable[..., Any], name: str, near: str
) -> None:
    with pytest.raises(NameNotFound, match=f"no option '{name}' in rootae; did you mean '{near}'"):
        call(tmp_path / "in.root", tmp_path / "out.root", **{name: True})


def test_text_is_no_number() -> None:
    wrong: dict[str, Any] = {"steps": "5"}
    with pytest.raises(ArgumentError, match=r"^steps '5' is no number$"):
        Options(**wrong)


@pytest.mark.parametrize("family", ["auto", "plain"])
def test_a_family_is_kept_that_is_named(family: str) -> None:
    with pytest.raises(ArgumentError, match="none to keep: name another with --family"):
        Options(family=family, keep_family=True)


@pytest.mark.parametrize("value", [0, -1, math.inf, math.nan])
@pytest.mark.parametrize("name", ["lr", "batch_size", "epochs", "patience"])
def test_numbers_out_of_range_are_refused_by_name(name: str, value: float) -> None:
    given: dict[str, Any] = {name: value}
    with pytest.raises(ArgumentError, match=f"{name} .*out of range"):
        Options(**given)


@pytest.mark.parametrize("other", ["steps", "time_budget"])
def test_training_has_one_length(other: str) -> None:
    given: dict[str, Any] = {"epochs": 2, other: 3}
    with pytest.raises(ArgumentError, match="give one of them"):
        Options(**given)


def test_resume_needs_a_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="--checkpoint DIR"):
        Options(resume=True)
    assert Options(resume=True, checkpoint=tmp_path).resume


@pytest.mark.parametrize("family", ["auto", "plain"])
def test_settings_belong_to_a_family_that_is_named(family: str) -> None:
    with pytest.raises(ArgumentError, match=r"weight: family .* has no settings"):
        Options(family=family, settings={"weight": "1"})


def test_paths_may_be_text() -> None:
    options, _ = options_of({"checkpoint": "a", "history": "b.csv"}, [])
    assert (options.checkpoint, options.history) == (Path("a"), Path("b.csv"))


def test_a_codec_remembers_what_is_not_the_default() -> None:
    assert Options().training() == {"family": "auto", "seed": 0}
    asked = Options(family="ae", net="conv", seed=4, lr=1e-3, settings={"weight": "2"})
    told = {"family": "ae", "seed": 4, "net": "conv", "lr": 1e-3, "settings": {"weight": "2"}}
    assert asked.training() == told
    assert Options(device="auto").training() == Options().training()


def test_an_option_is_a_promise_or_says_how_to_learn() -> None:
    promised, learned, both = (
        {f.name for f in dataclasses.fields(x)} for x in (Promises, Learning, Options)
    )
    assert promised | learned == both
    assert not promised & learned


def test_promises_are_what_is_left_without_learning() -> None:
    told: dict[str, Any] = {
        "bounds": rules_of({"x": "abs:1"}),
        "lossy": True,
        "trees": ("a*",),
        "device": "auto",
    }
    assert Options(**told, family="plain", seed=3).promises == Promises(**told)
    with pytest.raises(NameNotFound, match="did you mean 'cuda'"):
        Promises(device="cud")


def test_merge_and_skim_record_what_options_by_themselves_say() -> None:
    assert Options().asked() == UNASKED
    asked = Options(lossy=True, keep_plain=("a",), family="plain", seed=3).asked()
    assert asked == UNASKED | {"lossy": True, "keep_plain": ["a"], "family": "plain", "seed": 3}
