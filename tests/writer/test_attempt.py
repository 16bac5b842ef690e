"""What one attempt at a file comes to, by whichever backend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import uproot
from samples import write_tree

import rootae
from rootae.rootio.process.process import installed
from rootae.source.source import Source
from rootae.writer.attempt import Attempt, write
from rootae.writer.provenance import provenance

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from rootae.writer.tree import Sizes

ENTRIES = 4000


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Return a file of two trees, and a codec for one of them."""
    path = tmp_path / "in.root"
    with uproot.recreate(path) as file:
        write_tree(file, "coded", {"x": np.arange(ENTRIES)})
        write_tree(file, "beside", {"x": np.arange(9)})
    rootae.train([f"{path}:coded"], tmp_path / "codec.root", family="plain")
    return path, tmp_path / "codec.root"


@pytest.mark.parametrize("backend", ["uproot", "root"])
def test_an_attempt_says_what_it_came_to(files: tuple[Path, Path], backend: str) -> None:
    path, codec = files[0], rootae.read_codec(files[1])
    if backend == "root" and not installed():
        pytest.skip("ROOT is not installed")
    done: dict[str, int] = {}
    recorded: list[set[str]] = []

    def advance(tree: str, entries: int) -> None:
        done[tree] = done.get(tree, 0) + entries

    def record(sizes: Mapping[str, Sizes]) -> dict[str, Any]:
        made = provenance(source, codec, sizes)
        recorded.append(set(made["trees"]))
        return made

    target = path.with_name("out.root")
    with Source.open(path) as source:
        made = write(
            source, target, codec, record, backend=backend, compression=uproot.ZSTD(5),
            drop_unsupported=False, advance=advance,
        )  # fmt: skip
    assert made == Attempt(target.stat().st_size, made.sizes, ())
    assert {name: size.entries for name, size in made.sizes.items()} == {"coded": ENTRIES}
    assert (done["coded"], recorded) == (ENTRIES, [{"coded"}])
    rootae.verify(target, against=path)
