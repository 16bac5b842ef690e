"""The native core takes and refuses the networks that rootae does, and gives the same numbers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rounds import rounds

onnx = pytest.importorskip("onnx")

from native.asked import (  # noqa: E402
    CHAINS,
    agreed,
    check,
    choosing,
    double,
    made,
    node,
    of_any_operators,
    run,
    same,
)
from networks import every_operator, linear, model  # noqa: E402
from onnx import numpy_helper  # noqa: E402
from reference.networks import Network as Reference  # noqa: E402

from rootae.codec.plan.check import encoders_of  # noqa: E402

pytestmark = pytest.mark.slow  # whole blocks, plans and contexts stand for these in the quick ones


@pytest.mark.parametrize("rows", [0, 1, 15, 16, 17, 255, 256, 257, 3000])
def test_every_operator_gives_the_same_numbers(rows: int) -> None:
    same(every_operator(), rows)


@pytest.mark.parametrize("sizes", [(1, 1), (3, 5), (64, 64), (7, 300), (900, 3), (2, 1000)])
def test_layers_of_any_width_give_the_same_numbers(sizes: tuple[int, int]) -> None:
    inputs, outputs = sizes
    same(linear(np.random.default_rng(1).integers(-9, 9, (outputs, inputs))))


def test_networks_of_float64_give_the_same_numbers() -> None:
    same(double(every_operator()))
    same(double(linear(np.random.default_rng(2).integers(-(2**20), 2**20, (40, 50)) * 2.0**9)))


@pytest.mark.parametrize("name", CHAINS)
def test_chains_of_operators_give_the_same_numbers(name: str) -> None:
    nodes, outputs, whole = CHAINS[name]
    same(made(nodes, outputs, **whole))


def test_a_reshape_that_mixes_rows_is_refused() -> None:
    nodes = [node("Transpose", ["x"], ["t"]), node("Reshape", ["t", "back"], ["y"])]
    assert agreed(made(nodes, 3, back=[3, -1])) == 0
    assert agreed(made(nodes, 1, back=[1, -1])) == 0


@pytest.mark.parametrize(("times", "taken"), [(6, 2), (7, 0)])
def test_arrays_of_over_eight_dimensions_are_refused(times: int, taken: int) -> None:
    chain = ["x", *(f"g{i}" for i in range(times)), "y"]
    nodes = [node("Gather", [a, "one"], [b], axis=0) for a, b in itertools.pairwise(chain[:-1])]
    nodes.append(node("Reshape", [chain[-2], "back"], ["y"]))
    assert agreed(made(nodes, 1, one=[[0]], back=[1, -1])) == taken


@rounds(1500, 40_000)
def test_any_change_of_a_network_is_refused_by_both_or_by_neither(seed: int, rounds: int) -> None:
    rng, count = np.random.default_rng(seed), 0
    nets = [every_operator(), choosing(), *(made(n, o, **w) for n, o, w in CHAINS.values())]
    for i in range(rounds):
        data = bytearray(nets[i % len(nets)])
        for _ in range(rng.integers(1, 3)):
            at, kind = int(rng.integers(len(data))), rng.integers(4)
            if kind == 3:  # exchange one byte of a number, a tag or a length for a near one
                data[at] = (data[at] + int(rng.integers(-2, 3))) % 256
            else:
                data[at : at + int(kind > 0)] = bytes([rng.integers(256)] * int(kind < 2))
        count += agreed(bytes(data))
    assert 0 < count < 2 * rounds


def test_encoders_are_checked_and_never_run() -> None:
    assert check(choosing()) is None
    assert check(choosing(), decoder=False) == (4, 3)


def test_every_cut_of_a_network_is_refused_by_both_or_by_neither() -> None:
    for whole in (every_operator(), choosing()):
        for size in range(len(whole)):
            agreed(whole[:size])
        assert agreed(whole + b"\0") == 0


@settings(max_examples=60)
@given(st.binary(max_size=40), st.integers(0, 600))
def test_any_bytes_in_a_network_are_refused_by_both_or_by_neither(data: bytes, at: int) -> None:
    whole = every_operator()
    agreed(whole[:at] + data + whole[at:])
    agreed(whole[:at] + data + whole[at + len(data) :])


@settings(max_examples=60)
@given(st.data())
def test_any_operators_on_any_shapes_are_refused_by_both_or_by_neither(
    drawn: st.DataObject,
) -> None:
    data = of_any_operators(drawn.draw)
    if not agreed(data) or check(data) is None:
        return
    x = np.arange(3 * 41).reshape(3, 41) % 7
    found = run(data, x)
    with np.errstate(all="ignore"):
        assert np.array_equal(found, Reference(data)(x), equal_nan=True)


def test_networks_that_ask_for_much_are_refused_by_both_or_by_neither() -> None:
    def doubling(times: int) -> bytes:
        chain = ["x", *(f"d{i}" for i in range(times - 1)), "y"]
        nodes = [node("Concat", [a, a], [b], axis=0) for a, b in itertools.pairwise(chain)]
        return model(nodes, {}, 1, 2**times)

    found = [agreed(doubling(times)) for times in (5, 15, 16, 17, 40)]
    assert found == [2, 2, 2, 0, 0]
    same(doubling(12), 40)
    for count in (4096, 4097):
        chain = ["x", *(f"d{i}" for i in range(count - 1)), "y"]
        nodes = [node("Relu", [a], [b]) for a, b in itertools.pairwise(chain)]
        assert agreed(model(nodes, {}, 2, 2)) == 2 * (count == 4096)


def test_an_input_wider_than_any_array_is_refused() -> None:
    message = onnx.load_from_string(made([node("Relu", ["x"], ["y"])], 3))
    message.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 2**62
    message.graph.node[0].op_type = "Gather"
    message.graph.node[0].input.append("few")
    message.graph.initializer.append(numpy_helper.from_array(np.array([0, 1, 2]), "few"))
    assert agreed(bytes(message.SerializeToString())) == 0


def test_networks_that_were_trained_give_the_same_numbers(trained_networks: list[bytes]) -> None:
    for data in trained_networks:
        same(data, 3000)


@pytest.fixture(scope="module")
def trained_networks() -> list[bytes]:
    pytest.importorskip("torch")
    from trained import trained

    found = []
    for family, net in (("vae", "dense"), ("ae", "conv")):
        codec, _ = trained(family, "none", steps=5, rows=3000, net=net)
        encoders = encoders_of(codec.plan)
        found += [n.onnx for i, n in enumerate(codec.networks) if i not in encoders]
    assert found
    return found
