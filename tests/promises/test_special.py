"""Sentinels and other frequent values come back as they were, whatever was promised of the rest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import pytest
import second
import uproot

import rootae

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from rooted import Script

Files = tuple[Path, Path, str]
Arrays = dict[str, "NDArray[Any]"]
ENTRIES = 6000
BOUNDS = ["abs:0.5", "rel:1e-2"]
COUNT = """
file = ROOT.TFile.Open(sys.argv[1])
for name in ("x", "J_pt"):
    for value in ("-999", "311.29998779296875"):
        print(file.Get("t").Draw(name, f"{name} == {value}", "goff"))
"""
SPECIAL = np.array([-999, -500, 311.3, 177.7], "f4")


def columns(seed: int = 0) -> dict[str, Any]:
    """Return columns with sentinels: of events, of objects, and some that follow from others."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 4, ENTRIES)
    pt = rng.exponential(30, counts.sum()).astype("f4")
    pt[rng.random(len(pt)) < 0.2] = -999
    x, y = (rng.normal(0, 40, ENTRIES).astype("f4") for _ in range(2))
    for value in SPECIAL:
        for column in (x, y):
            column[rng.random(ENTRIES) < 0.04] = value
    y[x == -999] = 0
    jagged = {"J": ak.zip({"pt": ak.unflatten(pt, counts)})}
    constant = np.full(ENTRIES, 1.1, "f4")
    follow = {"copy": x.copy(), "third": x / 3, "sum": x + y}
    return jagged | {"x": x, "y": y, "constant": constant} | follow


@pytest.fixture(scope="module", params=BOUNDS)
def files(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Return a file, the same compressed, and the bound."""
    folder = tmp_path_factory.mktemp("special")
    with uproot.recreate(folder / "in.root") as file:
        file.mktree("t", columns())
    rootae.compress(folder / "in.root", folder / "out.root", bounds={"*": request.param})
    return folder / "in.root", folder / "out.root", request.param


def flat(array: Any) -> NDArray[Any]:
    return np.asarray(ak.to_numpy(ak.flatten(array, axis=None)))


def special_of(x: NDArray[Any]) -> NDArray[np.bool_]:
    """Return a mask of values that fill a hundredth of a column."""
    values, times = np.unique(x, return_counts=True)
    return np.isin(x, values[times >= len(x) / 100])


def held(before: Arrays, after: Arrays) -> None:
    """Hold the special values of every column, bit for bit, and that others were coded."""
    changed = 0
    for name, x in before.items():
        mask = special_of(x)
        assert mask.any(), name
        assert after[name][mask].tobytes() == x[mask].tobytes(), name
        changed += (after[name] != x).sum()
    assert changed > ENTRIES, "nothing was lossy"


def read(path: Path) -> Arrays:
    with uproot.open(path) as file:
        names = file["t"].keys(filter_name=lambda n: n != "nJ")
        return {n: flat(file["t"][n].array()) for n in names}


def test_they_come_back_through_plain_uproot(files: Files) -> None:
    source, out, _ = files
    held(read(source), read(out))
    assert (read(out)["J_pt"] == -999).sum() == (read(source)["J_pt"] == -999).sum() > 1000


def test_the_second_reader_gives_the_same(files: Files) -> None:
    source, out, _ = files
    theirs = {name: values.flat for name, values in second.read(out, "t").items()}
    held(read(source), theirs)
    assert all(theirs[n].tobytes() == x.tobytes() for n, x in read(out).items())


def test_the_bound_holds_and_files_verify(files: Files) -> None:
    source, out, bound = files
    errors = rootae.verify(out, source).errors["t"]
    most = float(bound.partition(":")[2])
    assert set(errors) >= {"x", "J_pt", "sum"}
    assert 0 < errors["x"] <= most
    assert errors["constant"] == 0, "there is nothing but special values"


def test_they_outlive_decompressing_skimming_and_merging(files: Files, tmp_path: Path) -> None:
    source, out, _ = files
    rootae.decompress(out, tmp_path / "plain.root")
    rootae.skim(out, tmp_path / "skim.root", cut="y > -1000")
    rootae.merge([out, out], tmp_path / "merged.root")
    before = read(source)
    held(before, read(tmp_path / "plain.root"))
    held(before, read(tmp_path / "skim.root"))
    held({n: np.tile(x, 2) for n, x in before.items()}, read(tmp_path / "merged.root"))


def test_a_codec_meets_values_that_it_never_saw(files: Files, tmp_path: Path) -> None:
    """They are ordinary ones, and the codec's own special values are no less special."""
    source, out, bound = files
    later = columns(1)
    later["x"][::50] = -777
    with uproot.recreate(tmp_path / "in.root") as file:
        file.mktree("t", later)
    rootae.compress(tmp_path / "in.root", tmp_path / "out.root", codec=out)
    before, after = read(tmp_path / "in.root"), read(tmp_path / "out.root")
    for name in ("x", "y", "J_pt"):
        mask = np.isin(before[name], SPECIAL)
        assert after[name][mask].tobytes() == before[name][mask].tobytes()
    assert rootae.verify(tmp_path / "out.root", tmp_path / "in.root").errors["t"]["x"] > 0
    assert source.exists(), bound


def test_root_reads_what_is_decompressed(files: Files, root_script: Script, tmp_path: Path) -> None:
    source, out, _ = files
    rootae.decompress(out, tmp_path / "plain.root")
    found = root_script(COUNT, tmp_path / "plain.root").stdout.split()
    before = read(source)
    wanted = [(before[n] == v).sum() for n in ("x", "J_pt") for v in (SPECIAL[0], SPECIAL[2])]
    assert list(map(int, found)) == wanted
    assert wanted[0] > 100
