"""Every family under every bound: trains, exports, codes, verifies, and never loses to plain."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")

from rootae.adapt import Sampled
from rootae.bounds import rules_of
from rootae.codec import Codec
from rootae.errors import NameNotFound
from rootae.network import DECODER_OPERATORS, operators
from rootae.options import EFFORTS, Options
from rootae.progress import Progress
from rootae.schema import Column, TreeSchema, Values
from rootae.survey import survey
from rootae.train import families
from rootae.training import train_codec

ROWS = 12_000
BOUNDS = ["exact", "abs:1e-3", "rel:1e-3", "none"]


def table(rows=ROWS, seed=0):
    """Correlated columns of several kinds, jagged and flat."""
    rng = np.random.default_rng(seed)
    n = rng.poisson(3, rows // 4).astype(np.int32)
    total = int(n.sum())
    pt = rng.exponential(30, total).astype(np.float32) + np.float32(20)
    eta = rng.normal(0, 1.5, total).astype(np.float32)
    mass = (pt * rng.uniform(0.1, 0.2, total)).astype(np.float32)
    energy = (np.hypot(pt, mass) * np.cosh(eta)).astype(np.float32)
    energy[::97], mass[::89] = np.nan, -0.0
    counts = n.astype(np.int64)
    jagged = {"Jet_pt": pt, "Jet_eta": eta, "Jet_mass": mass, "Jet_energy": energy}
    jagged["Jet_copy"] = pt.copy()
    jagged["Jet_id"] = (pt > 40).astype(np.int32) + (np.abs(eta) > 1)
    met = rng.exponential(40, len(n)) + n
    flat = {"nJet": n, "met": met, "sumet": met * 3 + rng.normal(0, 1, len(n))}
    flat["good"] = met > 50
    values = {k: Values(v) for k, v in flat.items()}
    values |= {k: Values(v, counts) for k, v in jagged.items()}
    columns = [Column(k, v.dtype.name, is_counter=k == "nJet") for k, v in flat.items()]
    columns += [Column(k, v.dtype.name, counter="nJet") for k, v in jagged.items()]
    order = tuple(c.name for c in columns)
    schema = TreeSchema("t", "", tuple(columns), order=order)
    return Sampled(schema, values, share=0.01)  # as of a file so large that networks pay


def trained(family, bound, steps=60, **options):
    opts = Options(family=family, bounds=rules_of({"*": bound}), steps=steps, **options)
    return train_codec({"t": [table()]}, opts, 1, Progress())


@pytest.mark.parametrize("bound", BOUNDS)
@pytest.mark.parametrize("family", families.names())
def test_every_family_keeps_every_bound(family, bound):
    codec, history = trained(family, bound)
    fresh = table(6000, seed=1)  # values it was not trained on
    coder = codec.tree("t")
    block = coder.encode(fresh.values)
    coder.verify(block, fresh.values, "t")
    rebuilt = Codec.from_parts(*codec.parts).tree("t")
    again = rebuilt.decoder(block)
    for name, values in fresh.values.items():
        if bound == "exact" or name in ("nJet", "Jet_id", "good"):
            if bound == "none" and name != "nJet":
                continue
            assert again.values(name).flat.tobytes() == values.flat.tobytes()
    assert history
    assert all(h["coded"] <= h["plain"] + 0.5 for h in history)


@pytest.mark.parametrize("family", families.names())
def test_every_family_only_uses_certified_operators(family):
    codec, _ = trained(family, "rel:1e-3", 200)
    encoders = {g.encoder.network for t in codec.plan.trees for g in t.groups if g.encoder}
    decoders = [n for i, n in enumerate(codec.networks) if i not in encoders]
    diagrams = [d for t in codec.plan.trees for g in t.groups for d in g.diagrams]
    assert decoders or diagrams, "the data is made so that contexts pay"
    assert bool(diagrams) == (family == "diagram")
    assert all(operators(n.onnx) <= DECODER_OPERATORS for n in decoders)


@pytest.mark.parametrize("family", families.names())
def test_steps_and_seed_repeat_the_same_codec(family):
    one, again, other = (trained(family, "exact", steps)[0].id for steps in (20, 20, 21))
    assert one == again
    takes_steps = bool(families.load(family).steps_share)
    assert (one != other) == takes_steps, "a family without steps gives the same for any number"


@pytest.mark.parametrize("family", families.names())
def test_learned_never_loses_to_plain_column_by_column(family):
    codec, _ = trained(family, "rel:1e-3")
    sample = table()
    tables = []
    plain = survey(sample.schema, sample.values, rules_of({"*": "rel:1e-3"}), tables=tables)
    from rootae.codec import TreeCoder

    learned = codec.tree("t").encode(sample.values).columns
    dull = TreeCoder(plain, tables, ()).encode(sample.values).columns
    assert all(len(learned[c]) <= len(dull[c]) + 4 for c in dull)


@pytest.mark.parametrize("effort", EFFORTS)
@pytest.mark.parametrize("family", families.names())
def test_every_effort_keeps_its_bounds(family, effort):
    codec, _ = trained(family, "rel:1e-3", 30, effort=effort)
    fresh = table(6000, seed=1)
    block = codec.tree("t").encode(fresh.values)
    codec.tree("t").verify(block, fresh.values, "t")


def test_an_unknown_effort_names_the_nearest():
    with pytest.raises(NameNotFound, match="default"):
        trained("ae", "exact", effort="defualt")


def test_auto_says_what_each_candidate_gave():
    codec, history = trained("auto", "rel:1e-3")
    assert all(set(h["tried"]) == {"plain", "diagram", "predictor", "ae"} for h in history)
    for h in history:  # a family's networks may stand beside diagrams: "diagram+predictor"
        last = h["family"].split("+")[-1]
        assert min(h["tried"].values()) == pytest.approx(h["tried"][last])
    assert {h["group"]: h["family"] for h in history} == {
        g.name: g.family for g in codec.plan.trees[0].groups
    }


def test_networks_stand_beside_diagrams_only_where_they_save_enough(monkeypatch):
    from rootae.train import race

    networks = {}
    for least in (0.0, 99.0):
        monkeypatch.setitem(race._LEAST, "default", least)
        codec, history = trained("auto", "rel:1e-3", 200)
        assert all(h["tried"]["predictor"] <= h["tried"]["diagram"] for h in history)
        groups = codec.plan.trees[0].groups
        lanes = [x for g in groups for x in g.lanes]
        assert not any(x.stage >= 0 and x.diagram >= 0 for x in lanes)
        networks[least] = sum(x.stage >= 0 for x in lanes)
        for g in groups:
            assert {x.diagram for x in g.lanes} - {-1} == set(range(len(g.diagrams)))
            assert bool(g.diagrams) == g.family.startswith("diagram")
    assert networks[0.0] > 0
    assert networks[99.0] == 0


def test_too_few_rows_are_coded_plain():
    small = table(400)
    opts = Options(family="ae", steps=5)
    codec, history = train_codec({"t": [small]}, opts, 1, Progress())
    assert not history
    assert all(g.family == "plain" for g in codec.plan.trees[0].groups)


def test_constant_and_nan_columns_train():
    sample = table()
    values = dict(sample.values)
    values["met"] = Values(np.full(len(values["met"].flat), np.nan))
    values["sumet"] = Values(np.full(len(values["sumet"].flat), 7.0))
    codec, _ = train_codec(
        {"t": [Sampled(sample.schema, values)]}, Options(family="ae", steps=10), 1, Progress()
    )
    block = codec.tree("t").encode(values)
    codec.tree("t").verify(block, values, "t")


def test_an_unknown_family_names_the_nearest():
    with pytest.raises(NameNotFound, match="predictor"):
        trained("predicter", "exact")


def test_values_beyond_the_trained_range_are_exact_all_the_same():
    codec, _ = trained("predictor", "exact")
    wild = table(4000, seed=2)
    values = dict(wild.values)
    for name, v in wild.values.items():
        if v.flat.dtype.kind == "f":
            values[name] = Values(v.flat * np.asarray(1e6, v.flat.dtype), v.counts)
    block = codec.tree("t").encode(values)
    codec.tree("t").verify(block, values, "t")
