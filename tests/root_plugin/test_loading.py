"""`import rootae` loads the plug-in beside PyROOT where it is built, and does nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from plugged import python

if TYPE_CHECKING:
    from pathlib import Path

ORDERS = {
    "rootae first": "import rootae, ROOT",
    "ROOT first": "import ROOT, rootae",
    "ROOT started": "import ROOT; ROOT.gROOT; import rootae",
}
SHOWN = """
import sys
{order}
file = ROOT.TFile.Open(sys.argv[1])
print(*sorted(str(b.GetName()) for b in file.Get("Events").GetListOfBranches()))
"""


def test_it_starts_nothing() -> None:
    code = (
        "import sys, rootae\n"
        "print(*sorted({'ROOT', 'cppyy'} & set(sys.modules)), sum('Watch' in type(f).__name__"
        " for f in sys.meta_path))"
    )
    for value, found in (("on", ["1"]), ("off", ["0"])):
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "ROOTAE_PLUGIN": value},
        )
        assert done.stdout.split() == found


def test_another_cppyy_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "cppyy.py").write_text("here = 1\n")
    done = python("import rootae, cppyy; print(cppyy.here)", tmp_path)
    assert done.stdout.split() == ["1"], done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("order", ORDERS)
def test_pyroot_reads_compressed_files(plugin: Path, muons: Path, order: str) -> None:
    done = python(SHOWN.format(order=ORDERS[order]), muons, "small.root")
    names = ["Muon_charge", "Muon_eta", "Muon_mass", "Muon_phi", "Muon_pt", "PV_npvs", "event"]
    assert set(names) <= set(done.stdout.split()), done.stderr
    assert not any(name.endswith("__rae") for name in done.stdout.split())


@pytest.mark.slow
@pytest.mark.parametrize("variables", [{"ROOTAE_PLUGIN": "off"}, {"XDG_CACHE_HOME": "/nowhere"}])
def test_what_is_not_built_or_not_wanted_is_not_loaded(
    plugin: Path, muons: Path, variables: dict[str, str]
) -> None:
    done = python(SHOWN.format(order=ORDERS["rootae first"]), muons, "small.root", **variables)
    assert "Muon_pt__rae" in done.stdout.split(), done.stderr


@pytest.mark.slow
def test_processes_that_write_see_files_as_they_are(
    plugin: Path, muons: Path, tmp_path: Path
) -> None:
    code = (
        "import sys, rootae\n"
        "rootae.decompress('small.root', sys.argv[1], backend='root')\n"
        "rootae.merge(['small.root', 'small.root'], sys.argv[2])\n"
        "import uproot\n"
        "a, b, c = (uproot.open(p)['Events'] for p in (*sys.argv[1:3], 'events.root'))\n"
        "assert a.keys() == b.keys() == c.keys()\n"
        "assert b.num_entries == 2 * a.num_entries == 2 * c.num_entries\n"
    )
    done = python(code, muons, tmp_path / "a.root", tmp_path / "b.root")
    assert done.returncode == 0, done.stderr
