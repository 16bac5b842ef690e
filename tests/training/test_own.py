"""A family or a net of one's own: a file or a class, held to what rootae's own are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import pytest
import uproot
from samples import PROJECT

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")

import onnxruntime

import rootae
from rootae.operations.conformance import conform
from rootae.operations.export import export
from rootae.training import variants
from rootae.training.families.ae import Family as Plain
from rootae.training.nets.dense import Net

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Command

EXAMPLE = PROJECT / "docs" / "decorrelated.py"


@pytest.fixture(autouse=True)
def _forget() -> Any:
    """Leave no class of a test known."""
    yield
    variants.ADOPTED.clear()


class Ours(Plain):
    """An autoencoder under another name."""


class Narrow(Net):
    """A net under another name."""


def test_the_example_is_short_and_conforms() -> None:
    assert len(EXAMPLE.read_text().splitlines()) < 60
    held = conform(EXAMPLE, steps=5)
    assert [line.partition(":")[0] for line in held] == ["exact", "rel", "abs", "none"]
    assert not any(" 0 decoders" in line for line in held)


@pytest.fixture(scope="module")
def mine(folder: Path, events: Path) -> Path:
    """Return a file that a family from a file coded, and its own setting."""
    options: dict[str, Any] = {"keep_family": True, "steps": 5, "lossy": True, "latents": 2}
    rootae.compress(
        events, folder / "mine.root", family=str(EXAMPLE), settings={"weight": "0.5"}, **options
    )
    return folder / "mine.root"


def test_latents_are_read_entry_by_entry(mine: Path, events: Path, tmp_path: Path) -> None:
    with rootae.open(mine) as file, uproot.open(events) as before:
        codes = file.latents("Events", "Jet")
        assert ak.to_list(ak.num(codes)) == before["Events"]["nJet"].array().to_list()
        assert str(codes.type).endswith("* var * 2 * int64")
        assert file.latents("Events").shape == (before["Events"].num_entries, 2)
        with pytest.raises(rootae.NameNotFound, match="group with latents 'Tau'"):
            file.latents("Events", "Tau")
        with pytest.raises(rootae.NameNotFound, match="coded tree"):
            file.latents("Event")


def test_the_encoder_takes_physics_values(mine: Path, events: Path, tmp_path: Path) -> None:
    """As docs/extending.md shows it: exported, and fed with columns of the original."""
    export(mine, tmp_path / "codec")
    (codec,) = rootae.open(mine).container.codecs.values()
    coder = codec.tree("Events")
    names = [x.column for x in coder.coder("nJet").plan.lanes]
    with uproot.open(events) as file:
        jets = {n: ak.to_numpy(ak.flatten(file["Events"][n].array(), axis=1)) for n in names}
    inputs = coder.encoder_inputs("nJet", jets)
    plan = coder.coder("nJet").plan
    assert plan.encoder is not None
    path = next((tmp_path / "codec").glob(f"encoder*{plan.encoder.network}.onnx"))
    session = onnxruntime.InferenceSession(path)
    (z,) = session.run(None, {session.get_inputs()[0].name: inputs})
    with rootae.open(mine) as file:
        stored = ak.to_numpy(ak.flatten(file.latents("Events", "Jet"), axis=1))
    np.testing.assert_array_equal(np.rint(z).astype(np.int64).T, stored)


def test_a_class_and_a_net_train_a_codec(events: Path, tmp_path: Path) -> None:
    options: dict[str, Any] = {"steps": 3, "keep_family": True}
    codec = rootae.train([events], tmp_path / "c.root", family=Ours, net=Narrow, **options)
    assert codec.plan.training["family"] == "Ours"
    assert codec.plan.training["net"] == "Narrow"
    report = rootae.compress(events, tmp_path / "out.root", codec=codec)
    assert report.codec == codec.id


@pytest.mark.parametrize(
    ("name", "text", "phrase"),
    [
        ("none.py", None, "no file"),
        ("mine.py", "x = 1", "holds no class Family"),
        ("mine.py", "x = ", "cannot be run: SyntaxError"),
        ("mine.py", "1 / 0", "cannot be run: ZeroDivisionError"),
        ("mine.py", "import no_such_package", "needs no_such_package"),
        ("mine.py", "class Family: pass", "has no stages: derive it from"),
        ("ae.py", "from rootae.training.families import ae\nclass Family(ae.Family): pass", "own"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(
    cli: Command, events: Path, tmp_path: Path, name: str, text: str | None, phrase: str
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    done = cli("train", events, "-o", tmp_path / "c.root", "--family", tmp_path / name)
    assert done.exit_code in (1, 2)
    assert len(done.stderr.splitlines()) == 1
    assert re.search(re.escape(phrase), done.stderr)
    assert not (tmp_path / "c.root").exists()


def test_the_command_line_takes_a_file(cli: Command, events: Path, tmp_path: Path) -> None:
    words = ("--family", EXAMPLE, "--set", "weight=2", "--steps", 2, "--keep-family", "--json")
    done = cli("train", events, "-o", tmp_path / "c.root", *words)
    assert done.exit_code == 0, done.stderr
    assert '"family": "decorrelated"' in done.stdout
    done = cli("train", events, "-o", tmp_path / "d.root", "--family", EXAMPLE, "--set", "wait=2")
    assert "family decorrelated" in done.stderr
    assert "did you mean 'weight'" in done.stderr
