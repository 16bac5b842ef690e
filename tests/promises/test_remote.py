"""Remote files: only the bytes that a question needs travel."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import uproot
from samples import write_columns
from served import Http
from travel import assert_little_travels

import rootae
from rootae.errors import ArgumentError, FormatError
from rootae.operations.info import info

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytest.importorskip("aiohttp", reason="aiohttp is not there: pip install 'rootae[remote]'")
COLUMNS = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a file of many columns and its compressed self."""
    folder = tmp_path_factory.mktemp("remote")
    rng = np.random.default_rng(0)
    arrays = {f"c{i}": rng.normal(size=6000).astype("f4") for i in range(COLUMNS)}
    arrays["sum"] = arrays["c1"] + arrays["c2"]
    write_columns(folder / "in.root", arrays)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rootae.source.tree.ROWS_AT_MOST", 1500)
        rootae.compress(folder / "in.root", folder / "c.root", family="plain")
    return folder


@pytest.fixture
def server(folder: Path) -> Iterator[Http]:
    with contextlib.closing(Http(folder)) as server:
        yield server


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("opener", [rootae.open, uproot.open])
def test_one_column_costs_its_own_bytes_and_a_little_more(
    server: Http, folder: Path, opener: Callable[..., Any]
) -> None:
    assert_little_travels(server, opener, f"{server.url}/c.root", folder, 1.1 / COLUMNS)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_range_of_entries_costs_its_blocks_and_a_derived_column_its_sources(
    server: Http, folder: Path
) -> None:
    size = (folder / "c.root").stat().st_size
    with uproot.open(folder / "in.root") as plain, rootae.open(f"{server.url}/c.root:t") as tree:
        tree["c0"].array(entry_stop=1)
        server.take()
        part = tree["c3"].array(entry_start=1600, entry_stop=1700, library="np")
        assert np.array_equal(part, plain["t"]["c3"].array(library="np")[1600:1700])
        assert server.take() < 0.3 / COLUMNS * size, "one block of four"
        whole = tree["sum"].array(library="np")
        assert np.array_equal(whole, plain["t"]["sum"].array(library="np"))
        # what lies between two blocks is rather read than left out
        assert server.take() < 2.3 / COLUMNS * size + 3 * (1 << 14)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_columns_that_lie_together_are_one_request_a_block(server: Http, folder: Path) -> None:
    names = [f"c{i}" for i in range(10, 20)]
    with uproot.open(folder / "in.root") as plain, rootae.open(f"{server.url}/c.root:t") as tree:
        tree["c0"].array(entry_stop=1)
        server.take()
        found, wanted = (t.arrays(names, library="np") for t in (tree, plain["t"]))
        assert all(np.array_equal(found[n], wanted[n]) for n in names)
        # of four blocks, the first of which is known: where rows begin, where entries belong, and
        # the blobs
        assert len(server.sent) <= 3 + 3 + 4


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_several_remote_files_are_read_in_one_go(server: Http, folder: Path) -> None:
    paths = [f"{server.url}/c.root:t", f"{folder / 'in.root'}:t"]
    both = uproot.concatenate(paths, ["c5"], library="np")["c5"]
    assert np.array_equal(both[:6000], both[6000:])


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_what_is_not_there_or_no_root_file_is_said(server: Http, folder: Path) -> None:
    with pytest.raises(ArgumentError, match=r"no file http://.*none\.root"):
        rootae.open(f"{server.url}/none.root")
    (folder / "text.root").write_text("this is no ROOT file " * 100)
    with pytest.raises(FormatError, match="not a ROOT file"):
        rootae.open(f"{server.url}/text.root")


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_info_tells_of_files_at_a_port(server: Http, folder: Path) -> None:
    here = info(folder / "c.root").to_json()
    for url in (f"{server.url}/c.root", f"{server.url}/c.root:t"):
        there = info(url).to_json()
        assert there.pop("path") == f"{server.url}/c.root"
        assert there == {k: v for k, v in here.items() if k != "path"}
    done = subprocess.run(
        [sys.executable, "-m", "rootae.cli", "info", url], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert url.removesuffix(":t") in done.stdout.replace("\n", "")
