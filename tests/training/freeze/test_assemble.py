"""Codecs that training assembles are what readers take."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")

import numpy as np
from trained import table

from rootae.codec.codec import Codec
from rootae.codec.plan.contexts import Stage
from rootae.operations.train import train_codec
from rootae.planner.rules import rules_of
from rootae.progress import Progress
from rootae.training.options import Options


def test_a_lane_that_a_stage_does_not_pay_for_has_edges_all_the_same() -> None:
    """They were a group's first table: here the values of one without a bound, which go down."""
    rules = rules_of({"*": "rel:1e-3", "Jet_eta": "none"})
    options = Options(family="ae", bounds=rules, steps=60, keep_family=True)
    codec, _ = train_codec({"t": [table()]}, options, 1, Progress())
    stages = [s for g in codec.plan.trees[0].groups for s in g.contexts if isinstance(s, Stage)]
    assert any(t.lane is None for s in stages for t in s.targets)
    assert any((np.diff(x) < 0).any() for x in codec.tables)
    assert Codec.from_parts(*codec.parts).tree("t")
