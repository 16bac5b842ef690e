from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")

import torch

from rootae.errors import NameNotFound
from rootae.training import nets
from rootae.training.options import NETS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor
    from torch.nn import Module

    from rootae.training.freeze.quantise import Layer

WIDTHS = (2, 1, 2, 0, 1, 2)  # of columns: one of them has no input
CODES = [[0, 1], [2], [3, 4], [5], [6, 7]]  # features of each column's codes
CENTRES = [[], [8], [], [9, 10], []]
EFFORTS = ("fast", "default", "max")


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def shaken(module: Module) -> Any:
    """Return a network with weights that no untrained one has: none is zero."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.randn(parameter.shape) / 3)
    return module.eval()


def evaluated(layers: Sequence[Layer], x: Tensor) -> NDArray[Any]:
    """Evaluate layers as arrays, shape (rows, inputs) to (rows, outputs)."""
    y = x.double().numpy().T
    for layer in layers[:-1]:
        y = np.maximum(layer.sums(y), 0)
    return layers[-1].sums(y).T


def close(a: NDArray[Any], b: Tensor) -> bool:
    return np.allclose(a, b.detach().numpy(), rtol=1e-4, atol=1e-4)


def test_the_options_know_every_architecture() -> None:
    assert set(NETS) == set(nets.names())


def test_an_unknown_architecture_names_the_nearest() -> None:
    with pytest.raises(NameNotFound, match="dense"):
        nets.load("denes")


@pytest.mark.parametrize("hidden", [(32,), (64, 32)])
@pytest.mark.parametrize("net", nets.names())
def test_an_encoder_is_exported_as_it_was_trained(net: str, hidden: tuple[int, ...]) -> None:
    encoder = shaken(nets.load(net).encoder(WIDTHS, hidden, 3))
    x = torch.randn(50, sum(WIDTHS))
    assert encoder(x).shape == (50, 3)
    assert close(evaluated(encoder.layers(), x), encoder(x))


@pytest.mark.parametrize("columns", [1, 2, 7])
@pytest.mark.parametrize("hidden", [(32,), (32, 64), (16, 16, 40)])
@pytest.mark.parametrize("net", nets.names())
def test_a_decoder_is_exported_as_it_was_trained(
    net: str, hidden: tuple[int, ...], columns: int
) -> None:
    decoder = shaken(nets.load(net).decoder(4, hidden, columns))
    z = torch.randn(50, 4)
    assert decoder(z).shape == (50, 2 * columns)
    assert close(evaluated(decoder.layers(), z), decoder(z))


@pytest.mark.parametrize("net", nets.names())
def test_an_untrained_decoder_is_the_marginal(net: str) -> None:
    decoder = nets.load(net).decoder(4, (32, 64), 7)
    assert not decoder(torch.randn(50, 4)).any()


@pytest.mark.parametrize("hidden", [(32,), (64, 64, 64)])
@pytest.mark.parametrize("net", nets.names())
def test_an_encoder_can_begin_as_a_linear_map(net: str, hidden: tuple[int, ...]) -> None:
    encoder = nets.load(net).encoder(WIDTHS, hidden, 5)
    x, weight, bias = torch.randn(50, sum(WIDTHS)), torch.randn(3, sum(WIDTHS)), torch.randn(3)
    before = encoder(x)
    encoder.begin(weight, bias)
    assert torch.allclose(encoder(x)[:, :3], x @ weight.T + bias, atol=1e-4)
    assert before[:, 3:].std() > 0
    assert encoder(x)[:, 3:].std() > 0, "further outputs are left to training"


@pytest.mark.parametrize("hidden", [(32,), (64, 64, 64)])
@pytest.mark.parametrize("net", nets.names())
def test_a_decoder_can_begin_as_a_linear_map(net: str, hidden: tuple[int, ...]) -> None:
    decoder = nets.load(net).decoder(5, hidden, 7)
    z, weight, bias = torch.randn(50, 5), torch.randn(14, 3), torch.randn(14)
    decoder.begin(weight, bias)
    assert torch.allclose(decoder(z), z[:, :3] @ weight.T + bias, atol=1e-4)


def test_a_network_too_narrow_for_a_linear_map_begins_as_it_is() -> None:
    encoder = nets.load("dense").encoder(WIDTHS, (4,), 3)
    x = torch.randn(5, sum(WIDTHS))
    before = encoder(x)
    encoder.begin(torch.randn(3, sum(WIDTHS)), torch.zeros(3))
    assert torch.equal(encoder(x), before)


@pytest.mark.parametrize("net", nets.names())
def test_latents_meet_dense_layers_on_both_sides(net: str) -> None:
    """Families scale latents by these layers' weights."""
    assert nets.load(net).encoder(WIDTHS, (64, 32), 3).layers()[-1].taps is None
    assert nets.load(net).decoder(3, (32, 64), 6).layers()[0].taps is None


@pytest.mark.parametrize("effort", EFFORTS)
@pytest.mark.parametrize("net", nets.names())
def test_columns_are_exported_as_they_were_trained(net: str, effort: str) -> None:
    columns = nets.load(net).autoregressive(CODES, CENTRES, effort)
    for phase, _ in enumerate(columns.steps_share):
        if phase:
            columns.next_phase()
        shaken(columns)
    x = torch.randn(50, 11)
    found, stages = columns(x), columns.stages()
    assert found.shape == (5, 50, 2)
    assert [s.targets for s in stages] == [(1,), (2,), (3,), (4,)], "the first one sees nothing"
    for stage in stages:
        y = evaluated(stage.layers, x[:, list(stage.features)])
        assert close(y, found[stage.targets[0]])


@pytest.mark.parametrize("effort", EFFORTS)
@pytest.mark.parametrize("net", nets.names())
def test_a_column_sees_earlier_columns_and_its_own_centre_only(net: str, effort: str) -> None:
    columns = shaken(nets.load(net).autoregressive(CODES, CENTRES, effort))
    x = torch.randn(50, 11)
    before = columns(x)
    for kind, lists in (("codes", CODES), ("centres", CENTRES)):
        for i, features in enumerate(lists):
            if not features:
                continue
            changed = x.clone()
            changed[:, features] += 1
            moved = {k for k, y in enumerate(columns(changed) != before) if y.any()}
            assert moved == ({i} if kind == "centres" else set(range(i + 1, 5))), (kind, i)
    for stage in columns.stages():
        (i,) = stage.targets
        allowed = {k for features in CODES[:i] for k in features} | set(CENTRES[i])
        assert set(stage.features) <= allowed


@pytest.mark.parametrize("net", nets.names())
def test_an_untrained_column_is_the_marginal(net: str) -> None:
    columns = nets.load(net).autoregressive(CODES, CENTRES, "default")
    assert not columns(torch.randn(50, 11)).any()


def test_one_column_alone_can_be_built() -> None:
    for net in nets.names():
        assert nets.load(net).autoregressive([[0]], [[]], "default").stages() == []


def test_a_window_ends_where_columns_end() -> None:
    """Effort `fast` sees four columns: a fifth one before it changes nothing."""
    columns = shaken(nets.load("conv").autoregressive([[k] for k in range(7)], [[]] * 7, "fast"))
    x = torch.randn(20, 7)
    changed = x.clone()
    changed[:, 1] += 1
    moved = (columns(changed) != columns(x)).flatten(1).any(1)
    assert moved.tolist() == [False, False, True, True, True, True, False]
    assert [s.features for s in columns.stages()][-1] == (2, 3, 4, 5)


def test_columns_share_a_convolution_that_is_masked_beyond_them() -> None:
    *convolutions, _ = nets.load("conv").encoder((1,) * 9, (32, 32), 2).layers()
    for layer in convolutions:
        assert layer.taps is not None
        missing = layer.taps.max()
        seen = [set(taps) - {missing} for taps in layer.taps]
        assert layer.weight.ndim == 2, "one weight for all columns"
        assert len({len(s) for s in seen[1:-1]}) == 1
        assert len(seen[0]) == len(seen[-1]) == 2 * len(seen[1]) // 3
    assert missing == 9 * len(convolutions[0].weight), "one past the last"


def test_a_convolution_knows_no_place() -> None:
    """Away from both ends, what moves by one column comes out moved by one column."""
    first, *_ = shaken(nets.load("conv").encoder((2,) * 9, (32,), 2)).layers()
    x = np.zeros((18, 2))
    x[8:10, 0] = x[10:12, 1] = 1.5, -2
    still, moved = first.sums(x).reshape(9, -1, 2).transpose(2, 0, 1)
    assert np.allclose(still[:-1], moved[1:])
    assert not np.allclose(still, moved)


def test_a_convolution_grows_with_columns_by_its_ends_only() -> None:
    def sizes(columns: int) -> dict[str, int]:
        decoder = nets.load("conv").decoder(4, (64, 64), columns)
        return {n: p.numel() for n, p in decoder.named_parameters()}

    few, many = sizes(5), sizes(50)
    assert {n for n in few if few[n] == many[n]} == {n for n in few if "convolutions" in n}
