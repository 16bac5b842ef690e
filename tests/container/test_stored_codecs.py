"""A codec stands in the file twice: damage to either copy costs nothing, and is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import second
import uproot
from samples import write_columns

import rootae
from rootae.codec.codec import Codec
from rootae.container.codecs import load_codec
from rootae.container.container import Container
from rootae.container.side_tree import CODECS, COPIES
from rootae.errors import CorruptError, RootaeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray
    from rooted import Script

X = np.random.default_rng(0).normal(size=30_000).astype("f4")
OPTIONS: dict[str, Any] = {"family": "plain", "bounds": {"*": "rel:1e-3"}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of a, b and c: c is of another codec than a and b."""
    folder = tmp_path_factory.mktemp("copies")
    for name, part in (("a", X), ("b", X[:25_000]), ("c", 9 * X)):
        write_columns(folder / f"{name}_in.root", {"x": part, "n": np.arange(len(part))})
    rootae.compress(folder / "a_in.root", folder / "a.root", **OPTIONS)
    codec = rootae.read_codec(folder / "a.root")
    rootae.compress(folder / "b_in.root", folder / "b.root", codec=codec)
    rootae.compress(folder / "c_in.root", folder / "c.root", family="plain")
    rootae.train([folder / "a_in.root"], folder / "codec.root", **OPTIONS)
    return folder


def ranges(path: Path, name: str) -> list[tuple[int, int]]:
    """Return where a copy lies: what the tree says of itself, and its baskets, as byte ranges."""
    with uproot.open(path) as file:
        tree = file[name]
        folder = file["rootae"]
        key = folder.key(name.removeprefix("rootae/"))
        found = [(int(key.fSeekKey), int(key.fSeekKey) + int(key.fNbytes))]
        for branch in tree.branches:
            starts = branch.member("fBasketSeek")[: branch.num_baskets].tolist()
            sizes = branch.member("fBasketBytes")[: branch.num_baskets].tolist()
            found += [(a, a + n) for a, n in zip(starts, sizes, strict=True)]
    return found


def damaged(path: Path, target: Path, places: Iterable[int], width: int = 1) -> Path:
    """Copy a file with some bytes changed."""
    data = bytearray(path.read_bytes())
    for at in places:
        for i in range(at, min(at + width, len(data))):
            data[i] ^= 0xA5
    target.write_bytes(data)
    load_codec.cache_clear()
    return target


def spread(path: Path, name: str, count: int = 40) -> list[int]:
    """Return offsets that lie across a copy."""
    return [
        int(at)
        for low, high in ranges(path, name)
        for at in np.linspace(low, high - 1, count // 2 if high - low > 64 else 4)
    ]


def values_of(path: Path) -> dict[str, NDArray[Any]]:
    with rootae.open(path, object_cache=None, array_cache=None) as file:
        found: dict[str, NDArray[Any]] = file["t"].arrays(library="np")
        return found


def hold(path: Path, wanted: Mapping[str, NDArray[Any]]) -> None:
    found = values_of(path)
    assert all((found[n] == wanted[n]).all() for n in ("x", "n"))


def said_by_verify(path: Path) -> str:
    try:
        rootae.verify(path)
    except CorruptError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", [CODECS, pytest.param(COPIES, marks=pytest.mark.slow)])
def test_damage_across_either_copy_costs_nothing(folder: Path, tmp_path: Path, name: str) -> None:
    path, wanted, told = folder / "a.root", values_of(folder / "a.root"), 0
    for at in spread(path, name):
        bad = damaged(path, tmp_path / "bad.root", [at])
        hold(bad, wanted)
        told += name in said_by_verify(bad)
    assert told > 10  # names of branches and times of writing are not what is read


@pytest.mark.parametrize("name", [CODECS, COPIES])
def test_verify_reports_a_damaged_copy_of_a_file_that_reads(
    folder: Path, tmp_path: Path, name: str
) -> None:
    low, high = ranges(folder / "a.root", name)[-1]
    bad = damaged(folder / "a.root", tmp_path / "bad.root", [high - 40])
    assert high - low > 200
    hold(bad, values_of(folder / "a.root"))
    with pytest.raises(CorruptError, match=f"{name}.*damaged"):
        rootae.verify(bad)


def test_one_damaged_sector_costs_nothing(folder: Path, tmp_path: Path) -> None:
    """Whichever it is of those that hold a part of a codec."""
    for file, wanted in (("a", values_of(folder / "a.root")), ("codec", None)):
        path = folder / f"{file}.root"
        places = [r for name in (CODECS, COPIES) for r in ranges(path, name)]
        sectors = {at // 512 * 512 for low, high in places for at in range(low, high)}
        for at in sorted(sectors):
            inside = [i for low, high in places for i in range(max(low, at), min(high, at + 512))]
            bad = damaged(path, tmp_path / "bad.root", inside)
            if wanted is not None:
                hold(bad, wanted)
            assert rootae.read_codec(bad).id == rootae.read_codec(path).id


@pytest.mark.parametrize("name", [pytest.param(CODECS, marks=pytest.mark.slow), COPIES])
def test_the_second_reader_takes_whichever_copy_is_whole(
    folder: Path, tmp_path: Path, name: str
) -> None:
    path = folder / "a.root"
    wanted = values_of(path)
    for at in spread(path, name, 8):
        found = second.read(damaged(path, tmp_path / "bad.root", [at]), "t")
        for column in ("x", "n"):
            assert (found[column].flat == wanted[column]).all()


def test_both_copies_damaged_is_an_error_and_no_other_codec_is_taken(
    folder: Path, tmp_path: Path
) -> None:
    path = folder / "a.root"
    ends = [ranges(path, name)[-1][1] - 40 for name in (CODECS, COPIES)]
    bad = damaged(path, tmp_path / "bad.root", ends)
    with pytest.raises(CorruptError, match="damaged"):
        values_of(bad)
    with pytest.raises(CorruptError, match="damaged"):
        rootae.read_codec(bad)
    with pytest.raises(CorruptError, match="damaged"):
        rootae.verify(bad)


def test_a_merged_file_with_damage_in_either_copy_of_different_codecs_is_read(
    folder: Path, hadd: Script, tmp_path: Path
) -> None:
    rootae.merge([folder / "a.root", folder / "c.root"], tmp_path / "merged.root")
    assert hadd("-ff", tmp_path / "hadd.root", folder / "a.root", folder / "c.root").returncode == 0
    for name in ("merged", "hadd"):
        path = tmp_path / f"{name}.root"
        rootae.verify(path)
        wanted = values_of(path)
        parts = [values_of(folder / f"{n}.root")["x"] for n in "ac"]
        assert (wanted["x"] == np.concatenate(parts)).all()
        for copy in (CODECS, COPIES):
            for at in spread(path, copy, 12):
                hold(damaged(path, tmp_path / "bad.root", [at]), wanted)
        rows = [Container.open(path)._copy(copy) for copy in (CODECS, COPIES)]
        assert all(isinstance(r, Codec) for copy in rows for r in copy)
        ids = [[r.id for r in copy if isinstance(r, Codec)] for copy in rows]
        assert ids[0] == ids[1]
        assert len(rows[0]) == 2


@pytest.mark.parametrize("mode", ["-f", "-fk", "-f209", "-ff"])
def test_hadd_keeps_both_copies_apart(
    folder: Path, hadd: Script, tmp_path: Path, mode: str
) -> None:
    out = tmp_path / "out.root"
    assert hadd(mode, out, folder / "a.root", folder / "b.root").returncode == 0
    rootae.verify(out)
    first, second = (ranges(out, name)[-1] for name in (CODECS, COPIES))
    assert abs(first[0] - second[0]) > 20_000  # the blocks lie between
    hold(damaged(out, tmp_path / "bad.root", [first[1] - 40]), values_of(out))
    hold(damaged(out, tmp_path / "bad.root", [second[1] - 40]), values_of(out))


@pytest.mark.parametrize("backend", ["uproot", "root"])
def test_what_rootae_writes_has_data_between_the_copies(
    folder: Path, tmp_path: Path, backend: str, hadd: Script
) -> None:
    out = tmp_path / "out.root"
    rootae.compress(folder / "a_in.root", out, backend=backend, **OPTIONS)
    first, second = (ranges(out, name)[-1] for name in (CODECS, COPIES))
    assert second[0] - first[1] > 20_000
    rootae.skim(out, tmp_path / "cut.root", cut="x > 0")
    first, second = (ranges(tmp_path / "cut.root", name)[-1] for name in (CODECS, COPIES))
    assert second[0] - first[1] > 10_000


def test_a_codec_that_neither_copy_has_is_named(folder: Path, tmp_path: Path) -> None:
    codecs = Container.open(folder / "a.root").codecs
    assert codecs.get(bytes(32)) is None
    with pytest.raises(RootaeError):
        _ = Container.open(folder / "a_in.root").codecs
