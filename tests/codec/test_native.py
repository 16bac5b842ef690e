"""The native decoder is taken where it is there, and gives what the one in Python gives."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor

import awkward as ak
import numpy as np
import pytest
from tables import table

from rootae.codec import native, native_codec
from rootae.codec.block_decoder import BlockDecoder
from rootae.codec.codec import Codec
from rootae.codec.native_decoder import NativeDecoder
from rootae.codec.plan.plan import Plan
from rootae.codec.threads import threads_of
from rootae.errors import ArgumentError, CorruptError, MissingDependency
from rootae.kernels import lanes
from rootae.planner.rules import Rule
from rootae.planner.survey import survey

needs_core = pytest.mark.skipif(native.core() is None, reason="the native core was not built")


def test_a_variable_chooses_the_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOTAE_DECODER", "python")
    assert not native.is_used()
    monkeypatch.setenv("ROOTAE_DECODER", "other")
    with pytest.raises(ArgumentError, match="ROOTAE_DECODER is 'other'"):
        native.is_used()


def test_a_core_that_was_not_built_is_missed_only_if_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(native, "core", lambda: None)
    monkeypatch.delenv("ROOTAE_DECODER", raising=False)
    assert not native.is_used()
    monkeypatch.setenv("ROOTAE_DECODER", "native")
    with pytest.raises(MissingDependency, match="was not built"):
        native.is_used()


@pytest.fixture
def codec() -> Codec:
    schema, values = table({"x": np.arange(40, dtype=np.float32)})
    return Codec(Plan((survey(schema, values, tables=[]),)))


@needs_core
@pytest.mark.parametrize(("said", "kind"), [("native", NativeDecoder), ("python", BlockDecoder)])
def test_blocks_are_decoded_by_what_was_chosen(
    codec: Codec, monkeypatch: pytest.MonkeyPatch, said: str, kind: type[object]
) -> None:
    monkeypatch.setenv("ROOTAE_DECODER", said)
    _, values = table({"x": np.arange(40, dtype=np.float32)})
    coder = codec.tree("t")
    block, memory = coder.encode(values), np.zeros(40, np.float32)
    decoder = coder.decoder(block)
    assert isinstance(decoder, kind)
    request = decoder.request(["x"])
    blobs = [block.blobs[i] for i in request.blobs]
    found = decoder.run(request, blobs, into={"x": memory})
    assert found["x"].flat is memory
    assert memory.tolist() == values["x"].flat.tolist()


@needs_core
@pytest.mark.parametrize("said", ["native", "python"])
def test_what_is_kept_goes_into_memory_too(
    codec: Codec, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setenv("ROOTAE_DECODER", said)
    _, values = table({"x": np.arange(40, dtype=np.float32)})
    coder, memory = codec.tree("t"), np.zeros(40, np.float32)
    decoder = coder.decoder(coder.encode(values))
    kept = decoder.values("x")
    assert decoder.keeps("x")
    request = decoder.request(["x"])
    assert not request.blobs
    assert decoder.run(request, [], into={"x": memory})["x"].flat.tolist() == kept.flat.tolist()
    assert memory.tolist() == kept.flat.tolist()
    assert kept.flat is not memory


@needs_core
def test_a_codec_that_is_damaged_is_refused_as_it_is_read(codec: Codec) -> None:
    plan, tables, networks = codec.parts
    with pytest.raises(CorruptError):
        native_codec.NativeCodec((plan[:-1], tables, networks))
    with pytest.raises(CorruptError):
        native_codec.NativeCodec((plan, tables[:-1], networks))


@pytest.mark.parametrize("workers", [0, 2])
def test_blocks_are_the_same_bytes_by_the_core_by_numpy_and_by_threads(
    monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=3000).astype("f4")
    x[:9] = np.nan
    rows = ak.unflatten(rng.exponential(size=6000).astype("f4"), np.full(3000, 2))
    whole = np.where(rng.random(3000) < 0.9, 0, rng.integers(0, 1 << 40, 3000))
    columns = {"x": x, "twice": 2 * x, "m_pt": rows, "whole": whole, "flag": x > 0}
    schema, values = table(columns)
    plan = survey(
        schema, values, [Rule.parse(r) for r in ("x=rel:1e-3", "m_pt=abs:1e-2")], tables=[]
    )
    coder = Codec(Plan((plan,))).tree("t")
    wanted = coder.encode(values)
    monkeypatch.setenv(native.VARIABLE, "python")
    assert coder.encode(values) == wanted
    monkeypatch.setattr(lanes, "_compiled", None)
    with ThreadPoolExecutor(2) as pool:
        assert coder.encode(values, pool if workers else None) == wanted
    coder.verify(wanted, values, "here")


@pytest.mark.parametrize("said", ["0", "two", "-1", "5000"])
def test_threads_are_a_number(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("ROOTAE_THREADS", said)
    with pytest.raises(ArgumentError, match="ROOTAE_THREADS is"):
        threads_of()
    assert threads_of(3) == 3
    with pytest.raises(ArgumentError, match="threads is 0"):
        threads_of(0)


@needs_core
def test_a_codec_travels_to_other_processes_after_its_use(codec: Codec) -> None:
    assert codec.native("t") is not None
    again = pickle.loads(pickle.dumps(codec))
    assert again.id == codec.id
    assert again.native("t") is not None
