"""What is tried, and what is refused before any work."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")

from rootae.errors import ArgumentError, NameNotFound
from rootae.evaluation.families.candidate import WAYS, candidates_of
from rootae.planner.rules import Rule


def names(*families: str, nets: Any = ("dense",), ways: Any = WAYS) -> list[tuple[str, str]]:
    return [(c.name, c.way) for c in candidates_of(families, nets, ways, {})]


def test_plain_comes_first_and_only_latents_are_tried_without_bounds() -> None:
    found = names("diagram", "ae")
    assert found == [
        ("plain", "bounds"), ("diagram", "bounds"), ("ae", "bounds"), ("ae", "none"),
    ]  # fmt: skip


def test_networks_are_tried_with_each_net_and_what_counts_once() -> None:
    found = names("diagram", "ae", nets=("dense", "conv"), ways=("bounds",))
    assert [n for n, _ in found] == ["plain", "diagram", "ae", "ae, conv"]


def test_a_setting_goes_to_the_families_that_have_it() -> None:
    found = candidates_of(["ae", "wae"], ["dense"], ["none"], {"settings": {"prior": "ring"}})
    assert [dict(c.settings) for c in found] == [{}, {"prior": "ring"}]


def test_floats_lose_their_bounds_after_all_that_was_asked() -> None:
    (one,) = candidates_of(["ae"], ["dense"], ["none"], {})
    asked = {"bounds": {"x": "exact"}, "steps": 3}
    options = one.options(asked, ["t:x"])
    assert options["bounds"][-1] == Rule.parse("t:x=none")
    assert options["bounds"][0] == Rule.parse("x=exact")
    assert (options["steps"], options["keep_family"]) == (3, True)


@pytest.mark.parametrize(
    ("families", "nets", "ways", "options", "said"),
    [
        (["aee"], ["dense"], WAYS, {}, "'ae'"),
        (["ae"], ["dens"], WAYS, {}, "'dense'"),
        (["ae"], ["dense"], ["bound"], {}, "'bounds'"),
        (["ae", "wae"], ["dense"], WAYS, {"settings": {"priors": "ring"}}, "'prior'"),
        (["ae"], ["dense"], WAYS, {"stepps": 3}, "'steps'"),
        (["ae"], ["dense"], WAYS, {"steps": 0}, "out of range"),
        (["diagram"], ["dense"], ["none"], {}, "no family with latents"),
    ],
)
def test_slips_are_told_before_the_work(
    families: list[str], nets: list[str], ways: list[str], options: dict[str, Any], said: str
) -> None:
    with pytest.raises(ArgumentError, match=said):
        candidates_of(families, nets, ways, options)


def test_names_that_are_not_there_are_of_the_same_kind_everywhere() -> None:
    with pytest.raises(NameNotFound):
        names("aee")
