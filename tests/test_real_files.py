"""Files of real experiments and of simulations, as they are."""

from __future__ import annotations

import numpy as np
import pytest
import uproot
from conftest import same

import rootae
from rootae.bounds import deviation
from rootae.branchvalues import read
from rootae.writer import compression_of, write

SMALL = {  # the file, and the options that every run of the tests tries
    "mc/jpsi.root": ("exact", "lossy"),
    "real/higgs_uci_slice.root": ("exact", "rel"),
    "edge/uproot-empty.root": ("exact", "lossy", "rel"),
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
OPTIONS = {"exact": {}, "lossy": {"lossy": True}, "rel": {"bounds": {"*": "rel:1e-3"}}}


def flat(array):
    layout = array.layout.to_packed()
    while hasattr(layout, "content"):
        layout = layout.content
    return np.asarray(layout.data)


def compare(source, packed):
    """Hold every value, type and form against the original."""
    with uproot.open(source) as a, rootae.open(packed) as b:
        assert sorted(a.keys(cycle=False)) == sorted(b.keys(cycle=False))
        trees = [k for k, c in a.classnames(cycle=False).items() if c in ("TTree", "TNtuple")]
        for path in dict.fromkeys(trees):
            bounds = b.bounds.get(path, {})
            one, two = a[path], b[path]
            assert one.num_entries == two.num_entries
            assert one.keys(recursive=False) == two.keys(recursive=False)
            for name in one.keys(recursive=False):
                compare_branch(one[name], two[name], bounds.get(name, rootae.Bound("exact")))


def compare_branch(one, two, bound):
    x, y = read(one, 0, one.num_entries), two.array()  # uproot misreads packed numbers
    assert x.layout.form == y.layout.form, one.name
    if bound.kind == "exact":
        assert same(x, y), one.name
        return
    assert one.typename == two.typename
    u, v = flat(x), flat(y)
    assert u.shape == v.shape
    assert not deviation(u, v, bound)[1].any(), one.name


@pytest.mark.parametrize(
    ("name", "options"),
    [
        pytest.param(name, options, marks=[] if options in quick else pytest.mark.slow)
        for name, quick in SMALL.items()
        for options in OPTIONS
    ],
)
def test_real_files_come_back(shared, tmp_path, name, options):
    source, out = shared / name, tmp_path / "out.root"
    rootae.compress(source, out, family="plain", **OPTIONS[options])
    rootae.verify(out, source)
    compare(source, out)


@pytest.mark.slow
@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("name", LARGE)
def test_large_files_come_back(shared, tmp_path, name, options):
    source, out = shared / name, tmp_path / "out.root"
    rootae.compress(source, out, family="plain", **OPTIONS[options])
    rootae.verify(out, source)
    compare(source, out)
    if out.stat().st_size > 1_000_000:
        limit = max(source.stat().st_size, rewritten(source, tmp_path / "plain.root"))
        assert out.stat().st_size <= 1.03 * limit


def rewritten(source, target):
    """Return the size of a plain rewrite with uproot in the same compression."""
    from rootae.source import Source

    with Source.open(source) as opened:
        setting = compression_of(None, opened)
        write(opened, target, None, lambda _: {}, compression=setting, drop_unsupported=True)
    return target.stat().st_size
