from __future__ import annotations

import importlib.util
import json
import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from samples import PROJECT, write_columns

import rootae
from rootae.codec.codec import Codec
from rootae.codec.grids.exact import ExactFloat
from rootae.codec.plan.contexts import (
    Digit,
    Edges,
    Encoder,
    Feature,
    OfLane,
    OfLatent,
    Raw,
    Stage,
    Target,
)
from rootae.codec.plan.plan import GroupPlan, Lane, Plan, TreePlan
from rootae.operations.export import export, network_files
from rootae.schema.bounds.bound import EXACT

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from numpy.typing import NDArray
    from rooted import Script

onnx = pytest.importorskip("onnx")


@pytest.fixture(scope="module")
def verify_onnx() -> ModuleType:
    path = PROJECT / "export/verify_onnx.py"
    spec = importlib.util.spec_from_file_location("verify_onnx", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def linear(weights: NDArray[Any], bias: NDArray[Any]) -> bytes:
    """Return a model that computes Relu(weights @ x + bias), as bytes."""
    helper, numpy_helper = onnx.helper, onnx.numpy_helper
    outputs, inputs = weights.shape
    kind = helper.np_dtype_to_tensor_dtype(weights.dtype)
    nodes = [
        helper.make_node("MatMul", ["w", "x"], ["h"]),
        helper.make_node("Add", ["h", "b"], ["s"]),
        helper.make_node("Relu", ["s"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "stage",
        [helper.make_tensor_value_info("x", kind, [inputs, "rows"])],
        [helper.make_tensor_value_info("y", kind, [outputs, "rows"])],
        [numpy_helper.from_array(weights, "w"), numpy_helper.from_array(bias, "b")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())


@pytest.fixture(scope="module")
def codec() -> tuple[Plan, list[NDArray[Any]], list[bytes]]:
    """Return a codec with an encoder and a stage, in float32 and float64."""
    rng = np.random.default_rng(0)
    lanes = tuple(Lane(n, 0, ExactFloat("float32"), EXACT, "default") for n in "ab")
    seen = (Feature(OfLane(0), Edges(0)), Feature(OfLane(0), Digit(0, 2, 63)))
    latent = Feature(OfLatent(0), Raw())
    group = GroupPlan(
        "", lanes, (Stage(1, (*seen, latent), (Target(1, 0, 0),)),), Encoder(0, seen, 1), "ae"
    )
    networks = [
        linear(rng.integers(-9, 9, (1, 2)).astype("f4"), np.ones((1, 1), "f4")),
        linear(rng.integers(-9, 9, (2, 3)).astype("f8"), np.ones((2, 1), "f8")),
    ]
    plan = Plan((TreePlan("t", "", (), (), (group,)),))
    return plan, [np.arange(-20, 20)], networks


@pytest.fixture
def exported(
    codec: tuple[Plan, list[NDArray[Any]], list[bytes]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    container = type("Held", (), {"codecs": {b"": Codec(*codec)}})()
    monkeypatch.setattr("rootae.operations.export.Container", lambda *_: container)
    source = write_columns(tmp_path / "in.root", {"x": np.arange(3)})
    return export(source, tmp_path / "out")[0]


def test_plain_codec(packed: Path, tmp_path: Path) -> None:
    assert export(packed, tmp_path / "out") == [tmp_path / "out"]
    names = {p.name for p in (tmp_path / "out").iterdir()}
    assert names == {"plan.json", "tables.npz", "README.txt"}
    codec = rootae.read_codec(packed)
    text = (tmp_path / "out/plan.json").read_text()
    assert Plan.from_json(json.dumps(json.loads(text))) == codec.plan
    with np.load(tmp_path / "out/tables.npz") as tables:
        assert len(tables.files) == len(codec.tables)
        for i, table in enumerate(codec.tables):
            np.testing.assert_array_equal(tables[f"table_{i}"], table)
    assert codec.id in (tmp_path / "out/README.txt").read_text()


def test_directory_is_not_overwritten(packed: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(rootae.ArgumentError, match="not empty: use -f"):
        export(packed, tmp_path)
    (tmp_path / "decoder_7.onnx").write_text("old")
    export(packed, tmp_path, force=True)
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert not (tmp_path / "decoder_7.onnx").exists()
    with pytest.raises(rootae.ArgumentError, match="is a file"):
        export(packed, tmp_path / "mine.txt")


def test_what_is_no_file_stays(packed: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/plan.json").symlink_to(tmp_path / "mine")
    with pytest.raises(rootae.ArgumentError, match="is a symbolic link"):
        export(packed, tmp_path / "out", force=True)
    assert (tmp_path / "mine").read_text() == "mine"
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["plan.json"]
    for name, phrase in (("nowhere", "symbolic link to nothing"), ("pipe", "is a file")):
        os.mkfifo(tmp_path / "pipe") if name == "pipe" else (tmp_path / name).symlink_to("x")
        with pytest.raises(rootae.ArgumentError, match=phrase):
            export(packed, tmp_path / name, force=True)


def test_no_codec(events: Path, tmp_path: Path) -> None:
    with pytest.raises(rootae.FormatError, match="no rootae codec"):
        export(events, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_merged_file_gives_a_folder_a_codec(
    hadd: Script, events: Path, packed: Path, lossy: Path, tmp_path: Path
) -> None:
    assert hadd("-f", tmp_path / "merged.root", packed, lossy).returncode == 0
    folders = export(tmp_path / "merged.root", tmp_path / "out")
    ids = {rootae.read_codec(p).id[:12] for p in (packed, lossy)}
    assert {f.name for f in folders} == ids
    assert all((f / "plan.json").is_file() for f in folders)


# networks


def test_networks_are_named_by_what_they_do(
    exported: Path, codec: tuple[Plan, list[NDArray[Any]], list[bytes]]
) -> None:
    assert network_files(Codec(*codec)) == {0: "encoder.onnx", 1: "decoder_1.onnx"}
    assert (exported / "decoder_1.onnx").read_bytes() == codec[2][1]
    assert (exported / "encoder.onnx").read_bytes() == codec[2][0]


def test_verify_agrees(
    exported: Path, verify_onnx: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify_onnx.main([str(exported)]) == 0
    out = capsys.readouterr().out
    assert "all networks agree" in out
    assert (out.count("same bits"), out.count("same latents")) == (2, 2)


def test_verify_sees_a_difference(
    exported: Path,
    verify_onnx: ModuleType,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = verify_onnx.Network.run
    monkeypatch.setattr(verify_onnx.Network, "run", lambda self, x: run(self, x) + 1)
    assert verify_onnx.main([str(exported)]) == 1
    assert "DIFFERENT" in capsys.readouterr().out


def test_verify_draws_within_the_features_ranges(exported: Path, verify_onnx: ModuleType) -> None:
    plan = json.loads((exported / "plan.json").read_text())
    features = verify_onnx.networks_of(plan)
    ranges = verify_onnx.input_ranges(features[1], {0: 40})
    assert ranges.tolist() == [[0, 40], [0, 63], [-64, 64]]


def test_verify_wants_an_export(tmp_path: Path, verify_onnx: ModuleType) -> None:
    assert verify_onnx.main([str(tmp_path)]) == 2
