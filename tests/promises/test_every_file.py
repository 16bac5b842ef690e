"""Every shared file, with both backends: kept whole, or stopped with the names of what would go."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from comparison import compare
from samples import SHARED
from wholeness import Digest, assert_whole

import rootae

if TYPE_CHECKING:
    from pathlib import Path

CODED, COPIED, STOPPED = "coded", "copied byte for byte", "stopped with names"
COUNTS = {  # what becomes of the 64 files
    "uproot": {CODED: 37, COPIED: 11, STOPPED: 16},
    "root": {CODED: 53, COPIED: 11, STOPPED: 0},
}
NO_ROWS_TO_CODE = {  # nothing in these is worth coding
    "real/alice_double32.root",
    "edge/histograms1d2d.root",
    "edge/triply_jagged_via_custom_class.root",
    "edge/uproot-demo-double32.root",
    "edge/uproot-issue-880.root",
    "edge/uproot-issue187.root",
    "edge/uproot-issue31.root",
    "edge/uproot-issue327.root",
    "edge/uproot-mc10events.root",
    "edge/uproot-small-evnt-tree-fullsplit.root",
    "edge/uproot-small-evnt-tree-nosplit.root",
}
ONLY_ROOT_WRITES = {  # a word of what uproot would lose
    "edge/TNtuple.root": "n1: its class TNtuple",
    "edge/TNtupleD.root": "n1: its class TNtupleD",
    "edge/hsimple.root": "ntuple: its class TNtuple",
    "edge/uproot-hepdata-example.root": "ntuple: its class TNtuple",
    "edge/cms_ntuple_wjet.root": "variable:met_p4",
    "edge/edm4hep.root": "events:CaloHitContributionCollection",
    "edge/pduneana.root": "pduneana/beamana:reco_daughter_PFP_true_byHits_process",
    "edge/uproot-HZZ-objects.root": "events:jetp4",
    "edge/uproot-issue-589.root": "events:MC_px",
    "edge/uproot-issue-643.root": "ntuple0/objects:emcalo",
    "edge/uproot-nesteddirs.root": "three/tree:evt",
    "edge/uproot-small-dy-nooffsets.root": "tree:Jet_jetId",
    "edge/uproot-stl_containers.root": "tree:vector_string",
    "real/atlas_physlite.root": "CollectionTree:METAssoc_AnalysisMETAux.",
    "real/cms_treemaker.root": "PreSelection:Electrons",
    "real/fcc_winter2023.root": "events:ReconstructedParticles",
}
FILES = sorted(str(p.relative_to(SHARED)) for p in SHARED.rglob("*.root"))


def expected(backend: str, name: str) -> tuple[str, str]:
    """Return what becomes of a file, and what the message says."""
    if name in NO_ROWS_TO_CODE:
        return COPIED, ""
    if backend == "uproot" and name in ONLY_ROOT_WRITES:
        return STOPPED, ONLY_ROOT_WRITES[name]
    return CODED, ""


def compressed(path: Path, folder: Path, backend: str) -> rootae.Report:
    """Compress a file; small trees too, as they are with a codec at hand."""
    codec: Path | None = folder / "codec.root"
    try:
        rootae.train([path], folder / "codec.root", family="plain")
    except rootae.RootaeError:  # there are no numbers in it
        codec = None
    options: dict[str, Any] = {"family": "plain", "backend": backend, "codec": codec}
    return rootae.compress(path, folder / "small.root", **options)


@pytest.mark.parametrize("backend", COUNTS)
def test_the_table_counts_every_file(shared: Path, backend: str) -> None:
    assert Counter(expected(backend, name)[0] for name in FILES) == Counter(COUNTS[backend])


def outcome_of(name: str, backend: str, folder: Path) -> str:
    """Compress a file, hold what becomes of it against the table, and say whether it was coded."""
    path, small = SHARED / name, folder / "small.root"
    outcome, words = expected(backend, name)
    if outcome == STOPPED:
        with pytest.raises(rootae.RootaeError, match=words):
            compressed(path, folder, backend)
        assert not small.exists()
        return outcome
    report = compressed(path, folder, backend)
    assert (report.codec is None) == (outcome == COPIED)
    if outcome == COPIED:
        assert small.read_bytes() == path.read_bytes()
    return outcome


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_with_root_a_file_is_kept_whole(name: str, digest: Digest, tmp_path: Path) -> None:
    if outcome_of(name, "root", tmp_path) == CODED:
        assert_whole(SHARED / name, tmp_path / "small.root", tmp_path / "again.root", digest)


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_with_uproot_a_file_is_kept_whole_or_names_what_is_not(name: str, tmp_path: Path) -> None:
    if outcome_of(name, "uproot", tmp_path) == CODED:
        rootae.verify(tmp_path / "small.root", against=SHARED / name)
        compare(SHARED / name, tmp_path / "small.root")
