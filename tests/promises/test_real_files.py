"""Files of real experiments and of simulations, as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import uproot
from comparison import compare

import rootae
from rootae.writer.file import write

if TYPE_CHECKING:
    from pathlib import Path

SMALL = {  # the file, and the options that every run of the tests tries
    "mc/jpsi.root": ("lossy",),
    "real/higgs_uci_slice.root": ("exact", "rel"),
    "edge/uproot-empty.root": ("exact",),
    "edge/nano_dy_empty.root": (),
    "edge/TNtuple.root": ("exact",),
    "edge/hsimple.root": ("lossy",),
}
LARGE = [
    "mc/ttbar.root",
    "mc/ttbar_nanoaod.root",
    "mc/zmumu.root",
    "real/cms_dimuons_100k.root",
    "real/lhcb_z0_0.root",
    "real/cms_nanoaod_v5.root",
]
OPTIONS: dict[str, dict[str, Any]] = {
    "exact": {},
    "lossy": {"lossy": True},
    "rel": {"bounds": {"*": "rel:1e-3"}},
}


@pytest.mark.parametrize(
    ("name", "options"),
    [
        pytest.param(name, options, marks=[] if options in quick else pytest.mark.slow)
        for name, quick in SMALL.items()
        for options in OPTIONS
    ],
)
def test_real_files_come_back(shared: Path, tmp_path: Path, name: str, options: str) -> None:
    source, out = shared / name, tmp_path / "out.root"
    rootae.compress(source, out, family="plain", **OPTIONS[options])
    rootae.verify(out, source)
    compare(source, out)


@pytest.mark.slow
@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("name", LARGE)
def test_large_files_come_back(shared: Path, tmp_path: Path, name: str, options: str) -> None:
    source, out = shared / name, tmp_path / "out.root"
    rootae.compress(source, out, family="plain", **OPTIONS[options])
    rootae.verify(out, source)
    compare(source, out)
    if out.stat().st_size > 1_000_000:
        limit = max(source.stat().st_size, rewritten(source, tmp_path / "plain.root"))
        assert out.stat().st_size <= 1.03 * limit


def rewritten(source: Path, target: Path) -> int:
    """Return the size of a plain rewrite with uproot in the same compression."""
    from rootae.source.source import Source

    with Source.open(source) as opened:
        setting = opened.compression or uproot.ZSTD(5)
        write(opened, target, None, lambda _: {}, compression=setting, drop_unsupported=True)
    return target.stat().st_size
