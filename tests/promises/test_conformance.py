"""Every family with every net under every bound: trains, exports, codes, verifies.

And it never loses to plain. Training is short, on small batches: what is promised does not depend
on how well a network was trained.
"""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from trained import table, trained

from rootae.training.diagrams.learner import PRICES

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")

from rootae.codec.codec import Codec
from rootae.codec.contexts.model import Model
from rootae.codec.contexts.shapes import DECODER_OPERATORS
from rootae.codec.plan.contexts import Stage
from rootae.codec.tree import TreeCoder
from rootae.errors import ArgumentError, NameNotFound
from rootae.operations.train import train_codec
from rootae.planner.rules import rules_of
from rootae.planner.sample import Sampled
from rootae.planner.survey import survey
from rootae.progress import Progress
from rootae.schema.values import Values
from rootae.training import families, nets
from rootae.training.family import Counted
from rootae.training.options import EFFORTS, Options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from rootae.codec.block import Block
    from rootae.codec.contexts.network import Network

BOUNDS = ["exact", "abs:1e-3", "rel:1e-3", "none"]
FAMILIES = [f for f in families.names() if not issubclass(families.load(f), Counted)]
WITHOUT = [f for f in families.names() if f not in FAMILIES]
QUICK = {*((f, "dense") for f in FAMILIES), ("ae", "conv")}
CASES = [
    pytest.param(*case, id="-".join(case), marks=[] if case in QUICK else pytest.mark.slow)
    for case in itertools.product(FAMILIES, nets.names())
] + [pytest.param(family, "dense", id=family) for family in WITHOUT]
STEPS, BATCH, FEW = 20, 256, 4000


@functools.cache
def briefly(
    family: str, net: str, bound: str = "rel:1e-3", steps: int = STEPS, effort: str = "default"
) -> tuple[Codec, list[dict[str, Any]]]:
    """Train a little, once for all tests that look at the same."""
    return trained(family, bound, steps, FEW, net=net, effort=effort, batch_size=BATCH)


def fresh() -> Mapping[str, Values]:
    """Return values that nothing was trained on."""
    return table(3000, seed=1).values


def coded_and_verified(codec: Codec) -> Block:
    """Code fresh values, compare them with what comes back, and return their block."""
    values, coder = fresh(), codec.tree("t")
    block = coder.encode(values)
    coder.verify(block, values, "t")
    return block


def decoders_of(codec: Codec) -> list[Network]:
    encoders = {g.encoder.network for t in codec.plan.trees for g in t.groups if g.encoder}
    return [n for i, n in enumerate(codec.networks) if i not in encoders]


@pytest.mark.parametrize(
    "bound",
    [b if b in ("exact", "rel:1e-3") else pytest.param(b, marks=pytest.mark.slow) for b in BOUNDS],
)
@pytest.mark.parametrize(("family", "net"), CASES)
def test_every_family_and_net_keeps_every_bound(family: str, net: str, bound: str) -> None:
    codec, history = briefly(family, net, bound)
    again = Codec.from_parts(*codec.parts).tree("t").decoder(coded_and_verified(codec))
    for name, values in fresh().items():
        if bound == "exact" or name in ("nJet", "Jet_id", "good"):
            if bound == "none" and name != "nJet":
                continue
            assert again.values(name).flat.tobytes() == values.flat.tobytes()
    assert history
    assert all(h["coded"] <= h["plain"] + 0.5 for h in history)


@pytest.mark.parametrize(("family", "net"), CASES)
def test_values_within_a_bound_do_not_depend_on_the_family(family: str, net: str) -> None:
    """So that physics measured with one family holds for all."""
    codec, _ = briefly(family, net)
    sample = table(FEW)
    tables: list[NDArray[np.int64]] = []
    tree = survey(sample.schema, sample.values, rules_of({"*": "rel:1e-3"}), tables=tables)
    plain, learned = TreeCoder(tree, tables, ()), codec.tree("t")
    dull, mine = (c.decoder(c.encode(fresh())) for c in (plain, learned))
    for name in fresh():
        assert mine.values(name).flat.tobytes() == dull.values(name).flat.tobytes()


@pytest.mark.parametrize(("family", "net"), CASES)
def test_every_family_and_net_only_uses_certified_operators(family: str, net: str) -> None:
    codecs = [briefly(family, net, bound)[0] for bound in ("rel:1e-3", "none")]
    decoders = [n for codec in codecs for n in decoders_of(codec)]
    groups = [g for codec in codecs for g in codec.plan.trees[0].groups]
    assert bool(decoders) == (family in FAMILIES), "the data is made so that contexts pay"
    assert any(g.diagrams for g in groups) == (family in WITHOUT)
    assert all(Model.read(n.onnx).operators <= DECODER_OPERATORS for n in decoders)


@pytest.mark.parametrize("bound", ["rel:1e-3", pytest.param("none", marks=pytest.mark.slow)])
@pytest.mark.parametrize(("family", "net"), CASES)
def test_steps_and_seed_repeat_the_same_codec(family: str, net: str, bound: str) -> None:
    once_more, _ = briefly.__wrapped__(family, net, bound)
    assert once_more.id == briefly(family, net, bound)[0].id


@pytest.mark.slow
@pytest.mark.parametrize("family", families.names())
def test_only_families_without_networks_learn_the_same_in_any_number_of_steps(family: str) -> None:
    histories = [briefly(family, "dense", steps=steps)[1] for steps in (STEPS, 1)]
    one, other = ([h["trained"] for h in history] for history in histories)
    assert (one != other) == (family in FAMILIES)


def column_bytes(coder: TreeCoder, values: Mapping[str, Values]) -> dict[str, int]:
    """Return the bytes that each column of a block comes to."""
    blobs = coder.encode(values).blobs
    return {c: sum(len(blobs[i]) for i in coder.layout.blobs_of([c])) for c in coder.layout.columns}


@pytest.mark.parametrize(("family", "net"), CASES)
def test_learned_never_loses_to_plain_column_by_column(family: str, net: str) -> None:
    codec, _ = briefly(family, net)
    sample = table(FEW)
    tables: list[NDArray[np.int64]] = []
    plain = survey(sample.schema, sample.values, rules_of({"*": "rel:1e-3"}), tables=tables)
    learned, dull = (
        column_bytes(coder, sample.values)
        for coder in (codec.tree("t"), TreeCoder(plain, tables, ()))
    )
    assert all(learned[c] <= dull[c] + 4 for c in dull)


@pytest.mark.parametrize("effort", [e for e in EFFORTS if e != "default"])
@pytest.mark.parametrize("family", families.names())
def test_every_effort_keeps_its_bounds(family: str, effort: str) -> None:
    coded_and_verified(briefly(family, "dense", steps=2, effort=effort)[0])


@pytest.mark.slow
@pytest.mark.parametrize("effort", [e for e in EFFORTS if e != "default"])
@pytest.mark.parametrize("family", FAMILIES)
def test_every_effort_of_convolutions_keeps_its_bounds(family: str, effort: str) -> None:
    coded_and_verified(briefly(family, "conv", steps=2, effort=effort)[0])


@pytest.mark.slow
@pytest.mark.parametrize("net", nets.names())
@pytest.mark.parametrize("family", ["ae", "predictor"])
def test_training_lowers_the_rate(family: str, net: str) -> None:
    _, history = trained(family, "rel:1e-3", 100, FEW, net=net, batch_size=512)
    assert all(h["trained"] < h["untrained"] - 0.5 for h in history)


@pytest.mark.parametrize(("family", "effort"), [
    ("plain", "default"), ("diagram", "default"), ("auto", "fast"),
])  # fmt: skip
def test_a_net_is_refused_where_there_are_no_networks(family: str, effort: str) -> None:
    with pytest.raises(ArgumentError, match=f"net conv: family {family} .* no networks"):
        trained(family, "exact", 2, 400, net="conv", effort=effort)


def test_an_unknown_effort_names_the_nearest() -> None:
    with pytest.raises(NameNotFound, match="default"):
        trained("ae", "exact", effort="defualt")


def test_auto_says_what_each_candidate_gave() -> None:
    codec, history = trained("auto", "rel:1e-3")
    assert all(set(h["tried"]) == {"plain", "diagram", "predictor", "ae"} for h in history)
    for h in history:  # a family's networks may stand beside diagrams: "diagram+predictor"
        last = h["family"].split("+")[-1]
        assert min(h["tried"].values()) == pytest.approx(h["tried"][last])
    assert {h["group"]: h["family"] for h in history} == {
        g.name: g.family for g in codec.plan.trees[0].groups
    }


@pytest.mark.slow
def test_networks_stand_beside_diagrams_only_where_they_save_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from rootae.training import race

    networks = {}
    for prices in ((0.0, 0.0), (99.0, 0.0), (0.0, 99.0)):  # a value, and a further column
        monkeypatch.setitem(race._LEAST, "default", prices[0])
        monkeypatch.setitem(PRICES, "default", prices[1])
        codec, history = trained("auto", "rel:1e-3", 200)
        assert all(h["tried"]["predictor"] <= h["tried"]["diagram"] for h in history)
        groups = codec.plan.trees[0].groups
        found = [g.contexts_of(i) for g in groups for i in range(len(g.lanes))]
        networks[prices] = sum(isinstance(x, Stage) for x in found)
        for g in groups:
            assert {x.contexts for x in g.lanes} - {None} == set(range(len(g.contexts)))
            assert bool(g.diagrams) == g.family.startswith("diagram")
    assert networks.pop((0.0, 0.0)) > 0
    assert set(networks.values()) == {0}


def test_too_few_rows_are_coded_plain() -> None:
    small = table(400)
    opts = Options(family="ae", steps=5)
    codec, history = train_codec({"t": [small]}, opts, 1, Progress())
    assert not history
    assert all(g.family == "plain" for g in codec.plan.trees[0].groups)


def test_constant_and_nan_columns_train() -> None:
    sample = table()
    values = dict(sample.values)
    values["met"] = Values(np.full(len(values["met"].flat), np.nan))
    values["sumet"] = Values(np.full(len(values["sumet"].flat), 7.0))
    codec, _ = train_codec(
        {"t": [Sampled(sample.schema, values)]}, Options(family="ae", steps=10), 1, Progress()
    )
    block = codec.tree("t").encode(values)
    codec.tree("t").verify(block, values, "t")


def test_an_unknown_family_names_the_nearest() -> None:
    with pytest.raises(NameNotFound, match="predictor"):
        trained("predicter", "exact")


def test_values_beyond_the_trained_range_are_exact_all_the_same() -> None:
    codec, _ = trained("predictor", "exact")
    wild = table(4000, seed=2)
    values = dict(wild.values)
    for name, v in wild.values.items():
        if v.flat.dtype.kind == "f":
            values[name] = Values(v.flat * np.asarray(1e6, v.flat.dtype), v.counts)
    block = codec.tree("t").encode(values)
    codec.tree("t").verify(block, values, "t")
