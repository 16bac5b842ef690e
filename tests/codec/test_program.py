"""What has to be decoded of a block is found before a byte is read, and in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from following import coded_by

from rootae.codec.lane import CONTEXTS, PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rootae.codec.tree import TreeCoder

A, B = np.random.default_rng(0).integers(0, 8, (2, 4000)).astype("i4")
COLUMNS = {"a": A, "b": B, "sum": 100 * (A + B), "next": 100 * A, "alone": 100 * B[::-1].copy()}
FOLLOWING = {"sum": ("a", "b"), "next": ("a",)}


@pytest.fixture(scope="module")
def tree() -> TreeCoder:
    codec, _ = coded_by(COLUMNS, FOLLOWING)
    return codec.tree("t")


def names_of(tree: TreeCoder, lanes: Iterable[int]) -> list[str]:
    return [tree.plan.groups[0].lanes[i].column for i in lanes]


def resolved(
    tree: TreeCoder,
    wanted: Sequence[str],
    modes: Sequence[int] | None = None,
    known: Sequence[str] = (),
) -> Any:
    modes = [CONTEXTS] * len(COLUMNS) if modes is None else modes
    numbers = [i for name in wanted for i in tree.layout.lanes_of(name)]
    there = [i for name in known for i in tree.layout.lanes_of(name)]
    return tree.resolver.resolve(numbers, modes, there)


def test_what_is_looked_at_comes_before(tree: TreeCoder) -> None:
    order = names_of(tree, resolved(tree, ["next", "sum"]).lanes)
    assert sorted(order) == ["a", "b", "next", "sum"]
    assert max(order.index("a"), order.index("b")) < order.index("sum")
    assert order.index("a") < order.index("next")


def test_a_lane_that_is_coded_plainly_needs_nothing(tree: TreeCoder) -> None:
    modes = [PLAIN] * len(COLUMNS)
    assert names_of(tree, resolved(tree, ["sum"], modes).lanes) == ["sum"]


def test_what_is_known_is_not_decoded_again(tree: TreeCoder) -> None:
    assert names_of(tree, resolved(tree, ["sum"], known=["a"]).lanes) == ["b", "sum"]
    assert resolved(tree, ["sum"], known=["sum"]).lanes == ()


def test_readers_are_counted(tree: TreeCoder) -> None:
    program = resolved(tree, ["next", "sum", "alone"])
    count = {n: program.readers.get(i, 0) for n in COLUMNS for i in tree.layout.lanes_of(n)}
    assert count == {"a": 2, "b": 1, "sum": 0, "next": 0, "alone": 0}


def test_lanes_are_let_go_after_their_last_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOTAE_DECODER", "python")  # the native one keeps them inside
    codec, data = coded_by(COLUMNS, FOLLOWING)
    coder = codec.tree("t")
    decoder = coder.decoder(coder.encode(data))
    found = decoder.columns(list(COLUMNS))
    assert all(found[n].flat.tolist() == x.tolist() for n, x in COLUMNS.items())
    assert not any(decoder.keeps(n) for n in COLUMNS)
    decoder.columns(["sum"])
    assert [n for n in COLUMNS if decoder.keeps(n)] == ["a", "b"]
    decoder.columns(["alone"], keep=True)
    assert decoder.keeps("alone")
