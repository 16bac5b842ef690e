from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")

from rootae.errors import RootaeError
from rootae.network import DECODER_OPERATORS, Network, operators
from rootae.train.onnx import decoder_onnx
from rootae.train.quantise import IntegerLayer, IntegerNetwork, Layer, quantise


def random_layers(rng, inputs, hidden, outputs, scale=1.0):
    widths = [inputs, *hidden, outputs]
    return [
        Layer(rng.normal(0, scale, (b, a)), rng.normal(0, scale, b))
        for a, b in itertools.pairwise(widths)
    ]


def network(seed=0, hidden=(16,), hidden_bits=12, dtype="float32", top=1023):
    rng = np.random.default_rng(seed)
    layers = random_layers(rng, 6, hidden, 4)
    largest = np.full(6, float(top))
    mean, spread = largest / 2, largest / 4
    whole = quantise(layers, mean, spread, largest, dtype=dtype, hidden_bits=hidden_bits)
    return layers, whole, mean, spread


def inputs(whole, rows=5000, seed=1):
    rng = np.random.default_rng(seed)
    return np.stack([rng.integers(0, int(top) + 1, rows) for top in whole.inputs]).astype(float)


@pytest.mark.parametrize("hidden", [(16,), (24, 24), (64, 32)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_onnxruntime_gives_the_bits_of_a_numpy_reference(hidden, dtype):
    _, whole, _, _ = network(hidden=hidden, dtype=dtype)
    assert whole.dtype == dtype
    x = inputs(whole)
    assert np.array_equal(Network(decoder_onnx(whole)).run(x), whole(x))


def test_a_decoder_holds_only_allowed_operators():
    for hidden_bits in (8, 12):
        _, whole, _, _ = network(hidden_bits=hidden_bits)
        assert operators(decoder_onnx(whole)) <= DECODER_OPERATORS


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from([7, 12]), st.sampled_from(["float32", "float64"]))
def test_the_order_of_summation_does_not_matter_where_the_certificate_holds(seed, bits, dtype):
    _, whole, _, _ = network(seed, hidden_bits=bits, dtype=dtype)
    x = inputs(whole, 200, seed)
    first = whole.layers[0]
    rng = np.random.default_rng(seed)
    dtype = np.dtype(whole.dtype)
    for _ in range(3):
        order = rng.permutation(len(x))
        total = np.zeros((len(first.bias), x.shape[1]), dtype)
        for i in order:
            total += (first.weight[:, [i]].astype(dtype) * x[[i]].astype(dtype)).astype(dtype)
        total += first.bias.astype(dtype)[:, None]
        exact = first.weight @ x + first.bias[:, None]
        assert np.array_equal(total.astype(float), exact)


def test_the_narrowest_float_is_chosen():
    small = IntegerLayer(np.ones((1, 2)), np.zeros(1))
    big = IntegerLayer(np.full((1, 2), 2.0**20), np.zeros(1))
    assert IntegerNetwork.certified([small], np.array([10.0, 10.0])).dtype == "float32"
    assert IntegerNetwork.certified([big], np.array([1000.0, 10.0])).dtype == "float64"


def test_a_network_beyond_float64_is_refused():
    huge = IntegerLayer(np.full((1, 2), 2.0**50), np.zeros(1))
    with pytest.raises(RootaeError, match="beyond float64"):
        IntegerNetwork.certified([huge], np.array([1000.0, 10.0]))


def test_integers_stay_close_to_the_float_network():
    layers, whole, mean, spread = network(hidden=(16,))
    x = inputs(whole, 2000)
    y = (x - mean[:, None]) / spread[:, None]
    y = np.maximum(layers[0].weight @ y + layers[0].bias[:, None], 0)
    y = layers[1].weight @ y + layers[1].bias[:, None]
    unit = np.array([32, 16, 32, 16])[:, None]
    wanted = np.clip(np.floor(y * unit + 512), 0, 1023)
    assert np.abs(whole(x) - wanted).max() <= 12  # of 1023, a third of a logit
    assert np.abs(whole(x) - wanted).mean() <= 0.6


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("optimised", [True, False])
@pytest.mark.parametrize("batch", [1, 65_536])
def test_every_session_gives_the_same_bits(threads, optimised, batch):
    import onnxruntime as ort

    _, whole, _, _ = network(hidden=(24, 24), hidden_bits=8)
    x = inputs(whole, 70_000 if batch > 1 else 300)
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
