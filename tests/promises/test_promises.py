"""What users rely on, whatever the code behind it looks like."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from subprocess import CompletedProcess
from typing import TYPE_CHECKING, Any, NoReturn

import awkward as ak
import numpy as np
import pytest
import uproot
from samples import event_arrays, same, write_columns, write_events

import rootae
from rootae.codec import native
from rootae.codec.native_decoder import NativeDecoder
from rootae.codec.plan.plan import FORMAT, Plan
from rootae.errors import BoundError, CorruptError, FormatError
from rootae.reader.cache import cache
from rootae.writer.backend import installed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rootae.schema.values import Values


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], set[str]]:
    """Return a small coded file, its values, and which columns are coded."""
    folder = tmp_path_factory.mktemp("small")
    source = write_events(folder / "in.root", 400)
    codec = folder / "codec.root"
    rootae.train([f"{source}:Events"], codec, family="plain")
    rootae.compress(source, folder / "out.root", codec=codec)
    with uproot.open(source) as file:
        values = {n: b.array() for n, b in file["Events"].items()}
    with rootae.open(folder / "out.root") as file:
        return folder / "out.root", values, set(file.bounds["Events"])


def read(path: Path, names: Iterable[str]) -> dict[str, ak.Array] | None:
    """Return the arrays of a tree, or None where reading says that the file is damaged."""
    cache.clear()
    try:
        with rootae.open(path) as file:
            tree = file["Events"]
            return {n: tree[n].array() for n in names}
    except rootae.RootaeError as error:
        if len(str(error).splitlines()) != 1:
            raise
        return None
    except Exception:  # uproot's own, of any kind, as for any damaged file
        return None


@pytest.mark.filterwarnings("ignore")  # uproot may warn of what it meets in a damaged file
@pytest.mark.parametrize("step", [2503, pytest.param(101, marks=pytest.mark.slow)])
def test_a_damaged_byte_is_noticed_or_changes_no_coded_value(
    small: tuple[Path, dict[str, Any], set[str]], tmp_path: Path, step: int
) -> None:
    path, values, coded = small
    whole = path.read_bytes()
    names, noticed, tried = [n for n in values if n in coded], 0, 0
    for at in range(100, len(whole), step):
        data = bytearray(whole)
        data[at] ^= (0xFF, 1, 16, 128)[tried % 4]
        (tmp_path / "x.root").write_bytes(data)
        found, tried = read(tmp_path / "x.root", names), tried + 1
        noticed += found is None
        if found is not None:
            wrong = [n for n in names if not same(found[n], values[n])]
            assert not wrong, f"byte {at}: {wrong}"
    assert noticed > tried // 10


def test_a_newer_format_is_refused_and_the_remedy_is_named(
    small: tuple[Path, dict[str, Any], set[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write_columns(tmp_path / "in.root", {"x": np.arange(50_000)})
    text = Plan.to_json
    newer = f'"format":{FORMAT + 1}'
    monkeypatch.setattr(
        Plan, "to_json", lambda self: text(self).replace(f'"format":{FORMAT}', newer)
    )
    with pytest.raises(FormatError, match="upgrade with pip"):
        rootae.compress(source, tmp_path / "out.root", family="plain")
    assert [p.name for p in tmp_path.iterdir()] == ["in.root"]


@pytest.mark.parametrize("options", [{}, {"lossy": True}, {"bounds": {"*": "rel:1e-3"}}])
def test_entries_are_kept_and_special_values_come_back_bit_for_bit(
    tmp_path: Path, options: dict[str, Any], events: Path
) -> None:
    rootae.compress(events, tmp_path / "out.root", family="plain", **options)
    with rootae.open(tmp_path / "out.root") as file:
        assert file["Events"].num_entries == 3000
        back = file["Events"]["MET_pt"].array(library="np", entry_stop=5)
    assert back.tobytes() == event_arrays(3000, 0)["MET_pt"][:5].tobytes()


def test_nobody_loses_precision_without_asking(packed: Path, events: Path) -> None:
    with rootae.open(packed) as a, uproot.open(events) as b:
        assert all(str(x) == "exact" for x in a.bounds["Events"].values())
        for tree in ("Events", "deep/er/Events"):
            for name in b[tree].keys():  # noqa: SIM118
                assert same(a[tree][name].array(), b[tree][name].array()), name


def test_where_nothing_pays_the_output_is_the_input_byte_for_byte(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 2**64, 30_000, dtype="u8")
    for name, array in {"noise": noise, "few": np.arange(100)}.items():
        source = write_columns(tmp_path / f"{name}.root", {"x": array})
        report = rootae.compress(source, tmp_path / "out.root", family="plain", force=True)
        assert (tmp_path / "out.root").read_bytes() == source.read_bytes()
        assert report.codec is None
        assert any("copy of the input" in note for note in report.notes)
        assert rootae.verify(tmp_path / "out.root", source).columns == 0


def test_the_input_is_never_touched(tmp_path: Path, events: Path) -> None:
    copy = Path(shutil.copy(events, tmp_path / "in.root"))
    rootae.compress(copy, tmp_path / "out.root", family="plain")
    assert copy.read_bytes() == events.read_bytes()
    with pytest.raises(rootae.ArgumentError, match="same file"):
        rootae.compress(copy, copy, family="plain", force=True)


def test_a_failing_run_leaves_nothing_behind(
    tmp_path: Path, events: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr("rootae.container.side_tree.SideTree.add", fail)
    with pytest.raises(KeyboardInterrupt):
        rootae.compress(events, tmp_path / "out.root", family="plain")
    assert list(tmp_path.iterdir()) == []


def test_a_value_outside_its_bound_is_never_written(
    tmp_path: Path, events: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rootae.codec.grids.exact import ExactFloat

    monkeypatch.setenv("ROOTAE_DECODER", "python")
    inverse = ExactFloat.inverse
    monkeypatch.setattr(ExactFloat, "inverse", lambda self, q: inverse(self, q ^ (q == q[-1])))
    with pytest.raises(rootae.BoundError, match="report this as a bug"):
        rootae.compress(events, tmp_path / "out.root", family="plain")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(native.core() is None, reason="the native core was not built")
def test_a_value_that_the_native_core_reads_otherwise_is_never_written(
    tmp_path: Path, events: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = NativeDecoder.run

    def wrong(self: NativeDecoder, *arguments: Any, **options: Any) -> dict[str, Values]:
        found = run(self, *arguments, **options)
        for values in found.values():
            values.flat[len(values.flat) // 2 :] = 0
        return found

    monkeypatch.setattr(NativeDecoder, "run", wrong)
    with pytest.raises(rootae.BoundError, match="report this as a bug"):
        rootae.compress(events, tmp_path / "out.root", family="plain")
    assert list(tmp_path.iterdir()) == []


def test_a_given_codec_repeats_the_same_blobs(
    small: tuple[Path, dict[str, Any], set[str]], tmp_path: Path
) -> None:
    from rootae.container.container import Container

    path, _, _ = small
    rootae.compress(
        path.with_name("in.root"), tmp_path / "b.root", codec=path.with_name("codec.root")
    )
    one, two = (Container.open(p).stored("Events") for p in (path, tmp_path / "b.root"))
    assert one.ids.tolist() == two.ids.tolist()


BLOCKED = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {blocked!r}:
            raise ImportError(f"{{name}} is blocked")
sys.meta_path.insert(0, Blocker())
import rootae
{code}
"""


def run(
    code: str, *arguments: object, blocked: Sequence[str] = ("torch", "onnx")
) -> CompletedProcess[str]:
    text = BLOCKED.format(blocked=set(blocked), code=code)
    command = [sys.executable, "-c", text, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


READ = """
with rootae.open(sys.argv[1]) as file:
    print(len(file["Events"].arrays()), len(file.bounds["Events"]))
import uproot
print(uproot.open(sys.argv[1])["Events"]["Jet_pt"].array()[0].tolist())
rootae.verify(sys.argv[1])
"""


def test_reading_needs_neither_torch_nor_onnx(packed: Path) -> None:
    done = run(READ, packed)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("3000 21\n[")


def test_compressing_without_networks_needs_neither_torch_nor_onnx(
    events: Path, tmp_path: Path
) -> None:
    code = "rootae.compress(sys.argv[1], sys.argv[2], family='plain')"
    done = run(code, events, tmp_path / "out.root")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.root").exists()


def test_importing_rootae_imports_no_heavy_package() -> None:
    done = run("print({'onnxruntime', 'torch', 'onnx', 'typer'} & set(sys.modules))", blocked=())
    assert done.stdout.strip() == "set()", done.stderr


def test_a_file_without_networks_needs_no_onnxruntime(packed: Path) -> None:
    done = run(READ, packed, blocked=("onnxruntime", "torch", "onnx"))
    assert done.returncode == 0, done.stderr


def test_no_file_holds_a_pickle(packed: Path) -> None:
    data = packed.read_bytes()
    assert b"numpy._core" not in data
    assert b"__reduce__" not in data


def test_a_block_of_another_file_is_not_taken_for_this_one_s(
    small: tuple[Path, dict[str, Any], set[str]], tmp_path: Path
) -> None:
    path, _, _ = small
    other = write_events(tmp_path / "in.root", 400, seed=8)
    rootae.compress(other, tmp_path / "other.root", codec=path.with_name("codec.root"))
    with uproot.open(path) as file, uproot.recreate(tmp_path / "mixed.root") as mixed:
        tree = file["Events"]
        hidden = tree.__dict__["_rootae_tree"]._hidden
        arrays = {n: np.full(400, 0xAE, "u1") for n in (f"{n}__rae" for n in small[2])}
        arrays |= {n: b.array(library="np") for n, b in hidden.items()}
        mixed.mktree("Events", {n: a.dtype for n, a in arrays.items()}).extend(arrays)
        with uproot.open(tmp_path / "other.root") as donor:
            for name in ("rootae/trees/Events", "rootae/codecs"):
                rows = donor[name].arrays(filter_name=lambda n: not n.startswith("n"))
                kinds = {k: str(rows[k].type.content) for k in rows.fields}
                mixed.mktree(name, kinds).extend({k: rows[k] for k in rows.fields})
    cache.clear()
    with (
        rootae.open(tmp_path / "mixed.root") as file,
        pytest.raises(CorruptError, match="block 0"),
    ):
        file["Events"]["MET_pt"].array()


def odd_booleans(path: Path, last: int = 255) -> Path:
    """Write booleans of every shape as bytes of any value, one of which is given."""
    rng = np.random.default_rng(5)
    raw = rng.choice(np.array([0, 1, 1, 2, 128, 255], "u1"), (20_000, 3))
    raw[-1, 1] = last
    counts = rng.integers(0, 4, len(raw))
    jagged = ak.unflatten(ak.Array(np.resize(raw, counts.sum()).view(bool)), counts)
    values = rng.normal(size=len(raw))
    flat = {"one": raw[:, 1].copy().view(bool), "copy": raw[:, 1].copy().view(bool)}
    return write_columns(path, {**flat, "three": raw.view(bool), "x": values, "j_tight": jagged})


@pytest.mark.parametrize("backend", ["uproot", "root"])
def test_booleans_keep_their_byte(tmp_path: Path, backend: str) -> None:
    if backend == "root" and not installed():
        pytest.skip("ROOT is not installed")
    source = odd_booleans(tmp_path / "in.root")
    rootae.compress(source, tmp_path / "out.root", family="plain", backend=backend)
    rootae.verify(tmp_path / "out.root", source)
    other = odd_booleans(tmp_path / "other.root", last=254)
    with pytest.raises(BoundError, match="one"):
        rootae.verify(tmp_path / "out.root", other)
    rootae.decompress(tmp_path / "out.root", tmp_path / "back.root", backend=backend)
    before = uproot.open(source)["t"]
    for name in ("out", "back"):
        after = rootae.open(tmp_path / f"{name}.root")["t"]
        for column in ("one", "copy", "three", "j_tight"):
            assert same(before[column].array(), after[column].array())
            pair = (np.asarray(t[column].array(library="np")[-1]) for t in (before, after))
            assert len({x.tobytes() for x in pair}) == 1
