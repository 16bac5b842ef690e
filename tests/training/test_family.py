"""Families with latents: what each asks of them, and that a family is one file."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from stepped import ROWS, data, model, some, steps, table, trained

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")

import torch

from rootae.errors import ArgumentError, NameNotFound
from rootae.planner.sample import Sampled
from rootae.schema.column import Column
from rootae.schema.tree import TreeSchema
from rootae.schema.values import Values
from rootae.training import families
from rootae.training.batches import Batches
from rootae.training.families.sparse import bernoulli_bits
from rootae.training.families.vae import kl_bits
from rootae.training.family import Setup
from rootae.training.latents.autoencoder import Autoencoder
from rootae.training.latents.distances import DISTANCES
from rootae.training.latents.regularised import Regularised
from rootae.training.settings import NoSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from rootae.training.freeze.quantise import Layer

WITH_LATENTS = [f for f in families.names() if issubclass(families.load(f), Autoencoder)]
REGULARISED = [f for f in families.names() if issubclass(families.load(f), Regularised)]


def repeating() -> Sampled:
    """The same, with counts of which one follows from the others but for float32."""
    sample, rng = table(), np.random.default_rng(0)
    one, other = rng.poisson(20, ROWS), rng.poisson(1, ROWS)
    more = {"one": one, "other": other, "both": one + other}
    columns = tuple(Column(n, x.flat.dtype.name) for n, x in sample.values.items())
    columns += tuple(Column(n, "int32") for n in more)
    schema = TreeSchema("t", "", columns, order=tuple(c.name for c in columns))
    values = {n: Values(x.astype(np.int32)) for n, x in more.items()}
    return Sampled(schema, dict(sample.values) | values, share=0.01)


def test_all_families_of_the_field_are_there() -> None:
    assert set(WITH_LATENTS) == {"ae", "sparse", "vae", "wae", "swae", "aae"}


@pytest.mark.parametrize("family", families.names())
def test_a_family_says_what_it_is_and_names_its_settings(family: str) -> None:
    found = families.load(family)
    assert found.__doc__
    assert (found.__module__, found.__name__) == (f"rootae.training.families.{family}", "Family")
    if found.Settings is not NoSettings:
        own = [k for k in found.Settings.__mro__ if dataclasses.is_dataclass(k)]
        text = "".join(k.__doc__ or "" for k in own)
        assert all(f.name in text for f in dataclasses.fields(found.Settings))


@pytest.mark.parametrize("family", families.names())
def test_a_family_refuses_settings_that_it_does_not_have(family: str) -> None:
    with pytest.raises(NameNotFound, match=f"no setting 'wieght' in family {family}"):
        model(family, wieght=1)


@pytest.mark.parametrize("family", WITH_LATENTS)
def test_a_family_refuses_values_that_make_no_sense(family: str) -> None:
    with pytest.raises(ArgumentError, match=f"family {family}: setting levels is 1, not from 3"):
        model(family, levels=1)


def test_a_new_family_is_one_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is found, trained and exported, and nothing else knows of it."""
    text = Path(families.__file__).with_name("ae.py").read_text()
    for known in Path(families.__file__).parent.glob("*.py"):
        (tmp_path / known.name).write_text(known.read_text())
    (tmp_path / "shrunk.py").write_text(
        f"{text}\n    def terms(self, outputs, z):\n"
        '        return {**super().terms(outputs, z), "size": outputs.abs().mean()}\n'
    )
    monkeypatch.setattr(families, "__file__", str(tmp_path / "__init__.py"))
    monkeypatch.setattr(families, "__path__", [str(tmp_path)])
    assert "shrunk" in families.names()
    codec, history = trained("shrunk", bound="none")
    assert history[0]["family"] == "shrunk"
    assert set(history[0]["terms"]) == {"values", "latents", "size"}
    block = codec.tree("t").encode(table(500, 1).values)
    codec.tree("t").verify(block, table(500, 1).values, "t")


@pytest.mark.parametrize("family", WITH_LATENTS)
def test_a_bounded_column_begins_at_the_rate_of_its_marginal(family: str) -> None:
    with torch.no_grad():
        terms = model(family).eval().loss(some())
    marginal = sum(
        -np.log2(np.bincount(q - q.min())[q - q.min()] / len(q)).mean() for q in data().codes
    )
    assert float(terms["codes"]) == pytest.approx(marginal, rel=0.05)


@pytest.mark.parametrize("net", ["dense", "conv"])
def test_a_step_does_not_ruin_the_principal_components_of_columns_that_repeat(net: str) -> None:
    """Weights that are huge and cancel would, as soon as they no longer cancel."""
    torch.manual_seed(0)
    rows = data("none", repeating)
    made = families.load("ae")(rows, Setup(net=net, latents=4))
    assert isinstance(made, Autoencoder)
    batch = Batches(rows).batch(torch.from_numpy(rows.seen[:1024]))
    optimiser = torch.optim.Adam(made.parameters(), 3e-4)
    before = float(made.eval().loss(batch)["values"].detach())
    lost: Any = sum(made.train().loss(batch).values())
    lost.backward()
    optimiser.step()
    assert float(made.eval().loss(batch)["values"].detach()) < 1.5 * before
    assert all(float(p.detach().abs().max()) < 100 for p in made.parameters())


@pytest.mark.parametrize("family", WITH_LATENTS)
def test_what_is_exported_is_what_was_trained(family: str) -> None:
    """The exported layers, evaluated in numpy, give the latents and the outputs of the model."""
    made = steps(model(family), 30)
    batch = some(rows=64)
    with torch.no_grad():
        z = made.sample(made.encode(batch.x))
        location, log_scale = made.decode(z)
    encoder, (stage,) = made.encoder(), made.stages()

    def run(layers: Sequence[Layer], x: NDArray[Any]) -> NDArray[Any]:
        for layer in layers[:-1]:
            x = np.maximum(layer.sums(x), 0)
        return layers[-1].sums(x)

    x = batch.x[:, list(encoder.features)].double().numpy().T
    stored = np.rint(np.clip(run(encoder.layers, x), 0, encoder.top))
    assert np.abs(stored - encoder.top // 2 - z.numpy().T).max() <= 1e-9
    outputs = run(stage.layers, stored)
    assert np.allclose(outputs[0::2].T, location.numpy(), atol=1e-3)
    assert np.allclose(outputs[1::2].T, log_scale.numpy(), atol=1e-3)


# variational


def test_the_kl_term_is_that_of_torch() -> None:
    generator = torch.Generator().manual_seed(0)
    mean, variance = torch.randn(2, 40, generator=generator)
    variance = variance.exp()
    posterior = torch.distributions.Normal(mean, variance.sqrt())
    prior = torch.distributions.Normal(torch.zeros(40), 3.0)
    wanted = torch.distributions.kl_divergence(posterior, prior) / math.log(2)
    assert torch.allclose(kl_bits(mean, variance, 3.0), wanted, atol=1e-5)


def test_a_posterior_is_never_narrower_than_rounding() -> None:
    made = model("vae")
    narrow = torch.full((3, 2 * made.latents), -1e3)
    assert torch.allclose(made.variance(narrow), torch.tensor(1 / 12))


def test_draws_have_the_posterior_s_mean_and_variance() -> None:
    made = model("vae").train()
    outputs = torch.tensor([[3.0, -2.0, 1.0, 2.0]]).expand(50_000, 4)
    drawn = made.sample(outputs)
    assert torch.allclose(drawn.mean(0), torch.tensor([3.0, -2.0]), atol=0.1)
    assert torch.allclose(drawn.var(0), made.variance(outputs)[0], rtol=0.05)


def test_free_bits_cost_the_same_however_few_are_used() -> None:
    made = model("vae", free=2.5)
    silent, z = torch.zeros(10, 4), torch.zeros(10, 2)
    silent[:, 2:] = math.log(made.spread**2)  # the prior itself
    assert float(made.terms(silent, z)["kl"]) == pytest.approx(2 * 2.5)
    loud = silent + torch.tensor([100.0, 0, 0, 0])
    beyond = kl_bits(torch.tensor(100.0), made.variance(loud)[0, 0], made.spread)
    assert float(made.terms(loud, z)["kl"]) == pytest.approx(float(beyond) + 2.5, rel=1e-5)


def test_beta_weighs_the_kl_term() -> None:
    outputs, z = torch.ones(10, 4), torch.zeros(10, 2)
    one, four = (float(model("vae", beta=b).terms(outputs, z)["kl"]) for b in (1, 4))
    assert four == pytest.approx(4 * one)


def test_a_large_beta_silences_latents_and_free_bits_keep_them() -> None:
    silent, kept = (
        steps(model("vae", beta=50, free=f, latents=2), 60).encode(some().x)[:, :2].std(0).max()
        for f in (0, 3)
    )
    assert silent < 1 < kept


# sparse


def test_the_sparsity_term_is_the_divergence_of_two_coins() -> None:
    found = bernoulli_bits(0.05, torch.tensor([0.05, 0.5]))
    wanted = 0.05 * math.log2(0.05 / 0.5) + 0.95 * math.log2(0.95 / 0.5)
    assert found.tolist() == pytest.approx([0.0, wanted], abs=1e-6)


def activity(on: str, **settings: Any) -> float:
    made = steps(model("sparse", latents=3, on=on, rate=0, **settings), 60)
    outputs = made.encode(some().x)
    units = outputs if on == "latents" else torch.cat(made._active, 1)
    return float(-torch.expm1(-units.detach().abs()).mean())


@pytest.mark.parametrize("on", ["latents", "activations"])
def test_a_penalty_on_magnitudes_makes_units_silent(on: str) -> None:
    assert activity(on, penalty="l1", weight=20) < 0.5 * activity(on, weight=0)


@pytest.mark.parametrize("wanted", [0.1, 0.4])
@pytest.mark.parametrize("on", ["latents", "activations"])
def test_a_penalty_on_activity_brings_it_to_what_is_wanted(on: str, wanted: float) -> None:
    found = activity(on, penalty="kl", weight=50, activity=wanted)
    assert found == pytest.approx(wanted, rel=0.35)


# drawn towards a prior


@pytest.mark.parametrize("family", REGULARISED)
@pytest.mark.parametrize("regulariser", DISTANCES)
def test_every_distance_fits_the_slot(family: str, regulariser: str) -> None:
    with torch.no_grad():
        terms = model(family, regulariser=regulariser).loss(some(rows=64))
    assert set(terms) == {"codes", "latents", regulariser}
    assert all(math.isfinite(float(t)) for t in terms.values())


def test_wae_compares_by_mmd_and_swae_by_slices() -> None:
    assert [model(f).settings.regulariser for f in ("wae", "swae")] == ["mmd", "sliced"]


@pytest.mark.slow
@pytest.mark.parametrize("family", REGULARISED)
def test_the_regulariser_spreads_latents_over_the_prior(family: str) -> None:
    def spread(weight: float) -> Tensor:
        made = steps(model(family, weight=weight), 150)
        found: Tensor = made.encode(some().x).detach().std(0) / made.spread
        return found

    assert float((spread(100) - 1).abs().max()) < 0.4
    assert float((spread(0) - 1).abs().max()) > 0.5, "without it they are shorter"


# latents


def test_more_latents_than_columns_are_refused_with_the_number_of_each_group() -> None:
    with pytest.raises(ArgumentError, match=r"6 latents are more than .* 5 in t:\(event\)"):
        trained("ae", latents=6)


@pytest.mark.parametrize("family", WITH_LATENTS)
def test_as_many_latents_as_columns_are_allowed(family: str) -> None:
    codec, _ = trained(family, bound="none", latents=5)
    encoder = codec.tree("t").plan.groups[0].encoder
    assert encoder is not None
    assert encoder.latents == 5


@pytest.mark.parametrize(
    "family", [pytest.param(f, marks=[pytest.mark.slow] * (f != "ae")) for f in WITH_LATENTS]
)
def test_a_column_without_a_bound_comes_back_from_the_latents_alone(family: str) -> None:
    codec, history = trained(family, steps=100, bound="none", latents=3)
    values = table(2000, 1).values
    block = codec.tree("t").encode(values)
    decoded = codec.tree("t").decoder(block)
    assert set(history[0]["terms"]) >= {"values"}
    group = codec.tree("t").plan.groups[0]
    assert all(lane.contexts is not None for lane in group.lanes)
    for name, original in values.items():
        error = decoded.values(name).flat - original.flat
        assert error.std() < 0.5 * original.flat.std(), name
