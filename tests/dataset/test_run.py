"""A data set goes in and comes out, whatever its files are and whenever the run is killed."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest
import uproot
from commands import PLAIN, Command, refused, spawn
from samples import write_columns

import rootae
from rootae.container.container import Container
from rootae.dataset.checksum import checksum

FILES = 25
BAD = {"sub/f03.root": "FormatError", "f07.root": "OSError"}
HIDDEN = ("manifest.json", "fileset.json", "codec.rootae")


def columns(seed: int, entries: int = 600) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    pt = rng.exponential(30, entries).astype("f4")
    return {"pt": pt, "e": (pt * 1.1).astype("f4"), "n": rng.poisson(3, entries).astype("i4")}


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of 25 files: one of no bytes, one cut, one of no entries, one of others."""
    folder = tmp_path_factory.mktemp("many") / "mc"
    (folder / "sub").mkdir(parents=True)
    for i in range(FILES):
        path = folder / ("sub" if i % 5 == 3 else "") / f"f{i:02}.root"
        arrays = columns(i, entries=0 if i == 11 else 600)
        if i == 17:
            arrays = {"other": arrays["pt"], "n": arrays["n"]}
        write_columns(path, arrays, tree="Events")
    (folder / "sub/f03.root").write_bytes(b"")
    cut = folder / "f07.root"
    cut.write_bytes(cut.read_bytes()[:1500])
    return folder


def manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return found


def outputs(folder: Path) -> dict[str, Path]:
    """Return what is in a folder but what stands beside the outputs."""
    found = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    return {name: path for name, path in found.items() if name not in HIDDEN}


def blobs(path: Path) -> list[dict[str, bytes]]:
    """Return all blocks of a file: heads and blobs."""
    with uproot.open(path) as file:
        stored = Container(file, str(path)).stored("Events")
        return [stored.row(b) for b in range(len(stored.entries))]


def values(path: Path) -> Any:
    with rootae.open(path) as file:
        return file["Events"].arrays()


@pytest.mark.parametrize("jobs", [1, 2])
def test_bad_files_are_named_and_all_others_are_written(
    cli: Command, many: Path, tmp_path: Path, jobs: int
) -> None:
    out = tmp_path / "out"
    done = cli("compress", f"{many}/**/*.root", "-O", out, *PLAIN, "-j", jobs)
    assert done.exit_code == 1
    errors = [t for t in done.stderr.splitlines() if not t.startswith("rootae: note")]
    assert len(errors) == len(BAD)
    assert all(any(str(many / name) in line for line in errors) for name in BAD)
    names = {p.relative_to(many).as_posix() for p in many.rglob("*.root")}
    assert set(outputs(out)) == names - set(BAD)
    told = manifest(out)
    files = {f["output"]: f for f in told["files"]}
    assert set(files) == names
    assert {n: f["exception"]["kind"] for n, f in files.items() if f["exception"]} == BAD
    for name, path in outputs(out).items():
        found = files[name]
        assert found["fname"] == str(many / name)
        assert (found["input_adler32"], found["output_adler32"]) == (
            checksum(many / name),
            checksum(path),
        )
        assert found["output_bytes"] == path.stat().st_size
        assert told["bounds"][found["bounds"]]["Events"]["n"] == "exact"
        rootae.verify(path, many / name)
    ids = {files[n]["codec"] for n in outputs(out) if n != "f17.root"}
    assert len(ids) == 1, "one codec for all but the file of other columns"


def test_a_second_run_does_only_what_is_left(cli: Command, many: Path, tmp_path: Path) -> None:
    source, out = tmp_path / "mc", tmp_path / "out"
    shutil.copytree(many, source)
    words = ("compress", f"{source}/**/*.root", "-O", out, *PLAIN, "--resume", "--json")
    first = {r["target"]: r for r in json.loads(cli(*words).stdout)}
    before = {n: p.stat().st_mtime_ns for n, p in outputs(out).items()}
    write_columns(source / "f07.root", columns(7), tree="Events")  # mended
    write_columns(source / "f06.root", columns(88), tree="Events")  # another one
    (out / "f09.root").write_bytes(b"damaged")
    second = json.loads(cli(*words).stdout)
    kept = {Path(r["target"]).name for r in second if r.get("kept")}
    assert kept == {Path(t).name for t, r in first.items() if r["ok"]} - {"f06.root", "f09.root"}
    after = {n: p.stat().st_mtime_ns for n, p in outputs(out).items()}
    assert {n for n in after if after[n] != before.get(n)} == {"f07.root", "f06.root", "f09.root"}
    for name in ("f07.root", "f06.root", "f09.root"):
        rootae.verify(out / name, source / name)
    lossy = json.loads(cli(*words, "--lossy").stdout)
    assert not any(r.get("kept") for r in lossy), "other options: all is done anew"


def test_tolerance_lets_a_share_of_files_fail(cli: Command, many: Path, tmp_path: Path) -> None:
    words = ("compress", f"{many}/*.root", "-O", tmp_path, *PLAIN, "-q", "--resume")
    assert cli(*words, "--tolerance", 0.04).exit_code == 1
    assert cli(*words, "--tolerance", 0.06).exit_code == 0
    done = cli("compress", many / "f00.root", "-O", tmp_path, *PLAIN)
    assert done.exit_code == 2, "an only file keeps its own"
    assert "use -f" in done.stderr


def test_a_fileset_goes_in_and_a_fileset_comes_out(
    cli: Command, many: Path, tmp_path: Path
) -> None:
    one, two = str(many / "f00.root"), str(many / "f01.root")
    spec = {"object_path": "Events", "steps": [[0, 100]], "num_entries": 600, "uuid": "?"}
    asked = {
        "tt": {"files": {one: "Events", two: spec}, "metadata": {"xsec": 831.0}},
        "dy": {"files": [f"{many}/sub/f08.root:Events", f"{many}/sub/f03.root:Events"]},
    }
    (tmp_path / "in.json").write_text(json.dumps(asked))
    assert cli("compress", tmp_path / "in.json", "-O", tmp_path / "out", *PLAIN).exit_code == 1
    made = json.loads((tmp_path / "out/fileset.json").read_text())
    assert set(made) == {"tt", "dy"}
    assert made["tt"]["metadata"] == {"xsec": 831.0}
    assert [*made["dy"]["files"]] == [str(tmp_path / "out/sub/f08.root")], "what failed is left out"
    first, second = (
        made["tt"]["files"][str(tmp_path / "out" / n)] for n in ("f00.root", "f01.root")
    )
    assert first["steps"] == [[0, 600]]
    assert second["steps"] == [[0, 100]], "what was left out stays so"
    with uproot.open(tmp_path / "out/f00.root") as file:
        assert first["uuid"] == str(file.file.uuid)
    again = cli("decompress", tmp_path / "out/manifest.json", "-O", tmp_path / "back")
    assert again.exit_code == 0, again.stderr
    assert ak.array_equal(values(tmp_path / "back/sub/f08.root"), values(many / "sub/f08.root"))


@pytest.mark.filterwarnings("ignore")
def test_coffea_reads_the_fileset(cli: Command, many: Path, tmp_path: Path) -> None:
    tools = pytest.importorskip("coffea.dataset_tools", reason="coffea is not there")
    cli("compress", f"{many}/f0*.root", f"{many}/f11.root", "-O", tmp_path, *PLAIN)
    made = json.loads((tmp_path / "fileset.json").read_text())
    (dataset,) = tools.DataGroupSpec(made).values()
    assert isinstance(dataset.files, tools.PreprocessedFiles)
    assert dataset.num_entries == 600 * (len(dataset.files) - 1)
    assert tools.max_files(made, 2)["mc"]["files"].keys() == set([*made["mc"]["files"]][:2])


def test_strangers_are_kept(cli: Command, many: Path, tmp_path: Path) -> None:
    (tmp_path / "fileset.json").write_text("{}")
    words = ("compress", many / "f00.root", many / "f01.root", "-O", tmp_path, *PLAIN)
    assert refused(cli(*words), 2, "fileset.json is there")
    (tmp_path / "fileset.json").unlink()
    (tmp_path / "f00.root").write_text("theirs")
    done = cli(*words, "--resume")
    assert done.exit_code == 1
    assert "use -f" in done.stderr
    assert (tmp_path / "f00.root").read_text() == "theirs"
    assert refused(cli(*words), 2, "--resume goes on with it")
    done = cli(*words, "-f")
    assert done.exit_code == 0, done.stderr


# ends


@pytest.mark.slow
def test_ten_kills_and_a_resume_come_to_what_an_undisturbed_run_does(
    cli: Command, many: Path, tmp_path: Path
) -> None:
    words = ("compress", f"{many}/**/*.root", *PLAIN, "-q")
    whole, out = tmp_path / "whole", tmp_path / "out"
    assert cli(*words, "-O", whole).exit_code == 1
    chance, killed = random.Random(1), 0
    for number in range(10):
        process = spawn(*words, "-O", out, "--resume", "-j", 1 + number % 2, start_new_session=True)
        time.sleep(chance.uniform(0.8, 3.5))
        if process.poll() is None:
            killed += 1
            signalled = signal.SIGKILL if number % 3 else signal.SIGINT
            os.killpg(process.pid, signalled)
        process.communicate()
        hold_manifest(out)
    assert killed > 3
    assert cli(*words, "-O", out, "--resume").exit_code == 1
    assert set(outputs(out)) == set(outputs(whole))
    assert not [p for p in out.rglob("*.part") if "manifest" not in p.name]
    for name, path in outputs(whole).items():
        assert blobs(out / name) == blobs(path)
        assert ak.array_equal(values(out / name), values(path))
    hold_manifest(out)
    assert sum(f["exception"] is None for f in manifest(out)["files"]) == FILES - len(BAD)


def hold_manifest(out: Path) -> None:
    """Hold a manifest against what is there."""
    if not (out / "manifest.json").exists():
        return
    for found in manifest(out)["files"]:
        if found["output_adler32"] is not None and found["exception"] is None:
            assert checksum(out / found["output"]) == found["output_adler32"]
