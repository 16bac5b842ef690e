"""One file, the same bits: whatever runs its networks, on how many rows at once, in which order."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import awkward as ak
import numpy as np
import pytest
from coding import coded

from rootae.training.diagrams.learner import PRICES

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")

from pathlib import Path

import second
import uproot
from networks import every_operator, linear, operators_of
from reference.networks import OPERATORS, ORDERS
from reference.networks import Network as Reference
from samples import write_columns
from trained import table, trained

import rootae
from rootae.codec.contexts import network
from rootae.codec.contexts.device import CPU
from rootae.codec.contexts.network import Network
from rootae.codec.contexts.shapes import DECODER_OPERATORS
from rootae.container.codecs import load_codec
from rootae.errors import CorruptError
from rootae.reader.cache import cache
from rootae.training import race

FAMILIES = [  # the second word is the net
    pytest.param("predictor", marks=pytest.mark.slow),
    pytest.param("ae", marks=pytest.mark.slow),
    pytest.param("ae conv", marks=pytest.mark.slow),
    "diagram",
    "auto",
]
Files = tuple[str, dict[int, tuple[Path, dict[str, bytes]]]]  # the family, and files by rows
MANY, FEW = 100_000, 1200  # three quarters of that many objects


def arrays_of(rows: int, seed: int) -> dict[str, Any]:
    """Return a tree's arrays; the counter comes with what it counts."""
    values = table(rows, seed).values
    return {
        n: v.to_array() if v.counts is not None else v.flat
        for n, v in values.items()
        if n != "nJet"
    }


@pytest.fixture(scope="module", params=FAMILIES)
def files(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Return a large and a small file of one codec, and the decoded columns of each."""
    folder = tmp_path_factory.mktemp("files")
    family, net = (*request.param.split(), "dense")[:2]
    with pytest.MonkeyPatch.context() as patch:
        for prices in (race._LEAST, PRICES):  # so that auto keeps networks beside diagrams
            patch.setitem(prices, "default", 0.0)
        codec, _ = trained(family, "rel:1e-3", 200, net=net)
    found = {}
    for rows in (MANY, FEW):
        source = write_columns(folder / f"{rows}_in.root", arrays_of(rows, seed=rows))
        rootae.compress(source, folder / f"{rows}.root", codec=codec)
        found[rows] = folder / f"{rows}.root", decoded(folder / f"{rows}.root")
    return request.param, found


def opened(path: Path) -> Any:
    """Open a file that nothing is remembered of."""
    cache.clear()
    load_codec.cache_clear()
    return rootae.open(path)


def as_bytes(array: ak.Array) -> bytes:
    return np.asarray(ak.flatten(array, axis=None)).tobytes()


def decoded(path: Path) -> dict[str, bytes]:
    """Return every column of a file as bytes."""
    with opened(path) as file:
        return {n: as_bytes(b.array()) for n, b in file["t"].items()}


def test_the_files_are_coded_by_what_they_are_meant_to_test(files: Files) -> None:
    family, found = files
    with opened(found[MANY][0]) as file:
        codec, stored = file.container.only_codec(), coded(file["t"]).stored
        groups = codec.plan.tree("t").groups
        assert max(stored.rows.values()) > 65_536
    assert any(g.stages for g in groups) == (family != "diagram")
    assert any(g.diagrams for g in groups) == (family in ("diagram", "auto"))
    assert any(g.encoder for g in groups) == family.startswith("ae")
    decoders = [operators_of(codec.networks[s.network].onnx) for g in groups for s in g.stages]
    assert any("Gather" in operators for operators in decoders) == (family == "ae conv")
    values = table(3000, 5).values
    assert 1 in codec.tree("t").encode(values).modes


SETTINGS = [
    pytest.param(threads, batch, level, id=f"{threads} threads, {batch} rows, {level}")
    for threads, batch, level in [
        (2, 8192, "ALL"),
        (1, 7, "ALL"),
        (1, 65_536, "ALL"),
        (1, 8192, "DISABLE"),
        (1, 65_536, "BASIC"),
        (2, 1 << 20, "DISABLE"),
        (2, 4097, "EXTENDED"),
    ]
]


def run_as(monkeypatch: pytest.MonkeyPatch, threads: int, batch: int, level: str) -> None:
    """Have onnxruntime run networks otherwise than it would."""
    import onnxruntime

    monkeypatch.setenv("ROOTAE_DECODER", "python")  # the native one runs them itself
    options = network._options
    levels = {
        "ALL": onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL,
        "EXTENDED": onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
        "BASIC": onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC,
        "DISABLE": onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL,
    }

    def changed() -> Any:
        made = options()
        made.intra_op_num_threads = made.inter_op_num_threads = threads
        made.execution_mode = onnxruntime.ExecutionMode.ORT_PARALLEL
        made.graph_optimization_level = levels[level]
        return made

    monkeypatch.setattr(network, "_options", changed)
    monkeypatch.setitem(network._ROWS, CPU, batch)


@pytest.mark.parametrize(("threads", "batch", "level"), SETTINGS)
def test_threads_batches_and_optimisations_change_no_bit(
    files: Files, monkeypatch: pytest.MonkeyPatch, threads: int, batch: int, level: str
) -> None:
    run_as(monkeypatch, threads, batch, level)
    path, wanted = files[1][MANY]
    assert decoded(path) == wanted


@pytest.mark.parametrize("level", ["ALL", "DISABLE"])
def test_one_row_at_a_time_changes_no_bit(
    files: Files, monkeypatch: pytest.MonkeyPatch, level: str
) -> None:
    run_as(monkeypatch, 1, 1, level)
    path, wanted = files[1][FEW]
    assert decoded(path) == wanted


def test_two_threads_at_once_change_no_bit(files: Files) -> None:
    path, wanted = files[1][MANY]
    names = list(wanted)
    with opened(path) as file, ThreadPoolExecutor(2) as pool:
        tree = file["t"]
        both = [*names, *reversed(names)]
        found = list(pool.map(lambda n: as_bytes(tree[n].array()), both))
    assert all(x == wanted[n] for n, x in zip(both, found, strict=True))


def test_two_blocks_decoded_side_by_side_change_no_bit(files: Files) -> None:
    path, wanted = files[1][MANY]
    with opened(path) as file, ThreadPoolExecutor(2) as pool:
        stored = coded(file["t"]).stored

        def whole(order: list[str]) -> dict[str, bytes]:
            decoder = stored.decoder(0)  # its own, by the networks of both
            return {n: decoder.values(n).flat.tobytes() for n in order}

        assert len(stored.ids) == 1
        one, other = pool.map(whole, (list(wanted), list(wanted)[::-1]))
    assert one == other == wanted


@pytest.mark.parametrize("dtype", [None, "f8"], ids=["own type", "float64"])
@pytest.mark.parametrize("order", ORDERS)
def test_the_order_of_sums_changes_no_bit(files: Files, order: str, dtype: str | None) -> None:
    """A reader of its own evaluates networks in numpy, term by term."""
    path, wanted = files[1][FEW]
    found = second.read(path, "t", order=order, dtype=dtype)
    assert found.keys() == wanted.keys()
    for name, values in found.items():
        assert values.flat.tobytes() == wanted[name], name


def test_all_rows_at_once_in_numpy_change_no_bit(files: Files) -> None:
    path, wanted = files[1][MANY]
    found = second.read(path, "t", order="backwards")
    for name, values in found.items():
        assert values.flat.tobytes() == wanted[name], name


def test_a_network_that_says_something_else_is_not_overlooked(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tests above would notice a difference: outputs that are one step off break columns."""
    family, found = files
    path, wanted = found[MANY]
    run = Network.run
    monkeypatch.setenv("ROOTAE_DECODER", "python")
    monkeypatch.setattr(Network, "run", lambda self, x: np.maximum(run(self, x) - 1, 0))
    if family == "diagram":
        assert decoded(path) == wanted
        return
    try:
        assert decoded(path) != wanted
    except CorruptError:
        return


@pytest.mark.parametrize("order", ORDERS)
def test_the_operators_in_numpy_are_those_of_onnx(order: str) -> None:
    assert set(OPERATORS) == DECODER_OPERATORS
    made = every_operator()
    rng = np.random.default_rng(0)
    assert operators_of(made) == DECODER_OPERATORS
    x = rng.integers(0, 200, (5, 1000))
    found = Reference(made, order)(x)
    assert found.dtype == np.float32
    assert found.tobytes() == Network(made).run(x).tobytes()
    assert (found == Reference(made, order, "f8")(x)).all()


def test_sums_that_round_would_differ() -> None:
    """The orders do differ where the proof does not hold: these are no whole numbers."""
    rng = np.random.default_rng(0)
    made, x = linear(rng.normal(size=(3, 200))), rng.normal(size=(200, 500)).astype("f4")
    found = [Reference(made, order)(x) for order in ORDERS]
    assert all((a != b).any() for a, b in itertools.combinations(found, 2))


def test_both_doors_give_the_same_bits(files: Files) -> None:
    path, wanted = files[1][FEW]
    cache.clear()
    with uproot.open(path) as file:
        assert {n: as_bytes(b.array()) for n, b in file["t"].items()} == wanted
