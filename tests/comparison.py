"""Two files compared with plain uproot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import uproot
from samples import same

import rootae
from rootae.rootio.branch_values import read
from rootae.schema.bounds.deviation import deviation

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from rootae.schema.bounds.bound import Bound


def flat(array: Any) -> NDArray[Any]:
    layout = array.layout.to_packed()
    while hasattr(layout, "content"):
        layout = layout.content
    return np.asarray(layout.data)


def compare(source: Path, packed: Path) -> None:
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


def compare_branch(one: Any, two: Any, bound: Bound) -> None:
    x, y = read(one, 0, one.num_entries), two.array()  # uproot misreads packed numbers
    assert x.layout.form == y.layout.form, one.name
    if bound.kind == "exact":
        assert same(x, y), one.name
        return
    assert one.typename == two.typename
    u, v = flat(x), flat(y)
    assert u.shape == v.shape
    assert not deviation(u, v, bound)[1].any(), one.name
