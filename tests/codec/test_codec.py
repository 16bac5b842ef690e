from __future__ import annotations

import copy
import dataclasses
import gc
import weakref
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from samples import event_arrays
from tables import bytes_of, round_trip, table

from rootae.codec.codec import Codec
from rootae.codec.plan.contexts import Encoder, Stage
from rootae.codec.plan.plan import GroupPlan, Plan, TreePlan
from rootae.codec.streams import stream
from rootae.container.codecs import load_codec
from rootae.container.container import read_codec
from rootae.errors import BoundError, CorruptError, FormatError
from rootae.planner.rules import rules_of
from rootae.planner.survey import survey
from rootae.schema.bounds.deviation import deviation, held
from rootae.schema.values import Values

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from rootae.schema.tree import TreeSchema


def plain(schema: TreeSchema, values: Mapping[str, Values], **options: Any) -> Codec:
    tables: list[NDArray[np.int64]] = []
    plan = survey(schema, values, tables=tables, **options)
    return Codec(Plan((plan,)), tables)


def test_a_block_s_memory_is_free_without_the_garbage_collector() -> None:
    """Circles would hold blocks until Python looks for them: a file's worth of memory."""
    schema, values = table({k: v for k, v in event_arrays(800, 3).items() if k != "label"})
    coder = plain(schema, values, lossy=True).tree("t")
    mine = {name: Values(x.flat.copy(), x.counts) for name, x in values.items()}
    arrays = [weakref.ref(x.flat) for x in mine.values()]
    gc.collect()
    gc.disable()
    try:
        block = coder.encode(mine)
        coder.verify(block, mine, "here")
        decoder = coder.decoder(block)
        arrays += [weakref.ref(decoder.values(name).flat) for name in mine]
        del mine, block, decoder
        assert not [a for a in arrays if a() is not None]
    finally:
        gc.enable()


@pytest.fixture(scope="module")
def everything() -> tuple[TreeSchema, dict[str, Values]]:
    arrays_ = event_arrays(800, 3)
    del arrays_["label"]
    return table(arrays_)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"lossy": True},
        {"rules": rules_of({"*": "rel:1e-3"})},
        {"rules": rules_of({"*": "abs:0.01"})},
        {"rules": rules_of({"*": "none"})},
        {"derive": False},
    ],
    ids=["exact", "lossy", "rel", "abs", "none", "underived"],
)
def test_every_column_keeps_its_bound(
    everything: tuple[TreeSchema, dict[str, Values]], options: dict[str, Any]
) -> None:
    schema, values = everything
    codec = plain(schema, values, **options)
    _, decoder = round_trip(codec, values)
    for column in schema.columns:
        bound = codec.tree("t").bounds[column.name]
        back = decoder.values(column.name)
        assert back.flat.dtype == values[column.name].flat.dtype
        assert not deviation(values[column.name].flat, back.flat, bound)[1].any()
        if column.counter:
            counts = values[column.name].counts
            assert counts is not None
            assert back.counts is not None
            assert np.array_equal(back.counts, counts)


@given(
    st.data(),
    st.sampled_from(["float32", "float64", "int8", "int64", "uint64", "uint16", "bool"]),
    st.sampled_from(["exact", "abs:0.1", "rel:1e-3"]),
    st.sampled_from([(), (2,), (2, 2)]),
)
def test_any_flat_column_is_a_round_trip(
    data: st.DataObject, dtype: str, bound: str, inner: tuple[int, ...]
) -> None:
    unsigned = dtype.replace("float", "uint")
    x = data.draw(arrays(unsigned, (data.draw(st.integers(0, 12)), *inner))).view(dtype)
    schema, values = table({"x": x, "y": x.copy()})
    round_trip(plain(schema, values, rules=rules_of({"*": bound})), values)


@given(st.lists(st.lists(st.floats(width=32), max_size=5), max_size=9))
def test_any_jagged_column_is_a_round_trip(rows: list[list[float]]) -> None:
    x = ak.values_astype(ak.Array([*rows, [0.0]])[:-1], "float32")
    schema, values = table({"J_x": x, "J_y": x})
    round_trip(plain(schema, values), values)


def test_a_codec_of_one_sample_keeps_bounds_on_other_values(
    everything: tuple[TreeSchema, dict[str, Values]],
) -> None:
    schema, values = everything
    few = {
        n: Values(v.flat[:0], None if v.counts is None else v.counts[:0]) for n, v in values.items()
    }
    for rules in ((), rules_of({"*": "rel:1e-3"}), rules_of({"*": "abs:1e-3"})):
        round_trip(plain(schema, few, rules=rules), values)


def test_empty_blocks_are_a_round_trip(everything: tuple[TreeSchema, dict[str, Values]]) -> None:
    schema, values = everything
    few = {
        n: Values(v.flat[:0], None if v.counts is None else v.counts[:0]) for n, v in values.items()
    }
    block, decoder = round_trip(plain(schema, values), few)
    assert block.entries == 0
    assert decoder.values("matrix").flat.shape == (0, 3, 3)


def test_blocks_repeat_the_same_bytes(everything: tuple[TreeSchema, dict[str, Values]]) -> None:
    schema, values = everything
    one, two = (round_trip(plain(schema, values), values)[0] for _ in range(2))
    assert one.blobs == two.blobs


def test_a_derived_column_takes_no_room() -> None:
    a = np.random.default_rng(0).integers(0, 10**6, 4000)
    schema, values = table({"a": a, "b": a + 7 * (a % 3 > 5), "c": 2 * a, "d": 2 * a})
    codec = plain(schema, values)
    block, _ = round_trip(codec, values)
    assert [bytes_of(codec, block, n) < 20 for n in "abcd"] == [False, True, True, True]


def test_one_column_is_read_without_the_others(
    everything: tuple[TreeSchema, dict[str, Values]],
) -> None:
    schema, values = everything
    codec = plain(schema, values)
    block = codec.tree("t").encode(values)
    needed = set(codec.tree("t").layout.blobs_of(["Jet_pt", "nJet"]))
    kept = tuple(b if i in needed else b"gone" for i, b in enumerate(block.blobs))
    decoder = codec.tree("t").decoder(dataclasses.replace(block, blobs=kept))
    assert np.array_equal(decoder.values("Jet_pt").flat, values["Jet_pt"].flat)


def test_verify_catches_a_tampered_block(everything: tuple[TreeSchema, dict[str, Values]]) -> None:
    schema, values = everything
    codec = plain(schema, values)
    coder = codec.tree("t")
    block = coder.encode(values)
    swapped = list(block.blobs)
    eta, phi = coder.layout.blobs_of(["Jet_eta", "Jet_phi"])
    swapped[eta] = swapped[phi]
    with pytest.raises(BoundError, match="Jet_eta"):
        coder.verify(dataclasses.replace(block, blobs=tuple(swapped)), values, "here")
    rows = dict(zip(coder.layout.groups, block.rows, strict=True)) | {"nJet": 3}
    fewer = dataclasses.replace(block, rows=tuple(rows.values()))
    with pytest.raises((CorruptError, BoundError)):
        coder.verify(fewer, values, "here")


def test_verify_catches_every_wrong_value(everything: tuple[TreeSchema, dict[str, Values]]) -> None:
    schema, values = everything
    coder = plain(schema, values).tree("t")
    block = coder.encode(values)
    for name, v in values.items():
        flat = v.flat.copy()
        raw = flat.view(np.uint8).reshape(-1)
        raw[raw.size // 2] ^= 1
        if (flat != v.flat).any() or flat.dtype.kind == "f":
            with pytest.raises(BoundError):
                coder.verify(block, values | {name: Values(flat, v.counts)}, "here")


@pytest.mark.parametrize("change", [-1, 1])
def test_a_block_says_what_a_counter_counts_at_most(change: int) -> None:
    schema, values = table({"J_x": ak.Array([[1.0], [], [2.0, 3.0, 4.0]]), "y": np.zeros(3)})
    coder = Codec(Plan((survey(schema, values),))).tree("t")
    block = coder.encode(values)
    most = dict(zip(coder.layout.groups, block.most, strict=True))
    assert most == {"": 0, "nJ": 3}
    told = tuple(n + change * (n > 0) for n in block.most)
    with pytest.raises(CorruptError, match="column nJ counts up to 3, its block says"):
        coder.decoder(dataclasses.replace(block, most=told)).values("J_x")


def test_other_counts_never_pass() -> None:
    x = Values(np.zeros(3), np.array([1, 2]))
    with pytest.raises(BoundError):
        held(x, Values(np.zeros(3), np.array([2, 1])), rules_of({"x": "exact"})[0].bound, ("", "x"))


def test_a_codec_is_its_parts(everything: tuple[TreeSchema, dict[str, Values]]) -> None:
    schema, values = everything
    codec = plain(schema, values, rules=rules_of({"*": "none"}))
    again = Codec.from_parts(*codec.parts)
    assert again.id == codec.id
    assert again.tree("t").encode(values) == codec.tree("t").encode(values)


def test_cut_parts_are_damage(everything: tuple[TreeSchema, dict[str, Values]]) -> None:
    codec = plain(*everything, rules=rules_of({"MET_pt": "none"}))
    plan, tables, networks = codec.parts
    for parts in (
        (plan[:-1], tables, networks),
        (plan, tables[:-1], networks),
        (plan, tables, b""),
    ):
        with pytest.raises((CorruptError, FormatError)):
            Codec.from_parts(*parts)


def staged(latent: bool) -> tuple[Codec, dict[str, Values]]:
    networks = pytest.importorskip("networks", reason="onnx is not installed")
    rng = np.random.default_rng(0)
    a = rng.integers(0, 8, 20_000).astype("i4")
    b = a * 1000 + rng.integers(0, 4, 20_000).astype("i4")
    schema, values = table({"a": a, "b": b, "c": rng.normal(size=20_000)})
    return networks.contexts_codec(schema, values, "a", "b", latent=latent), values


@pytest.mark.parametrize("latent", [False, True])
def test_a_network_s_contexts_shrink_a_column_and_come_back(latent: bool) -> None:
    codec, values = staged(latent)
    block, decoder = round_trip(codec, values)
    assert bytes_of(codec, block, "b") < 7_000  # 2 bits each, where 5 would do without contexts
    assert decoder.values("b").flat.tolist() == values["b"].flat.tolist()
    again = Codec.from_parts(*codec.parts)
    assert again.id == codec.id
    assert again.tree("t").decoder(block).values("b").flat.tolist() == values["b"].flat.tolist()


@pytest.mark.parametrize("weight", [0.5, -1.0, 1e4, np.nan, np.inf])
def test_a_network_that_says_other_than_small_whole_numbers_is_damage(weight: float) -> None:
    networks = pytest.importorskip("networks", reason="onnx is not installed")
    codec, values = staged(latent=False)
    block = codec.tree("t").encode(values)
    said = Codec(codec.plan, codec.tables, [networks.linear([[weight], [0]])])
    with pytest.raises(CorruptError, match="other than whole numbers"):
        said.tree("t").decoder(block).values("b")


@pytest.mark.parametrize("beyond", [2**24 + 1, -(2**24) - 1])
def test_a_latent_that_no_float_holds_is_damage(beyond: int) -> None:
    codec, values = staged(latent=True)
    block = codec.tree("t").encode(values)
    latents = stream.join([stream.encode(np.full(20_000, beyond))])
    bad = dataclasses.replace(block, blobs=(latents, *block.blobs[1:]))
    with pytest.raises(CorruptError, match="codes beyond"):
        codec.tree("t").decoder(bad).values("b")


@pytest.mark.parametrize("column", ["b", "c"])
def test_a_lane_with_a_bound_is_not_left_to_a_network(column: str) -> None:
    codec, values = staged(latent=False)
    block = codec.tree("t").encode(values)
    i = [x.column for x in codec.plan.trees[0].groups[0].lanes].index(column)
    modes = bytes(4 if k == i else m for k, m in enumerate(block.modes))
    blobs = tuple(b"\0" if k == i else b for k, b in enumerate(block.blobs))
    bad = dataclasses.replace(block, modes=modes, blobs=blobs)
    with pytest.raises(CorruptError, match="lanes without a bound"):
        codec.tree("t").decoder(bad).values(column)


def test_an_empty_block_of_a_codec_with_networks_is_a_round_trip() -> None:
    codec, values = staged(latent=True)
    round_trip(codec, {n: Values(v.flat[:0]) for n, v in values.items()})


def test_a_network_is_an_encoders_or_a_stages() -> None:
    encoder = Encoder(0, (), 1)
    groups = (GroupPlan("", (), (Stage(0, (), ()),)), GroupPlan("n", (), encoder=encoder))
    plan = Plan((TreePlan("t", "", (), (), groups),))
    with pytest.raises(CorruptError, match="network 0 is an encoder's and a stage's"):
        Codec(plan)


def test_codecs_are_freed_with_what_was_made_of_them(packed: Path) -> None:
    load_codec.cache_clear()
    codec = read_codec(packed)
    moved = copy.copy(codec)
    moved.device = "elsewhere"
    gone = [weakref.ref(x) for x in (codec, codec.tree("Events"), moved.on("cpu"))]
    assert moved.on("cpu") is moved.on("cpu")
    load_codec.cache_clear()
    del codec, moved
    gc.collect()
    assert [x() for x in gone] == [None] * 3
