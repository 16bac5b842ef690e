"""Files that lie elsewhere, by XRootD and by http, in both orders of loading."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from plugged import interpreted, three_blocks
from samples import PROJECT
from served import Http, xrootd

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REMOTE = PROJECT / "tests" / "root_plugin" / "remote.cxx"
ORDERS = ("plug-in first", "scheme first")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a file of three blocks, and the same one as small.root."""
    return three_blocks(tmp_path_factory.mktemp("elsewhere"), 3000)


@pytest.fixture(scope="module", params=["root", "http"])
def url(folder: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Return where the folder is served."""
    if request.param == "root":
        with xrootd(folder) as port:
            yield f"root://localhost:{port}/"
    else:
        with contextlib.closing(Http(folder)) as server:
            yield server.url


def said(plugin: Path | None, url: str, folder: Path, order: str, *, mended: bool) -> list[str]:
    """Return what ROOT prints of a file, with the plug-in or without."""
    mend = "mend_http(); " if mended else ""
    load = f'gSystem->Load("{plugin}"); ' if plugin else ""
    first = load + mend if order == ORDERS[0] else mend + load
    macro = folder / "call.C"
    macro.write_text(f'#include "{REMOTE}"\nvoid call() {{ {first}read_remote("{url}"); }}\n')
    done = interpreted(None, macro, folder)
    assert done.returncode == 0, done.stderr[-2000:]
    return [line for line in done.stdout.splitlines() if "Processing" not in line]


@pytest.mark.slow
@pytest.mark.parametrize("order", ORDERS)
def test_what_lies_elsewhere_is_read_as_the_original(
    plugin: Path, folder: Path, url: str, order: str
) -> None:
    is_http = url.startswith("http")
    wanted = said(None, f"{url}/events.root", folder, order, mended=is_http)
    if wanted == ["cannot be opened"]:
        pytest.skip("this ROOT has no class for http")
    assert len(wanted) > 8
    for name in ("events", "small"):
        found = said(plugin, f"{url}/{name}.root", folder, order, mended=is_http)
        assert found == wanted


@pytest.mark.slow
def test_http_that_root_itself_lacks_is_an_error(plugin: Path, folder: Path) -> None:
    with contextlib.closing(Http(folder)) as server:
        found = [
            said(way, f"{server.url}/{name}.root", folder, ORDERS[0], mended=False)
            for way, name in ((None, "events"), (plugin, "events"), (plugin, "small"))
        ]
    assert found[0] == found[1] == found[2]
