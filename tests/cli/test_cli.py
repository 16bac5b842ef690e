from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from signal import Signals
from typing import TYPE_CHECKING, NoReturn

import awkward as ak
import numpy as np
import pytest
import uproot
from commands import PLAIN, Command, refused, spawn
from samples import write_columns, write_events

import rootae
from rootae.codec.codec import Codec
from rootae.codec.plan.plan import Plan
from rootae.container.codecs import write_records

if TYPE_CHECKING:
    from pathlib import Path

# commands


def test_version(cli: Command) -> None:
    assert cli("--version").stdout == f"rootae {rootae.__version__}\n"


def test_help_lists_the_commands(cli: Command) -> None:
    out = cli("--help").stdout
    for name in ("compress", "decompress", "train", "info", "verify", "export"):
        assert name in out


def test_compress_and_back(cli: Command, events: Path, tmp_path: Path) -> None:
    done = cli("compress", events, tmp_path / "c.root", *PLAIN)
    assert done.exit_code == 0, done.stderr
    for phrase in ("largest error", "Jet_pt", "exact", "times smaller", "--lossy would give"):
        assert phrase in done.stdout
    assert cli("verify", tmp_path / "c.root", "--against", events).exit_code == 0
    done = cli("decompress", tmp_path / "c.root", tmp_path / "back.root", "-l", 505)
    assert done.exit_code == 0
    assert "3,000 entries" in done.stdout
    with uproot.open(events) as a, uproot.open(tmp_path / "back.root") as b:
        assert a["Events"].typenames() == b["Events"].typenames()
        assert b.file.compression == uproot.ZSTD(5)


def test_compress_json(cli: Command, events: Path, tmp_path: Path) -> None:
    done = cli("compress", events, tmp_path / "c.root", *PLAIN, "--lossy", "--json")
    report = json.loads(done.stdout)
    columns = {c["name"]: c for c in report["trees"][0]["columns"]}
    assert columns["Jet_pt"]["bound"] == "rel:0.0002"
    assert columns["Jet_pt"]["error"] <= 2e-4
    assert columns["Jet_eta"]["bound"] == "abs:0.0005"
    assert report["after"] == (tmp_path / "c.root").stat().st_size


def test_quiet(cli: Command, events: Path, tmp_path: Path) -> None:
    assert cli("compress", events, tmp_path / "c.root", *PLAIN, "-q").stdout == ""


def test_many_columns_are_shown_by_collection(cli: Command, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    arrays = {f"{n}_{i}": rng.integers(0, 9, 3000) for n in ("Jet", "Muon") for i in range(40)}
    source = write_columns(tmp_path / "wide.root", arrays)
    rootae.train([source], tmp_path / "codec.root", family="plain")
    options = ("--codec", tmp_path / "codec.root")
    done = cli("compress", source, tmp_path / "c.root", *options)
    assert "Jet_* (40)" in done.stdout
    assert "40 exact" in done.stdout
    assert "Jet_7 " not in done.stdout
    done = cli("compress", source, tmp_path / "c.root", *options, "-f", "-v")
    assert "Jet_7 " in done.stdout
    assert "Muon_* (40)" in cli("info", tmp_path / "c.root").stdout
    assert "Muon_9 " in cli("info", tmp_path / "c.root", "-v").stdout


def test_info_draws_collections_as_a_tree(cli: Command, events: Path, tmp_path: Path) -> None:
    cli("compress", events, tmp_path / "c.root", *PLAIN)
    lines = cli("info", tmp_path / "c.root").stdout.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("Jet_* ("))
    drawn = [line.split()[:2] for line in lines[first + 1 :] if line[:3] in ("├──", "└──")]
    jets = drawn[: 1 + next(i for i, (mark, _) in enumerate(drawn) if mark == "└──")]
    assert [name for _, name in jets] == [
        n for n in uproot.open(events)["Events"].iterkeys() if n.startswith("Jet_")
    ]


def test_info_lists_a_flat_table_without_a_tree(cli: Command, tmp_path: Path) -> None:
    write_columns(tmp_path / "flat.root", {"pt_": np.arange(5000), "eta_": np.arange(5000) % 7})
    rootae.train([tmp_path / "flat.root"], tmp_path / "codec.root", family="plain")
    shown = cli("info", tmp_path / "codec.root").stdout
    assert "pt_ " in shown
    assert "──" not in shown


def test_bounds_file_and_options(cli: Command, events: Path, tmp_path: Path) -> None:
    table = '[bounds]\n"*" = "rel:1e-2"\n"Events:Jet_*" = "rel:1e-4"\n"Jet_eta" = "abs:1e-2"\n'
    (tmp_path / "b.toml").write_text(table)
    options = ("--bounds", tmp_path / "b.toml", "--bound", "Jet_mass=exact")
    done = cli("compress", events, tmp_path / "c.root", *PLAIN, *options, "--json")
    assert done.exit_code == 0, done.stderr
    columns = {c["name"]: c["bound"] for c in json.loads(done.stdout)["trees"][0]["columns"]}
    found = [columns[n] for n in ("MET_pt", "Jet_pt", "Jet_eta", "Jet_mass", "event")]
    assert found == ["rel:0.01", "rel:0.0001", "abs:0.01", "exact", "exact"]


def test_bounds_file_without_a_section(cli: Command, events: Path, tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text('"MET_*" = "rel:1e-3"\n')
    options = ("--bounds", tmp_path / "b.toml", "--json")
    done = cli("compress", events, tmp_path / "c.root", *PLAIN, *options)
    columns = {c["name"]: c["bound"] for c in json.loads(done.stdout)["trees"][0]["columns"]}
    assert columns["MET_pt"] == "rel:0.001"


CONFIG = """
family = "plain"
tree = "Events"
keep-plain = ["HLT_*"]
seed = 3
[bounds]
"MET_*" = "rel:1e-2"
"Jet_*" = "rel:1e-2"
"""


def test_options_from_a_file_and_the_command_line_over_them(
    cli: Command, events: Path, tmp_path: Path
) -> None:
    (tmp_path / "train.toml").write_text(CONFIG)
    options = ("--config", tmp_path / "train.toml", "--bound", "Jet_pt=exact", "--seed", 4)
    done = cli("train", events, "-o", tmp_path / "codec.root", *options, "--json")
    assert done.exit_code == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["codecs"][0]["training"] == {"family": "plain", "seed": 4}
    assert [t["path"] for t in report["trees"]] == ["Events"]
    columns = {c["name"]: c["bound"] for c in report["trees"][0]["columns"]}
    assert (columns["MET_pt"], columns["Jet_pt"], columns["HLT_mu"]) == ("rel:0.01", "exact", "")
    done = cli("compress", events, tmp_path / "c.root", "--config", tmp_path / "train.toml")
    assert done.exit_code == 0, done.stderr


def test_settings_come_from_the_file_and_the_command_line(
    cli: Command, events: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "train.toml").write_text('[settings]\nweight = 10\nprior = "ring"\nhard = true\n')
    asked = {}
    monkeypatch.setattr(
        "rootae.operations.train.train", lambda *_, **options: asked.update(options)
    )
    options = ("--config", tmp_path / "train.toml", "--set", "weight=2", "--set", "depth = 3", "-q")
    assert cli("train", events, "-o", tmp_path / "c.root", *options).exit_code == 0
    settings = {"weight": "2", "prior": "ring", "hard": "true", "depth": "3"}
    assert asked["settings"] == settings


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("stepz = 3", "no option 'stepz'"),
        ("config = 'x'", "no option 'config'"),
        ("sources = ['x.root']", "no option 'sources'"),
        ("[latents]\nn = 3", "latents in"),
        ("settings = 3", "make it a table"),
        ("[settings]\na = [1]", "setting a in"),
        ("[bounds]\na = 'half'", "malformed bound"),
        ("steps = ", "Invalid value"),
        (None, "No such file"),
    ],
)
def test_bad_config(
    cli: Command, events: Path, tmp_path: Path, text: str | None, phrase: str
) -> None:
    if text is not None:
        (tmp_path / "t.toml").write_text(text)
    options = ("-o", tmp_path / "c.root", "--config", tmp_path / "t.toml")
    assert refused(cli("train", events, *options), 2, phrase)
    assert not (tmp_path / "c.root").exists()


def test_a_config_of_the_wrong_type_is_a_usage_error(
    cli: Command, events: Path, tmp_path: Path
) -> None:
    (tmp_path / "t.toml").write_text('steps = "many"')
    options = ("-o", tmp_path / "c.root", "--config", tmp_path / "t.toml")
    done = cli("train", events, *options)
    assert done.exit_code == 2
    assert "--steps" in done.stderr


@pytest.mark.parametrize("text", ["weight", "=2", "weight="])
def test_bad_setting(cli: Command, events: Path, tmp_path: Path, text: str) -> None:
    result = cli("train", events, "-o", tmp_path / "c.root", "--set", text)
    assert refused(result, 2, "use NAME=VALUE")


@pytest.mark.parametrize("by_address", [True, False])
def test_one_tree(cli: Command, events: Path, tmp_path: Path, by_address: bool) -> None:
    source = [f"{events}:Events"] if by_address else [events]
    options = [] if by_address else ["--tree", "Ev*"]
    done = cli("compress", *source, tmp_path / "c.root", *PLAIN, *options)
    assert "deep/er/Events: 3,000 entries, left as it is: not asked for" in done.stdout
    with rootae.open(tmp_path / "c.root") as file:
        assert list(file.bounds) == ["Events"]


def test_train_and_info(cli: Command, events: Path, tmp_path: Path) -> None:
    codec = tmp_path / "codec.root"
    done = cli("train", events, "-o", codec, *PLAIN, "--lossy")
    assert done.exit_code == 0, done.stderr
    assert "a rootae codec" in done.stdout
    done = cli("compress", events, tmp_path / "c.root", "--codec", codec, "--json")
    assert json.loads(done.stdout)["codec"] == rootae.read_codec(codec).id
    shown = cli("info", tmp_path / "c.root").stdout
    for phrase in ("compressed by rootae", "Jet_pt", "rel:0.001", "bits/value", "deep/er/Events"):
        assert phrase in shown
    assert json.loads(cli("info", tmp_path / "c.root", "--json").stdout)["kind"] == "compressed"


def test_info_of_other_files(cli: Command, events: Path) -> None:
    assert "nothing in it is coded" in cli("info", events).stdout


def test_verify_json(cli: Command, packed: Path, events: Path) -> None:
    report = json.loads(cli("verify", packed, "--against", events, "--json").stdout)
    assert report["trees"]["Events"] == 3000
    assert set(report["errors"]["Events"].values()) == {0.0}


def test_export(cli: Command, packed: Path, tmp_path: Path) -> None:
    assert "plan.json" in cli("export", packed, tmp_path / "out").stdout
    assert refused(cli("export", packed, tmp_path / "out"), 2, "use -f")
    assert cli("export", packed, tmp_path / "out", "-f").exit_code == 0


def test_every_command_takes_a_file_where_nothing_paid(cli: Command, tmp_path: Path) -> None:
    source = write_columns(tmp_path / "in.root", {"x": np.arange(100.0)})
    done = cli("compress", source, tmp_path / "c.root", *PLAIN)
    assert "fewer than 20000 values" in done.stdout
    assert "copy of the input" in done.stderr
    assert (tmp_path / "c.root").read_bytes() == source.read_bytes()
    assert cli("info", tmp_path / "c.root").exit_code == 0
    assert cli("verify", tmp_path / "c.root", "--against", source).exit_code == 0
    assert cli("decompress", tmp_path / "c.root", tmp_path / "back.root").exit_code == 0
    assert cli("compress", tmp_path / "c.root", tmp_path / "d.root", *PLAIN).exit_code == 0


# several files


@pytest.fixture(scope="module")
def several(folder: Path) -> tuple[list[Path], Path]:
    """Return two files of a kind and a codec for both."""
    paths = [write_events(folder / f"part{i}.root", entries=400, seed=i) for i in range(2)]
    rootae.train(paths, folder / "parts.root", family="plain")
    return paths, folder / "parts.root"


@pytest.mark.parametrize("jobs", [1, 2])
def test_several_files_go_to_a_folder_and_back(
    cli: Command, several: tuple[list[Path], Path], tmp_path: Path, jobs: int
) -> None:
    paths, codec = several
    options = ("-O", tmp_path / "small", "-j", jobs, "--codec", codec, "--json")
    done = cli("compress", *paths, *options)
    assert done.exit_code == 0, done.stderr
    small = [tmp_path / "small" / p.name for p in paths]
    assert [r["target"] for r in json.loads(done.stdout)] == [str(p) for p in small]
    assert cli("decompress", *small, "-O", tmp_path / "back", "-j", jobs).exit_code == 0
    for path, coded in zip(paths, small, strict=True):
        assert cli("verify", coded, "--against", path).exit_code == 0
        with uproot.open(path) as a, uproot.open(tmp_path / "back" / path.name) as b:
            assert a["Events"].num_entries == b["Events"].num_entries


def test_errors_in_other_processes_are_a_line_each(
    cli: Command, several: tuple[list[Path], Path], tmp_path: Path
) -> None:
    paths, codec = several
    options = ("-O", tmp_path, "-j", 2, "--codec", codec, "--tree", "Event")
    done = cli("compress", *paths, *options)
    assert done.exit_code == 1
    assert all("did you mean 'Events'" in line for line in done.stderr.splitlines())
    assert len(done.stderr.splitlines()) == 2
    assert {p.suffix for p in tmp_path.iterdir()} == {".json"}


def test_one_output_by_name(cli: Command, events: Path, tmp_path: Path) -> None:
    assert cli("compress", events, "-o", tmp_path / "c.root", *PLAIN).exit_code == 0
    assert cli("decompress", tmp_path / "c.root", "-o", tmp_path / "b.root").exit_code == 0
    assert (tmp_path / "b.root").exists()


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        (("a.root",), "1 file given"),
        (("a.root", "b.root", "c.root"), "3 files given"),
        (("a.root", "b.root", "-o", "c.root"), "IN... -O DIR"),
        (("a.root", "-o", "c.root", "-O", "out"), "one of the two"),
        (("a.root", "a.root:t", "-O", "out"), "both be written"),
        (("a.root", "codec.rootae", "-O", "out"), "which rootae takes"),
    ],
)
def test_it_must_be_clear_what_goes_where(
    cli: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    phrase: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    for command in ("compress", "decompress"):
        assert refused(cli(command, *words), 2, phrase)
    assert list(tmp_path.iterdir()) == []


def test_shells_can_complete_commands() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from rootae.cli import main; main()"],
        env=os.environ
        | {"_ROOTAE_COMPLETE": "complete_bash", "COMP_WORDS": "rootae de"}
        | {"COMP_CWORD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "decompress" in done.stdout.split()


# bad input: one line, an exit code, nothing written


def test_missing_file(cli: Command, tmp_path: Path) -> None:
    missing = tmp_path / "no.root"
    for command in (
        ("compress", missing, tmp_path / "c.root"),
        ("decompress", missing, tmp_path / "c.root"),
        ("train", missing, "-o", tmp_path / "c.root"),
        ("info", missing),
        ("verify", missing),
        ("export", missing, tmp_path / "c.root"),
    ):
        assert refused(cli(*command), 2, f"no file {missing}")
    assert list(tmp_path.iterdir()) == []


def test_missing_tree(cli: Command, events: Path, tmp_path: Path) -> None:
    for source in ([f"{events}:Event"], [events, "--tree", "Event"]):
        result = cli("compress", *source[:1], tmp_path / "c.root", *PLAIN, *source[1:])
        assert refused(result, 2, "no tree 'Event'", "did you mean 'Events'")
    assert list(tmp_path.iterdir()) == []


def test_not_root(cli: Command, tmp_path: Path) -> None:
    text = tmp_path / "text.root"
    text.write_text("not ROOT at all\n" * 100)
    for command in (
        ("compress", text, tmp_path / "c.root"),
        ("decompress", text, tmp_path / "c.root"),
        ("train", text, "-o", tmp_path / "c.root"),
        ("info", text),
        ("verify", text),
        ("export", text, tmp_path / "c.root"),
    ):
        assert refused(cli(*command), 1, f"{text} is not a ROOT file")
    assert list(tmp_path.iterdir()) == [text]


def test_output_is_the_input(cli: Command, tmp_path: Path) -> None:
    source = write_events(tmp_path / "in.root", entries=50)
    before = source.read_bytes()
    (tmp_path / "link.root").symlink_to(source)
    for target in (source, tmp_path / "link.root"):
        for command in ("compress", "decompress"):
            assert refused(cli(command, source, target, "-f"), 2, "are the same file")
    assert source.read_bytes() == before


def test_output_exists(cli: Command, events: Path, packed: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.root"
    target.write_text("mine")
    assert refused(cli("compress", events, target, *PLAIN), 2, "exists: use -f")
    assert refused(cli("decompress", packed, target), 2, "exists: use -f")
    assert refused(cli("train", events, "-o", target, *PLAIN), 2, "exists: use -f")
    assert target.read_text() == "mine"
    assert cli("decompress", packed, target, "-f").exit_code == 0


def test_a_codec_in_use_is_not_replaced(
    cli: Command, several: tuple[list[Path], Path], tmp_path: Path
) -> None:
    paths, codec = several
    (tmp_path / "link.root").hardlink_to(codec)
    for target in (codec, tmp_path / "link.root"):
        done = cli("compress", paths[0], target, "--codec", codec, "-f")
        assert refused(done, 2, "same file")
    assert rootae.read_codec(codec)


def test_learning_curves_replace_nothing_unasked(
    cli: Command, events: Path, tmp_path: Path
) -> None:
    history, out = tmp_path / "curves.csv", tmp_path / "c.root"
    for taken in (history, tmp_path / "curves.png"):
        taken.write_text("mine")
        for words in (("compress", events, out), ("train", events, "-o", out)):
            done = cli(*words, "--history", history, *PLAIN)
            assert refused(done, 2, f"{taken} exists: use -f")
        assert taken.read_text() == "mine"
        taken.unlink()
    for name in (events, out):
        done = cli("compress", events, out, "-f", "--history", name, *PLAIN)
        assert refused(done, 2, "same file")
    done = cli("compress", events, out, "--history", tmp_path / "curves.png", *PLAIN)
    assert refused(done, 2, "name a CSV file")
    assert list(tmp_path.iterdir()) == []


def test_output_cannot_be(cli: Command, events: Path, tmp_path: Path) -> None:
    assert refused(cli("compress", events, tmp_path, "-f"), 2, "is a directory")
    assert refused(cli("compress", events, tmp_path / "no/c.root"), 2, "there is no directory")


def test_glob_that_matches_nothing_warns(cli: Command, events: Path, tmp_path: Path) -> None:
    options = ("--bound", "Tau_*=rel:1e-3", "--keep-plain", "Boson_*")
    done = cli("compress", events, tmp_path / "c.root", *PLAIN, *options)
    assert done.exit_code == 0
    assert "Tau_*" in done.stderr
    assert "--keep-plain Boson_* matches no column" in done.stderr
    assert all(line.startswith("rootae: note: ") for line in done.stderr.splitlines())


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Jet_pt", "use GLOB=BOUND"),
        ("=exact", "use GLOB=BOUND"),
        ("Jet_pt=half", "malformed bound"),
        ("Jet_pt=rel", "malformed bound"),
        ("Jet_pt=rel:x", "is not a number"),
        ("Jet_pt=exact:1", "malformed bound"),
        ("Jet_pt=rel:0", "out of range"),
        ("Jet_pt=rel:1", "out of range"),
        ("Jet_pt=rel:nan", "out of range"),
        ("Jet_pt=abs:-1", "out of range"),
        ("Jet_pt=abs:inf", "out of range"),
    ],
)
def test_bad_bound(cli: Command, events: Path, tmp_path: Path, text: str, phrase: str) -> None:
    result = cli("compress", events, tmp_path / "c.root", *PLAIN, "--bound", text)
    assert refused(result, 2, phrase)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["not toml", "bounds = 3", '"Jet_pt" = 1e-3', None])
def test_bad_bounds_file(cli: Command, events: Path, tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "b.toml").write_text(text)
    options = ("--bounds", tmp_path / "b.toml")
    result = cli("compress", events, tmp_path / "c.root", *PLAIN, *options)
    assert refused(result, 2, "--bounds")


def test_bound_against_the_codecs(cli: Command, events: Path, tmp_path: Path) -> None:
    codec = tmp_path / "codec.root"
    assert cli("train", events, "-o", codec, *PLAIN, "--bound", "*_pt=rel:1e-3").exit_code == 0
    options = ("--codec", codec, "--bound", "Jet_pt=rel:1e-4")
    result = cli("compress", events, tmp_path / "c.root", *options)
    assert refused(result, 2, "Events:Jet_pt", "rel:0.001", "rel:0.0001", "train another codec")
    assert not (tmp_path / "c.root").exists()


def test_newer_format(cli: Command, events: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer.root"
    with uproot.recreate(newer) as file:
        write_records(file, Codec(Plan((), format=99)), None)
    for command in (
        ("info", newer),
        ("decompress", newer, tmp_path / "c.root"),
        ("compress", events, tmp_path / "c.root", "--codec", newer),
        ("export", newer, tmp_path / "c"),
    ):
        assert refused(cli(*command), 1, "format 99", "pip install -U rootae")
    assert list(tmp_path.iterdir()) == [newer]


def test_what_uproot_cannot_write_is_named(cli: Command, tmp_path: Path) -> None:
    source = write_events(tmp_path / "in.root")
    with uproot.update(source) as file:
        file.mkrntuple("ntuple", {"x": ak.Array([[[[1, 2]], []], []])})
    result = cli("compress", source, tmp_path / "c.root", *PLAIN)
    assert refused(result, 1, "ntuple", "--drop-unsupported leaves these out")
    assert not (tmp_path / "c.root").exists()
    done = cli("compress", source, tmp_path / "c.root", *PLAIN, "--drop-unsupported")
    assert done.exit_code == 0
    assert re.search("left out: .*ntuple", done.stderr)


def test_compressing_twice(cli: Command, packed: Path, tmp_path: Path) -> None:
    result = cli("compress", packed, tmp_path / "c.root", *PLAIN)
    assert refused(result, 2, "compressed by rootae already", "rootae decompress")


def test_damage_is_exit_code_3(cli: Command, packed: Path, tmp_path: Path) -> None:
    data = bytearray(packed.read_bytes())
    with uproot.open(packed) as file:
        branch = file["rootae/trees/Events"]["blobs"]
        middle = int(branch.member("fBasketSeek")[0]) + 200
    data[middle] ^= 0xFF
    (tmp_path / "bad.root").write_bytes(data)
    assert refused(cli("verify", tmp_path / "bad.root"), 3, "damaged")
    result = cli("decompress", tmp_path / "bad.root", tmp_path / "back.root")
    assert refused(result, 3, "damaged")
    assert not (tmp_path / "back.root").exists()


def test_another_original_is_exit_code_3(cli: Command, packed: Path, tmp_path: Path) -> None:
    other = write_events(tmp_path / "other.root", seed=5)
    assert refused(
        cli("verify", packed, "--against", other), 3, "was not made of", "other values everywhere"
    )


def test_usage(cli: Command) -> None:
    for arguments in (("compress",), ("compres",), ("compress", "a", "b", "--steps", "many")):
        assert cli(*arguments).exit_code == 2


def test_unknown_net(cli: Command, events: Path, tmp_path: Path) -> None:
    result = cli("compress", events, tmp_path / "c.root", *PLAIN, "--net", "dens")
    assert refused(result, 2, "no net 'dens'", "did you mean 'dense'")


def test_permission_denied(tmp_path: Path) -> None:
    source = write_columns(tmp_path / "in.root", {"x": np.arange(10)})
    (tmp_path / "locked").mkdir(mode=0o500)
    if os.access(tmp_path / "locked", os.W_OK):
        pytest.skip("permissions do not hold for this user")
    done = spawn("compress", source, tmp_path / "locked/c.root", *PLAIN)
    assert "Permission denied" in done.communicate(timeout=60)[1]
    assert done.returncode == 1


def test_full_disk(events: Path, packed: Path, tmp_path: Path) -> None:
    """The largest file a process may write stands for a full disk."""
    limit = 50_000

    def small_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    for command in (("compress", events, "c.root", *PLAIN), ("decompress", packed, "c.root")):
        done = spawn(*command, cwd=tmp_path, preexec_fn=small_files)
        _, err = done.communicate(timeout=60)
        assert done.returncode == 1
        assert err.startswith("rootae: ")
        assert len(err.splitlines()) == 1
        assert "nothing was written" in err
        assert list(tmp_path.iterdir()) == []


def test_no_space_left(
    cli: Command, events: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "c.root")

    monkeypatch.setattr("rootae.writer.file.write_objects", full)
    result = cli("compress", events, tmp_path / "c.root", *PLAIN)
    assert refused(result, 1, "c.root: No space left on device")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def large(folder: Path) -> Path:
    """Return a file that takes seconds to compress, on a busy machine and on an idle one."""
    rng = np.random.default_rng(0)
    arrays = {f"x{i}": rng.normal(size=1_200_000).astype("f4") for i in range(10)}
    return write_columns(folder / "large.root", arrays, compression=None)


@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)]
)
def test_interrupted_in_mid_write(large: Path, tmp_path: Path, number: Signals) -> None:
    before = large.read_bytes()
    done = spawn("compress", large, tmp_path / "c.root", *PLAIN, "--bound", "*=rel:1e-3")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and done.poll() is None:
        with contextlib.suppress(FileNotFoundError):
            if any(p.stat().st_size > 10_000 for p in tmp_path.glob(".c.root.*.part/c.root")):
                break
        time.sleep(0.002)
    assert done.poll() is None, "it was done before it could be interrupted: make the file larger"
    done.send_signal(number)
    out, err = done.communicate(timeout=60)
    assert err == "rootae: interrupted; nothing was written\n"
    assert out == ""
    assert done.returncode == 128 + number
    assert list(tmp_path.iterdir()) == []
    assert large.read_bytes() == before


def test_a_bug_is_one_line_too(tmp_path: Path) -> None:
    code = (
        "import sys, rootae.operations.info; from rootae.cli import main\n"
        "sys.modules['rootae.operations.info'].info = lambda _: 1 / 0\n"
        "sys.argv = ['rootae', 'info', 'x.root']; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 1
    assert done.stderr.startswith("rootae: ZeroDivisionError: ")
    assert len(done.stderr.splitlines()) == 1


# networks


@pytest.mark.parametrize("missing", ["torch", pytest.param("onnx", marks=pytest.mark.slow)])
def test_networks_need_torch_and_onnx(events: Path, tmp_path: Path, missing: str) -> None:
    code = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from rootae.cli import main; sys.argv[0] = 'rootae'; main()"
    )
    asked = ["compress", str(events), str(tmp_path / "c.root"), "--family", "predictor"]
    command = [sys.executable, "-c", code, *asked]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"rootae: family predictor needs {missing}: ")
    assert "pip install 'rootae[train]'" in done.stderr
    assert "--family diagram" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
