"""What was asked for: promises, and a codec or how to learn one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from samples import write_columns

import rootae
from rootae.errors import ArgumentError, NameNotFound
from rootae.operations.info import info
from rootae.operations.request import Request
from rootae.source.source import Source
from rootae.training.options import Learning, Options

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a file, and a codec of it that keeps a column plain."""
    folder: Path = tmp_path_factory.mktemp("request")
    columns = {"x": np.arange(3000), "q": np.arange(3000) % 5, "r": np.arange(3000) % 3}
    path = write_columns(folder / "in.root", columns)
    rootae.train([path], folder / "codec.root", family="plain", keep_plain=["q"])
    return path, folder / "codec.root"


def test_without_a_codec_one_is_learned_as_asked(files: tuple[Path, Path]) -> None:
    options = Options(keep_plain=("r",), family="diagram", seed=2)
    with Source.open(files[0]) as source:
        request = Request.of(source, options)
    assert (request.codec, request.by, request.kept) == (None, options, ("r",))
    assert (request.backend, request.recompressed, request.drop) == ("auto", False, False)


def test_beside_a_codec_there_is_no_learning(files: tuple[Path, Path]) -> None:
    options = Options(keep_plain=("r",), lossy=True, family="diagram", seed=2)
    with Source.open(files[0]) as source:
        request = Request.of(source, options, str(files[1]), compression=505)
    assert request.codec is request.by is not None
    assert not isinstance(request.promises, Learning)
    assert (request.promises.lossy, request.kept) == (True, ("r", "q"))
    assert (request.recompressed, request.setting.level) == (True, 5)


def test_what_was_asked_of_learning_is_on_record_all_the_same(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    path, codec = files
    options: dict[str, Any] = {"family": "diagram", "seed": 2, "backend": "uproot"}
    rootae.compress(path, tmp_path / "out.root", codec=codec, **options)
    (record,) = info(tmp_path / "out.root").provenance
    assert (record["options"]["family"], record["options"]["seed"]) == ("diagram", 2)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"family": "predicter"}, NameNotFound, "did you mean 'predictor'"),
        ({"steps": 2, "epochs": 3}, ArgumentError, "give one of them"),
        ({"history": "curves.png"}, ArgumentError, "name of its own picture"),
        ({"seeds": 1}, NameNotFound, "did you mean 'seed'"),
    ],
)
def test_wrong_options_of_learning_are_refused_beside_a_codec(
    files: tuple[Path, Path],
    tmp_path: Path,
    options: dict[str, Any],
    error: type[Exception],
    message: str,
) -> None:
    path, codec = files
    with pytest.raises(error, match=message):
        rootae.compress(path, tmp_path / "out.root", codec=codec, **options)
    assert not list(tmp_path.iterdir())


def test_a_request_that_cannot_be_met_is_refused_at_once(files: tuple[Path, Path]) -> None:
    with Source.open(files[0]) as source:
        with pytest.raises(NameNotFound, match="no backend 'uprot'"):
            Request.of(source, Options(), backend="uprot")
        with pytest.raises(ArgumentError, match="compression 17 is unknown"):
            Request.of(source, Options(), compression=17)
