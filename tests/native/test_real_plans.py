"""Plans and programs of real files are those of Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import uproot
from native.plans import known_of
from native.test_plan import agreed
from native.test_program import agreed as agreed_program
from second import as_stored

import rootae
from rootae.codec.lane import CENTRED, CONTEXTS, DERIVED, PLAIN
from rootae.codec.layout import Layout
from rootae.container.codecs import CODEC, load_codec
from rootae.container.side_tree import CODECS

if TYPE_CHECKING:
    from pathlib import Path

    from rootae.codec.plan.plan import Lane

FILES: dict[str, dict[str, Any]] = {
    "mc/jpsi.root": {"lossy": True, "family": "plain"},
    "edge/uproot-HZZ-objects.root": {},
    "edge/hsimple.root": {"bounds": {"*": "rel:1e-3"}},
    "real/cms_hzz.root": {"lossy": True},
}


def mode(lane: Lane) -> int:
    """Return the mode in which a lane takes most from others."""
    if lane.derived is not None:
        return DERIVED
    if lane.contexts is not None:
        return CONTEXTS
    return PLAIN if lane.centre is None else CENTRED


@pytest.mark.parametrize(
    "name", [next(iter(FILES)), *(pytest.param(n, marks=pytest.mark.slow) for n in [*FILES][1:])]
)
def test_plans_of_real_files_are_read_alike(shared: Path, tmp_path: Path, name: str) -> None:
    source, out = shared / name, tmp_path / "out.root"
    if not source.is_file():
        pytest.skip(f"{name} is not there")
    rootae.compress(source, out, **FILES[name])
    with as_stored(), uproot.open(out) as file:
        row = np.asarray(file[CODECS][CODEC].array(library="np")[0], np.uint8).tobytes()
    codec = load_codec(row)
    known = known_of(codec)
    assert agreed(known, name)
    tree = codec.plan.trees[0]
    modes = bytes(mode(lane) for group in tree.groups for lane in group.lanes)
    agreed_program(known, tree, range(len(modes)), modes)
    for wanted in ([i] for i in range(min(len(modes), 40))):
        agreed_program(known, tree, wanted, modes)
    assert len(Layout(tree).within) == len(modes)
