from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from reference.networks import ORDERS
from reference.networks import Network as Reference

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")


from rootae.codec.contexts.model import Model
from rootae.codec.contexts.network import Network
from rootae.codec.contexts.shapes import DECODER_OPERATORS
from rootae.errors import RootaeError
from rootae.training.family import TrainedEncoder
from rootae.training.freeze.onnx import decoder_onnx, encoder_onnx
from rootae.training.freeze.quantise import IntegerLayer, IntegerNetwork, Layer, quantise

if TYPE_CHECKING:
    from collections.abc import Sequence

Drawn = tuple[Layer, NDArray[Any], NDArray[Any]]  # what it is given, and the largest of that


def dense_layers(
    rng: np.random.Generator, inputs: int, hidden: Sequence[int], outputs: int
) -> list[Layer]:
    widths = [inputs, *hidden, outputs]
    return [
        Layer(rng.normal(size=(b, a)), rng.normal(size=b)) for a, b in itertools.pairwise(widths)
    ]


def taps_of(columns: int, channels: int, width: int = 3) -> NDArray[Any]:
    """Return what a convolution sees of (columns, channels) inputs in C order."""
    found = np.full((columns, width, channels), columns * channels)
    for i, w in itertools.product(range(columns), range(width)):
        if 0 <= i + w - width // 2 < columns:
            found[i, w] = channels * (i + w - width // 2) + np.arange(channels)
    return found.reshape(columns, -1)


def convolutional_layers(
    rng: np.random.Generator, inputs: int, channels: Sequence[int], columns: int
) -> list[Layer]:
    """Return a dense layer, convolutions, and a last layer of each column's own."""
    layers = [
        Layer(rng.normal(size=(columns * channels[0], inputs)), np.zeros(columns * channels[0]))
    ]
    for a, b in itertools.pairwise(channels):
        weight, bias = rng.normal(size=(b, 3 * a)) / np.sqrt(3 * a), rng.normal(size=b)
        layers.append(Layer(weight, np.tile(bias, columns), taps_of(columns, a)))
    own = rng.normal(size=(columns, 2, channels[-1])), rng.normal(size=2 * columns)
    return [*layers, Layer(*own, taps_of(columns, channels[-1], 1))]


LAYERS = {
    "one hidden layer": functools.partial(dense_layers, hidden=(16,), outputs=4),
    "two hidden layers": functools.partial(dense_layers, hidden=(24, 24), outputs=4),
    "wide": functools.partial(dense_layers, hidden=(64, 32), outputs=4),
    "a convolution": functools.partial(convolutional_layers, channels=(4, 6), columns=5),
    "convolutions": functools.partial(convolutional_layers, channels=(4, 4, 8), columns=7),
}


def network(
    seed: int = 0,
    kind: str = "one hidden layer",
    hidden_bits: int = 12,
    dtype: str = "float32",
    top: int = 1023,
) -> tuple[list[Layer], IntegerNetwork, NDArray[Any], NDArray[Any]]:
    rng = np.random.default_rng(seed)
    layers = LAYERS[kind](rng, 6)
    largest = np.full(6, float(top))
    mean, spread = largest / 2, largest / 4
    whole = quantise(layers, mean, spread, largest, dtype=dtype, hidden_bits=hidden_bits)
    return layers, whole, mean, spread


def inputs(whole: IntegerNetwork, rows: int = 5000, seed: int = 1) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    return np.stack([rng.integers(0, int(top) + 1, rows) for top in whole.inputs]).astype(float)


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_onnxruntime_gives_the_bits_of_a_numpy_reference(kind: str, dtype: str) -> None:
    _, whole, _, _ = network(kind=kind, dtype=dtype)
    assert whole.dtype == dtype
    x = inputs(whole)
    assert np.array_equal(Network(decoder_onnx(whole)).run(x), whole(x))


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("order", ORDERS)
def test_every_order_of_sums_gives_the_bits_of_the_reference(kind: str, order: str) -> None:
    for dtype in ("float32", "float64"):
        _, whole, _, _ = network(kind=kind, dtype=dtype)
        x = inputs(whole, 200)
        assert np.array_equal(Reference(decoder_onnx(whole), order)(x), whole(x))


@pytest.mark.parametrize("kind", LAYERS)
def test_a_decoder_holds_only_allowed_operators(kind: str) -> None:
    for hidden_bits in (8, 12):
        _, whole, _, _ = network(kind=kind, hidden_bits=hidden_bits)
        found = Model.read(decoder_onnx(whole)).operators
        assert found <= DECODER_OPERATORS
        assert ({"Gather", "MatMul"} <= found) == ("convolution" in kind)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from([7, 12]), st.sampled_from(["float32", "float64"]))
def test_the_order_of_summation_does_not_matter_where_the_certificate_holds(
    seed: int, bits: int, dtype: str
) -> None:
    _, whole, _, _ = network(seed, hidden_bits=bits, dtype=dtype)
    x = inputs(whole, 200, seed)
    first = whole.layers[0].layer
    rng = np.random.default_rng(seed)
    number = np.dtype(whole.dtype)
    for _ in range(3):
        order = rng.permutation(len(x))
        total = np.zeros((len(first.bias), x.shape[1]), number)
        for i in order:
            total += (first.weight[:, [i]].astype(number) * x[[i]].astype(number)).astype(number)
        total += first.bias.astype(number)[:, None]
        exact = first.weight @ x + first.bias[:, None]
        assert np.array_equal(total.astype(float), exact)


def test_the_narrowest_float_is_chosen() -> None:
    small = IntegerLayer(Layer(np.ones((1, 2)), np.zeros(1)))
    big = IntegerLayer(Layer(np.full((1, 2), 2.0**20), np.zeros(1)))
    assert IntegerNetwork.certified([small], np.array([10.0, 10.0])).dtype == "float32"
    assert IntegerNetwork.certified([big], np.array([1000.0, 10.0])).dtype == "float64"


def test_a_network_beyond_float64_is_refused() -> None:
    huge = IntegerLayer(Layer(np.full((1, 2), 2.0**50), np.zeros(1)))
    with pytest.raises(RootaeError, match="beyond float64"):
        IntegerNetwork.certified([huge], np.array([1000.0, 10.0]))


def evaluated(layers: Sequence[Layer], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Evaluate a float network in numpy."""
    for layer in layers[:-1]:
        y = np.maximum(layer.sums(y), 0)
    return layers[-1].sums(y)


@pytest.mark.parametrize("kind", ["one hidden layer", "a convolution"])
def test_integers_stay_close_to_the_float_network(kind: str) -> None:
    layers, whole, mean, spread = network(kind=kind)
    x = inputs(whole, 2000)
    y = evaluated(layers, (x - mean[:, None]) / spread[:, None])
    unit = np.resize([32, 16], len(y))[:, None]
    wanted = np.clip(np.floor(y * unit + 512), 0, 1023)
    assert np.abs(whole(x) - wanted).max() <= 12  # of 1023, a third of a logit
    assert np.abs(whole(x) - wanted).mean() <= 0.6


@pytest.mark.parametrize("kind", ["two hidden layers", "a convolution"])
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("optimised", [True, False])
@pytest.mark.parametrize("batch", [1, 7, 4096, 65_536])
def test_every_session_gives_the_same_bits(
    kind: str, threads: int, optimised: bool, batch: int
) -> None:
    import onnxruntime as ort

    _, whole, _, _ = network(kind=kind, hidden_bits=8)
    x = inputs(whole, {1: 300, 7: 3000, 4096: 9000, 65_536: 70_000}[batch])
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    level = ort.GraphOptimizationLevel
    options.graph_optimization_level = level.ORT_ENABLE_ALL if optimised else level.ORT_DISABLE_ALL
    session = ort.InferenceSession(decoder_onnx(whole), options, ["CPUExecutionProvider"])
    x = x.astype(whole.dtype)
    parts = [
        session.run(None, {"x": np.ascontiguousarray(x[:, a : a + batch])})[0]
        for a in range(0, x.shape[1], batch)
    ]
    assert np.array_equal(np.concatenate(parts, axis=1), whole(x))


def test_a_convolution_of_no_rows_has_no_rows() -> None:
    _, whole, _, _ = network(kind="convolutions")
    assert Network(decoder_onnx(whole)).run(np.zeros((6, 0))).shape == (14, 0)


@st.composite
def sparse_layers(draw: st.DrawFn) -> Drawn:
    """Draw a layer of any kind, whole inputs for it, and what they cannot exceed."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    inputs, out, positions, seen = (draw(st.integers(1, 6)) for _ in range(4))
    kind = draw(st.sampled_from(["dense", "shared", "own"]))
    shape = {"dense": (out, inputs), "shared": (out, seen), "own": (positions, out, seen)}[kind]
    units = out if kind == "dense" else positions * out
    taps = None if kind == "dense" else rng.integers(0, inputs + 1, (positions, seen))
    weight, bias = (rng.integers(-99, 99, size).astype(float) for size in (shape, units))
    layer = Layer(weight, bias, taps)
    largest = rng.integers(0, 999, inputs) * 1.0
    return layer, np.floor(largest[:, None] * rng.random((inputs, 20))), largest


def unrolled(layer: Layer, inputs: int) -> NDArray[np.float64]:
    """Return a layer's matrix, a row a unit, term by term."""
    if layer.taps is None:
        return layer.weight
    found = np.zeros((len(layer.taps), layer.weight.shape[-2], inputs + 1))
    for p, taps in enumerate(layer.taps):
        for k, tap in enumerate(taps):
            found[p, :, tap] += (layer.weight if layer.weight.ndim == 2 else layer.weight[p])[:, k]
    return found.reshape(-1, inputs + 1)[:, :inputs]


@given(sparse_layers())
def test_a_convolution_is_the_dense_layer_that_it_stands_for(drawn: Drawn) -> None:
    layer, x, _ = drawn
    wanted = unrolled(layer, len(x)) @ x + layer.bias[:, None]
    assert (layer.sums(x) == wanted).all()
    assert (layer.sums(x[:, 0]) == wanted[:, 0]).all()


@given(sparse_layers())
def test_the_certificate_bounds_every_sum_and_is_no_larger_than_it_must_be(drawn: Drawn) -> None:
    layer, x, largest = drawn
    terms = np.abs(unrolled(layer, len(x)))[:, :, None] * x
    assert (terms.sum(axis=1) + np.abs(layer.bias)[:, None] <= layer.magnitude(largest)).all()
    # two taps may see the same input: their terms count apart
    apart = Layer(np.abs(layer.weight), np.abs(layer.bias), layer.taps)
    assert layer.magnitude(largest) == (unrolled(apart, len(x)) @ largest + apart.bias).max()


@given(sparse_layers())
def test_no_activation_is_beyond_the_largest(drawn: Drawn) -> None:
    layer, x, largest = drawn
    for shift, top in ((0, None), (3, None), (2, 40.0)):
        whole = IntegerLayer(layer, shift, top)
        assert (whole(x) <= np.maximum(whole.largest(largest), 0)[:, None]).all()


@given(sparse_layers(), st.integers(0, 2**32))
def test_normalisation_is_folded_into_any_layer(drawn: Drawn, seed: int) -> None:
    layer, x, _ = drawn
    rng = np.random.default_rng(seed)
    mean, spread = rng.normal(0, 100, len(x)), rng.uniform(0.5, 50, len(x))
    folded = layer.normalised(mean, spread).sums(x)
    wanted = layer.sums((x - mean[:, None]) / spread[:, None])
    assert np.allclose(folded, wanted, rtol=1e-9, atol=1e-6)


def test_an_encoder_may_begin_with_a_convolution() -> None:
    rng = np.random.default_rng(0)
    layers = [
        Layer(rng.normal(size=(3, 6)), rng.normal(size=12), taps_of(4, 2)),
        Layer(rng.normal(size=(2, 12)), rng.normal(size=2)),
    ]
    mean, spread = rng.normal(size=8), rng.uniform(1, 2, 8)
    x = rng.normal(0, 3, (8, 100))
    found = Network(
        encoder_onnx(TrainedEncoder(layers, (), 2, 62), mean, spread), integer=False
    ).run(x)
    wanted = np.clip(evaluated(layers, (x - mean[:, None]) / spread[:, None]), 0, 62)
    assert np.allclose(found, wanted, atol=1e-4)
    assert 0 < wanted.mean() < 62
