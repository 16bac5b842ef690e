"""export/FORMAT.md is true: its example decodes, and a reader written from it reads real files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import awkward as ak
import cramjam
import numpy as np
import pytest
import second
import uproot
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from reference.block import block_groups, column
from reference.codec import Codec as SecondCodec
from reference.group import Group
from reference.relations import centre_codes, component
from related import planned, related, wild
from samples import PROJECT
from tables import table

import rootae
from rootae.codec.codec import Codec
from rootae.codec.grids.absolute import AbsGrid
from rootae.codec.grids.rank import RankGrid
from rootae.codec.grids.registry import ExactFloat, ExactInteger, Grid, RelGrid
from rootae.codec.grids.special import SpecialGrid
from rootae.codec.plan.parse import written
from rootae.codec.plan.plan import FORMAT, Plan
from rootae.codec.relations.centre import Centre, Term
from rootae.container.side_tree import SideTree
from rootae.kernels import kinematics
from rootae.operations.train import train_codec
from rootae.planner.rules import rules_of
from rootae.planner.sample import Sampled
from rootae.planner.survey import survey
from rootae.progress import Progress
from rootae.schema.column import Column
from rootae.schema.tree import TreeSchema
from rootae.schema.values import Values
from rootae.training.options import Options

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

NOTHING = b"\x01" + bytes(cramjam.zstd.compress(b"\0"))
TEXT = (PROJECT / "export" / "FORMAT.md").read_text()


def test_version_table_names_the_format_that_is_written() -> None:
    rows = re.findall(r"^\| (\d+)(?: \(draft\))? \| \d+\.\d+\.\d+ \|", TEXT, re.MULTILINE)
    assert [int(r) for r in rows] == list(range(1, FORMAT + 1))


def test_example_decodes() -> None:
    (plan,) = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    (block,) = re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL)
    assert plan.replace("\n", "") == Codec(Plan.from_json(plan)).plan.to_json()
    row: dict[str, bytes] = {}
    for name, digits in map(str.split, block.splitlines()):
        row[name] = bytes.fromhex(digits)
    codec = SecondCodec(plan.encode(), NOTHING, NOTHING)
    tree = codec.plan["trees"][0]
    groups = block_groups(codec, tree, row["head"], row["blobs"])
    wanted = {
        "a": [7, 7, 7],
        "x": [0.19999994, -0.9999997, np.nan],
        "nj": [2, 0, 1],
        "j_pt": [30.154173, 19.894335, 50.46261],
    }
    for name, values in wanted.items():
        flat, counts = column(tree, groups, name)
        np.testing.assert_array_equal(flat, np.array(values, flat.dtype))
        assert len(counts) == (name == "j_pt")


def test_example_is_what_the_code_writes(tmp_path: Path) -> None:
    (plan,) = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    columns = (
        Column("a", "int32", title="a/I", typename="int32_t"),
        Column("x", "float32", title="x/F", typename="float"),
        Column("nj", "int32", title="nj/I", typename="int32_t", is_counter=True),
        Column("j_pt", "float32", (), "nj", title="j_pt[nj]/F", typename="float[]"),
    )
    schema = TreeSchema("t", "", columns, order=("a", "x", "nj", "j_pt"))
    values = {
        "a": Values(np.array([7, 7, 7], "i4")),
        "x": Values(np.array([0.25, -1, np.nan], "f4")),
        "nj": Values(np.array([2, 0, 1], "i4")),
        "j_pt": Values(np.array([30, 20, 50], "f4"), np.array([2, 0, 1])),
    }
    tree = survey(schema, values, rules_of({"x": "abs:0.1", "j_pt": "rel:0.01"}))
    assert Plan((tree,)).to_json() == plan.replace("\n", "")
    coder = Codec(Plan((tree,)))
    block = coder.tree("t").encode(values)
    with uproot.recreate(tmp_path / "x.root") as file:
        side = SideTree(file, coder, "t")
        side.add(block)
        side.close()
    with uproot.open(tmp_path / "x.root") as file:
        row = file["rootae/trees/t"].arrays(library="np")
    for name in ("head", "blobs"):
        assert f"{name:8} {bytes(row[name][0]).hex()}\n" in TEXT, name


OPTIONS = [
    {"family": "plain", "bounds": {"*": "rel:1e-5", "*eta*": "abs:1e-9", "*phi*": "none"}},
    *(
        pytest.param(options, marks=pytest.mark.slow)
        for options in (
            {"family": "plain"},
            {"family": "plain", "lossy": True},
            {"family": "ae", "lossy": True, "steps": 30},
            {"family": "predictor", "lossy": True, "steps": 30},
            {"family": "diagram", "lossy": True},
        )
    ),
]


def test_second_reader_agrees_on_vectors_of_vectors(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    outer = rng.integers(0, 4, 9000)
    inner = rng.integers(0, 5, outer.sum())
    flat = rng.exponential(30, inner.sum()).astype("f4")
    whole = ak.unflatten(ak.unflatten(ak.Array(flat), inner), outer)
    with uproot.recreate(tmp_path / "in.root") as file:
        file.mkrntuple("t", {"v": whole, "x": outer})
    rootae.compress(tmp_path / "in.root", tmp_path / "out.root", bounds={"v": "rel:1e-3"})
    values, counts = second.read(tmp_path / "out.root", "t")["v"]
    with rootae.open(tmp_path / "out.root") as file:
        returned = file["t"]["v"].array()
    assert returned.typestr == "9000 * var * var * float32"
    np.testing.assert_array_equal(counts[0], outer)
    np.testing.assert_array_equal(counts[1], inner)
    assert values.tobytes() == ak.to_numpy(ak.flatten(returned, axis=None)).tobytes()
    assert (np.abs(values - flat) <= 1e-3 * flat).all()


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_second_reader_agrees_bit_for_bit(options: dict[str, Any], tmp_path: Path) -> None:
    out = tmp_path / "out.root"
    rootae.compress(PROJECT / "demo" / "sample.root", out, **options)
    with uproot.open(out) as file:
        for tree in ("Events", "jets"):
            found = second.read(out, tree)
            assert list(found) == file[tree].keys()
            for name, (flat, counts) in found.items():
                returned = file[tree][name].array(library="np")
                if counts:
                    np.testing.assert_array_equal([len(r) for r in returned], counts[0])
                    returned = np.concatenate(list(returned))
                assert flat.dtype == returned.dtype
                assert flat.tobytes() == returned.tobytes(), name


def reread(codec: Codec, columns: dict[str, NDArray[Any]]) -> tuple[dict[str, Any], list[int]]:
    """Read a block of one group by the second reader; return values and the lanes' modes."""
    _, values = table(columns)
    block = codec.tree("t").encode(values)
    codec.tree("t").verify(block, values, "here")
    again = SecondCodec(*codec.parts)
    (group,) = again.plan["trees"][0]["groups"]
    rows = len(next(iter(columns.values())))
    latents, *blobs = block.blobs if group["encoder"] is not None else (b"\0", *block.blobs)
    lanes = Group(again, group, rows, latents, blobs, block.modes)
    found = {x["column"]: lanes.lane(i) for i, x in enumerate(group["lanes"])}
    first = codec.tree("t").decoder(block)
    for name, (_, value) in found.items():
        wanted = first.values(name).flat
        assert value.dtype == wanted.dtype
        assert value.tobytes() == wanted.tobytes(), name
    return found, list(block.modes)


BOUNDS = ["exact", "abs:1e-2", "rel:1e-3", "rel:1e-6"]


def kinds_of_centres(codec: Codec) -> set[str]:
    found = [x.centre for x in codec.plan.trees[0].groups[0].lanes if x.centre is not None]
    kinds = {t.kind for c in found for t in c.terms}
    return kinds | {"root" for c in found if c.root}


@pytest.mark.parametrize("bound", BOUNDS)
def test_second_reader_agrees_on_centres(bound: str) -> None:
    codec = planned(related(), bound)
    assert {"one", "lane", "energy", "root"} <= kinds_of_centres(codec)
    _, modes = reread(codec, related(3000, 1))
    assert modes.count(5) >= 4
    reread(codec, wild(related(3000, 2)))


@pytest.mark.parametrize(
    ("family", "bound"),
    [
        ("predictor", "rel:1e-3"),
        ("diagram", "exact"),
        *(pytest.param("predictor", b, marks=pytest.mark.slow) for b in BOUNDS if b != "rel:1e-3"),
        pytest.param("diagram", "rel:1e-3", marks=pytest.mark.slow),
    ],
)
def test_second_reader_agrees_on_contexts_that_see_centres(family: str, bound: str) -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    pytest.importorskip("onnx", reason="onnx is not installed")
    schema, values = table(related(8000))
    options = Options(family=family, bounds=rules_of({"*": bound}), steps=200, seed=1)
    sample = Sampled(schema, values, share=0.001)  # as of a file so large that networks pay
    codec, _ = train_codec({"t": [sample]}, options, 1, Progress())
    (group,) = codec.plan.trees[0].groups
    assert {"one", "lane", "energy", "root"} <= kinds_of_centres(codec)
    seen = {f.of.kind for c in group.contexts for f in c.inputs}
    assert "centre" in seen
    _, modes = reread(codec, related(8000, 1))
    by_contexts = [x for x, m in zip(group.lanes, modes, strict=True) if m == 1]
    assert any(x.centre is not None for x in by_contexts)
    assert any(x.centre is None for x in by_contexts)
    reread(codec, wild(related(3000, 2)))


ANY = st.floats(width=64)


@given(arrays("f8", (4, 12), elements=ANY))
def test_second_reader_agrees_on_components_of_anything(vectors: np.ndarray) -> None:
    for kind in kinematics.COMPONENTS:
        found = kinematics.component(kind, *vectors)
        with np.errstate(all="ignore"):
            again = [component(kind, *v) for v in vectors.T.tolist()]
        np.testing.assert_array_equal(found, again)


@given(arrays("f8", (4, 12), elements=st.floats(-900, 1100)))
def test_second_reader_agrees_on_components_bit_for_bit(vectors: np.ndarray) -> None:
    for kind in kinematics.COMPONENTS:
        found = kinematics.component(kind, *vectors)
        with np.errstate(all="ignore"):
            again = [component(kind, *v) for v in vectors.T.tolist()]
        assert found.tobytes() == np.array(again).tobytes()


GRIDS = [
    *(ExactInteger(d) for d in ("bool", "int8", "uint16", "uint32", "int64", "uint64")),
    *(ExactFloat(d) for d in ("float32", "float64")),
    *(AbsGrid(d, s) for d in ("float32", "float64") for s in (1e-3, 0.3, 1e-300)),
    *(RelGrid.for_bound(d, e) for d in ("float32", "float64") for e in (0.3, 1e-3, 1e-5)),
    RelGrid.for_bound("float64", 1e-7),
    SpecialGrid(AbsGrid("float32", 0.3), (-999.0, -0.0, 0.0, 2.5), (-12, 0, 1, 12)),
    SpecialGrid(RelGrid("float64", 1e-3, 347), (-9.0, -0.0, 1e300), (-374000, 1, 400000)),
    RankGrid.fit(np.linspace(-3, 9, 50).astype("f4"), 20),
]


@pytest.mark.parametrize("root", [False, True])
@pytest.mark.parametrize("grid", GRIDS, ids=str)
@settings(max_examples=15)
@given(x=arrays("f8", (2, 12), elements=ANY | st.floats(-9, 9)), c=st.floats(-9, 9))
def test_second_reader_agrees_on_centres_of_anything_on_every_grid(
    grid: Grid, root: bool, x: np.ndarray, c: float
) -> None:
    terms = Term("lane", (0,), c), Term("one", (), -c), Term("lane", (1,), 1.0)
    centre = Centre(terms, root, -(2**63), 2**63 - 1)
    tables: list[np.ndarray] = []
    config = written(grid.planned(tables))
    found = centre.codes(x.__getitem__, 12, grid)
    again = centre_codes(written(centre), x.__getitem__, 12, config, tables)
    assert found.tolist() == again.tolist()
