"""Whole blocks are decoded to where the joined columns lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from rootae.container.container import Container
from rootae.reader.joined import Joined
from rootae.schema.values import Values

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("MET_pt", "Jet_pt", "Jet_eta", "nJet")


@pytest.fixture(scope="module")
def stored(many: Path) -> Any:
    return Container.open(many).stored("Events")


def joined(stored: Any, span: range) -> dict[str, Values]:
    columns = [stored.plans[0].column(name) for name in NAMES]
    found = Joined(stored, columns, span)
    for block in span:
        decoder, memory = stored.decoder(block), found.memory(block)
        request = decoder.request(NAMES)
        (blobs,) = stored.fetch([(block, request.blobs)])
        values = decoder.run(request, blobs, into=memory)
        assert all(values[n].flat is memory[n] for n in NAMES)
        found.add(values)
    return found.values()


@pytest.mark.parametrize("span", [range(1), range(1, 3), range(4)])
def test_columns_are_those_of_the_blocks(stored: Any, span: range) -> None:
    assert len(stored.entries) >= 4
    found = joined(stored, span)
    for name in NAMES:
        parts = Values.joined([stored.decoder(b).values(name) for b in span])
        assert np.array_equal(found[name].flat, parts.flat, equal_nan=True)
        mine, theirs = (
            None if v.counts is None else v.counts.tolist() for v in (found[name], parts)
        )
        assert mine == theirs


def test_columns_that_one_counts_share_the_lengths_of_lists(stored: Any) -> None:
    found = joined(stored, range(3))
    assert found["Jet_pt"].counts is found["Jet_eta"].counts
