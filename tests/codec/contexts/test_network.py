from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
from networks import linear, model  # noqa: E402
from onnx import helper  # noqa: E402

from rootae.codec.contexts import network  # noqa: E402
from rootae.codec.contexts.network import Network  # noqa: E402
from rootae.errors import CorruptError  # noqa: E402

if TYPE_CHECKING:
    from numpy.typing import NDArray


def test_a_network_runs_on_any_number_of_rows() -> None:
    net = Network(linear([[1, 2], [0, -1], [3, 0]]))
    for rows in (0, 1, 8191, 8192, 20_000):
        x = np.arange(2 * rows).reshape(2, rows) % 99
        assert (net.run(x) == np.array([[1, 2], [0, -1], [3, 0]]) @ x).all()


@pytest.mark.parametrize(("inputs", "outputs"), [(2, 3), (2, 1000), (1000, 3)])
def test_a_wide_network_takes_fewer_rows_at_a_time(
    monkeypatch: pytest.MonkeyPatch, inputs: int, outputs: int
) -> None:
    matrix, run, sizes = np.ones((outputs, inputs)), network._run, []

    def counted(session: Any, name: str, x: NDArray[Any]) -> Any:
        sizes.append(x.size)
        return run(session, name, x)

    monkeypatch.setattr(network, "_run", counted)
    assert (Network(linear(matrix)).run(np.ones((inputs, 9000))) == inputs).all()
    assert max(sizes) * max(outputs, inputs) // inputs <= 8192 * 128
    assert len(sizes) == (2 if outputs == 3 and inputs == 2 else 9)


def test_a_chain_of_operators_runs() -> None:
    nodes = [
        helper.make_node("MatMul", ["W", "x"], ["a"]),
        helper.make_node("Add", ["a", "b"], ["c"]),
        helper.make_node("Relu", ["c"], ["d"]),
        helper.make_node("Floor", ["d"], ["y"]),
    ]
    made = model(nodes, {"W": np.eye(2), "b": np.ones((2, 1))}, 2, 2)
    assert Network(made).run(np.array([[-3], [4]])).tolist() == [[0], [5]]


def test_an_encoder_may_choose_and_a_decoder_may_not() -> None:
    nodes = [
        helper.make_node("ArgMax", ["x"], ["a"], axis=0, keepdims=1),
        helper.make_node("Cast", ["a"], ["y"], to=1),
    ]
    made = model(nodes, {}, 2, 1)
    assert Network(made, integer=False).run(np.array([[1, 5], [2, 3]])).tolist() == [[1, 0]]
    with pytest.raises(CorruptError, match="forbidden operators: ArgMax, Cast"):
        Network(made)


def test_every_cut_of_a_model_is_refused_or_runs_as_one() -> None:
    whole = linear([[1, 2], [3, 4]])
    for size in range(len(whole)):
        try:
            Network(whole[:size]).run(np.ones((2, 3)))
        except CorruptError:
            continue


def test_flipped_bits_are_damage_or_give_numbers() -> None:
    whole, rng = linear([[1, 2], [3, 4]]), np.random.default_rng(0)
    for _ in range(150):
        data = bytearray(whole)
        data[rng.integers(len(data))] ^= 1 << rng.integers(8)
        try:
            Network(bytes(data)).run(np.ones((2, 3)))
        except CorruptError:
            continue


@pytest.mark.parametrize("shape", [(1, 3), (3, 3)])
def test_another_number_of_inputs_is_damage(shape: tuple[int, ...]) -> None:
    with pytest.raises(CorruptError):
        Network(linear([[1, 2]])).run(np.ones(shape))


def test_threads_share_a_network() -> None:
    net = Network(linear([[2, 1]]))
    with ThreadPoolExecutor(4) as pool:
        outputs = list(pool.map(lambda k: net.run(np.full((2, 5000), k)), range(20)))
    assert [float(y[0, 0]) for y in outputs] == [3.0 * k for k in range(20)]


def test_a_network_may_travel_to_another_process() -> None:
    net = pickle.loads(pickle.dumps(Network(linear([[2, 1]]))))  # dask and multiprocessing do
    assert net.run(np.ones((2, 1))).tolist() == [[3]]
