"""`verify` alone finds damage in what passes through, and names what nothing covers."""

from __future__ import annotations

import itertools
import shutil
import zlib
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import pytest
import uproot
from damage import damaged, place
from samples import write_tree

import rootae
from rootae.container.container import Container
from rootae.errors import CorruptError
from rootae.rootio.branch_sums import number_of
from rootae.writer.backend import installed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rooted import Script

N = 12_000
COMPRESSIONS = {"none": None, "zstd": uproot.ZSTD(5), "zlib": uproot.ZLIB(1)}
_BY_ROOT = pytest.mark.skipif(not installed(), reason="no ROOT")
BACKENDS = ["uproot", pytest.param("root", marks=_BY_ROOT)]
OPTIONS: dict[str, Any] = {"family": "plain", "trees": ["t"], "bounds": {"x": "rel:1e-3"}}


def arrays(seed: int) -> dict[str, Any]:
    """Return what passes through and what is coded."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 4, N)
    texts = ak.Array([("ab" * (i % 7))[: i % 11] for i in range(N)])
    return {
        "x": rng.normal(size=N).astype("f4"),
        "kept": rng.integers(0, 1000, N).astype("f4"),
        "nk": counts.astype("i4"),
        "k_v": ak.unflatten(ak.Array(rng.normal(size=counts.sum())), counts),
        "label": texts,
        "cell": rng.integers(0, 99, (N, 3)).astype("i2"),
    }


def write(path: Path, compression: Any = None, seed: int = 0) -> Path:
    with uproot.recreate(path, compression=compression) as file:
        write_tree(file, "t", arrays(seed), counter=lambda _: "nk")
        write_tree(file, "d/other", {"z": np.random.default_rng(seed).normal(size=900)})
        file["d/h"] = np.histogram(np.random.default_rng(seed).normal(size=999), 40, (-5, 5))
        file["note"] = "as it was"
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return a function that compresses a file, and does so once for each way."""
    folder, known = tmp_path_factory.mktemp("coverage"), {}

    def make(backend: str, compression: str = "none", seed: int = 0) -> Path:
        name = f"{backend}_{compression}_{seed}"
        if name not in known:
            source = write(folder / f"{name}_in.root", COMPRESSIONS[compression], seed)
            known[name] = folder / f"{name}.root"
            kept = ["kept", "k_v", "nk", "cell"]
            rootae.compress(source, known[name], backend=backend, keep_plain=kept, **OPTIONS)
        return known[name]

    return make


def values_of(path: Path, what: str) -> Any:
    with rootae.open(path, object_cache=None, array_cache=None) as file:
        if what == "d/h":
            return file[what].values().tobytes(), file[what].member("fTitle")
        tree, _, name = what.rpartition("/")
        return ak.to_list(file[tree][name].array())


def is_right(path: Path, what: str, wanted: Any) -> bool:
    try:
        return bool(values_of(path, what) == wanted)
    except Exception:
        return False


COVERED = ["t/kept", "t/k_v", "t/nk", "t/label", "t/cell", "d/other/z", "d/h"]
QUICK = {("uproot", "zstd", what) for what in COVERED} | {("root", "zstd", "t/label")}
DAMAGED = [
    pytest.param(
        *case,
        marks=[_BY_ROOT] * (case[0] == "root") + [pytest.mark.slow] * (case not in QUICK),
        id="-".join(case),
    )
    for case in itertools.product(("uproot", "root"), COMPRESSIONS, COVERED)
]


@pytest.mark.parametrize(("backend", "compression", "what"), DAMAGED)
def test_no_wrong_value_gets_past_verify(
    made: Callable[..., Path], tmp_path: Path, backend: str, compression: str, what: str
) -> None:
    path = made(backend, compression)
    wanted, (low, high) = values_of(path, what), place(path, what)
    wrong = 0
    for at in np.linspace(low, high - 1, 9).astype(int):
        bad = damaged(path, tmp_path / "bad.root", at)
        if not is_right(bad, what, wanted):
            wrong += 1
            with pytest.raises(CorruptError, match=what.rpartition("/")[2]):
                rootae.verify(bad)
    assert wrong >= (1 if what == "d/h" else 4)


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("backend", BACKENDS)
def test_what_was_written_is_covered_in_full(
    made: Callable[..., Path], backend: str, compression: str
) -> None:
    found = rootae.verify(made(backend, compression))
    assert found.uncovered == ()
    assert (found.passing, found.objects) == (6, 2)


@pytest.mark.parametrize(
    ("backend", "mode"),
    [("uproot", mode) for mode in ("-f", "-fk", "-f209", "-ff")]
    + [
        pytest.param("root", mode, marks=[_BY_ROOT] + [pytest.mark.slow] * (mode != "-f"))
        for mode in ("-f", "-fk", "-f209", "-ff")
    ],
)
def test_hadd_keeps_branches_covered_and_verify_names_summed_histograms(
    made: Callable[..., Path], hadd: Script, tmp_path: Path, backend: str, mode: str
) -> None:
    out = tmp_path / "out.root"
    assert hadd(mode, out, made(backend, "zstd"), made("uproot", "none", 1)).returncode == 0
    found = rootae.verify(out)
    assert found.passing == 6
    assert {name.split(";")[0] for name in found.uncovered} == {"d/h", "note"}  # ROOT wrote these
    for what in ("t/k_v", "t/label", "d/other/z"):
        wanted, (low, high) = values_of(out, what), place(out, what)
        bad = damaged(out, tmp_path / "bad.root", (low + high) // 2)
        assert not is_right(bad, what, wanted)
        with pytest.raises(CorruptError, match=what.rpartition("/")[2]):
            rootae.verify(bad)


@pytest.fixture(scope="module", params=[False, True])
def behind(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Any], bool]:
    """Return a folder of an empty file and a whole one, its values, and if some texts are empty."""
    folder, are_empty = tmp_path_factory.mktemp("behind"), request.param
    whole = {n: a for n, a in arrays(0).items() if n in ("x", "label")}
    if not are_empty:
        whole["label"] = ak.Array([f"{text}." for text in ak.to_list(whole["label"])])
    for name, entries in (("few", 0), ("all", N)):
        with uproot.recreate(folder / f"{name}_in.root") as file:
            write_tree(file, "t", {n: a[:entries] for n, a in whole.items()})
    rootae.train([folder / "all_in.root"], folder / "codec.root", family="plain")
    for name in ("few", "all"):
        codec = folder / "codec.root"
        rootae.compress(folder / f"{name}_in.root", folder / f"{name}.root", codec=codec)
    return folder, whole, are_empty


@pytest.mark.parametrize("mode", ["-f", "-fk", "-f209", "-ff"])
def test_files_behind_an_empty_one_stay_covered(
    hadd: Script, tmp_path: Path, behind: tuple[Path, dict[str, Any], bool], mode: str
) -> None:
    """There ROOT leaves out where texts begin; where it writes empty ones anew, nothing says so."""
    folder, whole, are_empty = behind
    out = tmp_path / "out.root"
    assert hadd(mode, out, folder / "few.root", folder / "all.root").returncode == 0
    if not is_right(out, "t/label", ak.to_list(whole["label"])):
        assert are_empty
        with pytest.raises(CorruptError, match="label"):
            rootae.verify(out)
        return
    assert rootae.verify(out).passing == 1
    low, high = place(out, "t/label")
    bad = damaged(out, tmp_path / "bad.root", (low + high) // 2)
    with pytest.raises(CorruptError, match="label"):
        rootae.verify(bad)


def test_merge_and_skim_cover_what_they_write(made: Callable[..., Path], tmp_path: Path) -> None:
    first, second = made("uproot", "zstd"), made("uproot", "none", 1)
    rootae.merge([first, second], tmp_path / "merged.root")
    rootae.skim(first, tmp_path / "cut.root", cut="x > 0", tree="t")
    for name in ("merged", "cut"):
        path = tmp_path / f"{name}.root"
        found = rootae.verify(path)
        assert found.uncovered == ()
        assert (found.passing, found.objects) == (6, 2)
        for what in COVERED:
            wanted, (low, high) = values_of(path, what), place(path, what)
            bad = damaged(path, tmp_path / "bad.root", (low + high) // 2)
            if not is_right(bad, what, wanted):
                with pytest.raises(CorruptError, match=what.rpartition("/")[2]):
                    rootae.verify(bad)


def test_merged_files_are_covered_once_hadd_merged_them_again(
    made: Callable[..., Path], hadd: Script, tmp_path: Path
) -> None:
    first, second = made("uproot", "zstd"), made("uproot", "none", 1)
    rootae.merge([first, second], tmp_path / "merged.root")
    assert hadd("-f", tmp_path / "out.root", tmp_path / "merged.root", first).returncode == 0
    found = rootae.verify(tmp_path / "out.root")
    assert {name.split(";")[0] for name in found.uncovered} == {"d/h", "note"}
    assert found.trees == {"t": 3 * N, "d/other": 2700}


def test_checksums_are_what_the_format_says(made: Callable[..., Path]) -> None:
    """Computed here from the values, without rootae's own code."""
    stored = Container.open(made("uproot")).stored("t")
    assert len(stored.entries) == 1
    content, told = stored.directory(0).content, arrays(0)

    def of(data: bytes, sizes: list[int] | None = None) -> int:
        found = zlib.crc32(data)
        if sizes is None:
            return found
        return zlib.crc32(zlib.crc32(np.array(sizes, "<u4").tobytes()).to_bytes(4, "little"), found)

    texts = [bytes([len(t)]) + t.encode() for t in ak.to_list(told["label"])]
    assert content == {
        zlib.crc32(b"kept"): of(told["kept"].astype(">f4").tobytes()),
        zlib.crc32(b"nk"): of(told["nk"].astype(">i4").tobytes()),
        zlib.crc32(b"k_v"): of(
            np.asarray(ak.flatten(told["k_v"])).astype(">f8").tobytes(), 8 * told["nk"]
        ),
        zlib.crc32(b"label"): of(b"".join(texts), [len(t) for t in texts]),
        zlib.crc32(b"cell"): of(told["cell"].astype(">i2").tobytes()),
    }
    assert number_of("k_v") == zlib.crc32(b"k_v")


def test_a_plain_copy_says_that_nothing_covers_it(tmp_path: Path) -> None:
    source = write(tmp_path / "in.root")
    shutil.copy(source, tmp_path / "out.root")
    assert rootae.verify(tmp_path / "out.root").uncovered == (
        "everything: nothing of the file is coded",
    )


@pytest.mark.skipif(not installed(), reason="ROOT is not installed")
def test_the_record_is_of_the_file_that_root_wrote(made: Callable[..., Path]) -> None:
    path = made("root")
    [record] = Container.open(path).provenance
    with uproot.open(path) as file:
        assert record["content"]["uuid"] == str(file.file.uuid)
