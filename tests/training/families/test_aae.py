"""The adversarial game is played by two, spreads latents over the prior, and stays stable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")

import torch
from stepped import data, model, some, steps, table, trained

from rootae.codec.contexts.network import Network
from rootae.training import families
from rootae.training.family import Setup
from rootae.training.freeze.onnx import encoder_onnx
from rootae.training.latents import priors
from rootae.training.latents.distances import energy

if TYPE_CHECKING:
    from torch import Tensor


def judged(made: Any) -> tuple[Tensor, float]:
    """Return latents in units of the prior, and their distance from it."""
    with torch.no_grad():
        z = made.encode(some(rows=400).x)[:, : made.latents] / made.spread
        return z, float(energy(z, priors.sample(made.settings.prior, 400, made.latents)))


@pytest.mark.parametrize(
    ("stable", "seed"),
    [
        pytest.param("penalty", 0, marks=pytest.mark.slow),
        pytest.param("penalty", 1, marks=pytest.mark.slow),
        pytest.param("penalty", 2, marks=pytest.mark.slow),
        pytest.param("smoothing", 0, marks=pytest.mark.slow),
    ],
)
def test_the_game_neither_collapses_nor_explodes(stable: str, seed: int) -> None:
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    setup = Setup(latents=2, settings={"stable": stable, "weight": "20", "width": "32"})
    made: Any = families.load("aae")(data(), setup)
    batch = some(rows=400)
    (_, before), untrained = judged(made), float(made.eval().loss(batch)["codes"].detach())
    steps(made, 1000, rate=3e-3)
    z, after = judged(made)
    assert after < 0.1 * before
    assert float(z.std(0).min()) > 0.5
    assert float(z.std(0).max()) < 1.4
    sure = float(made.judge(batch)["judged"].detach())
    assert 1 < sure < 2, "2 ln 2 = 1.39 is a draw; 0 is a discriminator that knows every latent"
    assert float(made.loss(batch)["codes"].detach()) < 0.7 * untrained


def test_each_player_changes_only_itself() -> None:
    made = model("aae").train()
    judge, coder = made.turns()
    known = {id(p) for p in judge.parameters}
    assert known == {id(p) for p in made.discriminator.parameters()}
    assert known.isdisjoint(id(p) for p in coder.parameters)
    assert len(judge.parameters) + len(coder.parameters) == len(list(made.parameters()))
    sum(judge.loss(some()).values()).backward()
    assert all(p.grad is None for p in coder.parameters)


@pytest.mark.parametrize("depth", [1, 4])
def test_the_discriminator_is_as_deep_as_was_asked(depth: int) -> None:
    layers = model("aae", depth=depth, width=16).discriminator.layers()
    assert [len(x.bias) for x in layers] == [16] * depth + [1]


@pytest.mark.parametrize(("stable", "terms"), [("penalty", 2), ("smoothing", 1)])
def test_one_of_two_ways_keeps_the_game_stable(stable: str, terms: int) -> None:
    assert len(model("aae", stable=stable).judge(some())) == terms


@pytest.mark.parametrize("prior", priors.names())
def test_every_prior_fits_the_slot(prior: str) -> None:
    terms = model("aae", prior=prior).loss(some())
    assert set(terms) == {"codes", "latents", "adversary"}


# categories


@pytest.mark.parametrize("relaxation", ["straight-through", "gumbel"])
def test_a_category_is_one_of_its_ends_and_has_a_gradient(relaxation: str) -> None:
    made = model("aae", discrete=2, categories=3, relaxation=relaxation).train()
    outputs = made.encode(some().x)
    z = made.sample(outputs)
    chosen = z[:, made.latents :].detach().unflatten(1, (2, 3))
    assert torch.allclose(chosen.sum(2), torch.ones(len(z), 2))
    assert torch.allclose(chosen.max(2).values, torch.ones(len(z), 2))
    (found,) = torch.autograd.grad(made.decode(z)[0].sum() + z[:, -1].sum(), outputs)
    assert float(found[:, made.latents :].abs().sum()) > 0


def test_exported_categories_are_those_of_the_model() -> None:
    made = steps(model("aae", discrete=2, categories=4), 40)
    batch = some(rows=200)
    with torch.no_grad():
        z = made.sample(made.encode(batch.x))
        location, _ = made.decode(z)
    trained_encoder, (stage,) = made.encoder(), made.stages()
    n = len(trained_encoder.features)
    network = Network(encoder_onnx(trained_encoder, np.zeros(n), np.ones(n)), integer=False)
    stored = np.rint(network.run(batch.x[:, list(trained_encoder.features)].numpy().T))
    wanted = z[:, made.latents :].unflatten(1, (2, 4)).argmax(2).numpy().T
    assert stored.shape == (made.latents + 2, 200)
    assert np.array_equal(stored[made.latents :], wanted)
    reached = [stored[made.latents + i] >= k for i in range(2) for k in (1, 2, 3)]
    x = np.concatenate([stored[: made.latents], np.array(reached, float)])
    for layer in stage.layers[:-1]:
        x = np.maximum(layer.sums(x), 0)
    assert np.allclose(stage.layers[-1].sums(x)[0::2].T, location.numpy(), atol=1e-3)


@pytest.mark.parametrize("bound", ["none", "rel:1e-3"])
def test_a_codec_with_categories_codes_and_verifies(bound: str) -> None:
    settings = {"discrete": "2", "categories": "5"}
    codec, _ = trained("aae", 40, bound, latents=2, settings=settings)
    values, coder = table(1000, 1).values, codec.tree("t")
    block = coder.encode(values)
    coder.verify(block, values, "t")
    encoder = coder.plan.groups[0].encoder
    if bound == "none":
        assert encoder is not None
        assert encoder.latents == 4


@pytest.mark.slow
def test_categories_are_used_where_they_tell_something() -> None:
    made = steps(model("aae", discrete=1, categories=4, weight=5), 300)
    with torch.no_grad():
        chosen = made.sample(made.encode(some().x))[:, made.latents :]
    assert int((chosen.mean(0) > 0.05).sum()) >= 3
