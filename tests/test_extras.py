"""Optional packages: what needs which, and what needs none."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from samples import write_columns

import rootae
from rootae.errors import MissingDependency
from rootae.extras import needed

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_installed_is_imported() -> None:
    assert needed("json", "reading", "") is json


def test_what_is_missing_is_named_with_the_way_to_install_it() -> None:
    with pytest.raises(MissingDependency, match=r"^fits needs no_such: pip install no-such$"):
        needed("no_such.part", "fits", "pip install no-such")


def test_a_missing_package_is_an_import_error_too() -> None:
    with pytest.raises(ImportError):
        needed("no_such", "fits", "pip install no-such")


@pytest.fixture(scope="module")
def dependent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of columns that say much of each other."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=20_000)
    noise = rng.normal(size=(3, len(x))) * 0.1
    columns = {k: (x + e).astype("f4") for k, e in zip("abc", noise, strict=True)}
    return write_columns(tmp_path_factory.mktemp("dependent") / "in.root", columns)


WITHOUT = """
import json, sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "onnx"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Blocker())
import rootae
source, target, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
try:
    report = rootae.compress(source, target, bounds={"*": "rel:1e-3"}, backend="uproot", **options)
except rootae.MissingDependency as error:
    print(json.dumps(str(error)))
else:
    rootae.verify(target, source)
    print(json.dumps([report.codec, report.notes, report.trees[0].training[0]["family"]]))
"""


def without(source: Path, target: Path, **options: Any) -> Any:
    """Compress where neither torch nor onnx is installed."""
    command = [sys.executable, "-c", WITHOUT, str(source), str(target), json.dumps(options)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


NETWORKS = "networks were not tried: pip install 'rootae[train]'"


@pytest.mark.parametrize(
    ("options", "notes"),
    [
        ({}, [NETWORKS]),
        ({"effort": "fast"}, []),  # asks for no networks
        pytest.param({"family": "diagram"}, [], marks=pytest.mark.slow),
        pytest.param({"device": "auto"}, [NETWORKS], marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_diagrams_are_learned_without_torch_and_auto_says_what_it_left_out(
    dependent: Path, tmp_path: Path, options: dict[str, Any], notes: list[str]
) -> None:
    codec, told, family = without(dependent, tmp_path / "out.root", **options)
    assert (told, family) == (notes, "diagram")
    assert rootae.read_codec(tmp_path / "out.root").id == codec


def test_what_is_learned_by_counting_is_the_same_with_torch_and_without(
    dependent: Path, tmp_path: Path
) -> None:
    options: dict[str, Any] = {"family": "diagram", "backend": "uproot"}
    here = rootae.compress(dependent, tmp_path / "a.root", bounds={"*": "rel:1e-3"}, **options)
    there, *_ = without(dependent, tmp_path / "b.root", family="diagram")
    assert here.codec == there


@pytest.mark.parametrize(
    "options",
    [
        {"family": "predictor"},
        {"latents": 2},
        *(pytest.param(o, marks=pytest.mark.slow) for o in ({"family": "aae"}, {"net": "conv"})),
    ],
    ids=str,
)
def test_networks_that_are_asked_for_need_torch(
    dependent: Path, tmp_path: Path, options: dict[str, Any]
) -> None:
    told = without(dependent, tmp_path / "out.root", **options)
    assert "pip install 'rootae[train]'" in told
    assert list(tmp_path.iterdir()) == []
