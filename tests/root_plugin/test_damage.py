"""Damaged files: whatever ROOT reads of coded columns is the original's, or an error."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
import uproot
from plugged import interpreted, three_blocks
from samples import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

DAMAGED = PROJECT / "tests" / "root_plugin" / "damaged.cxx"
POSITIONS = 300
ENTRIES = """
#include <TError.h>
void entries(const char* path) {
   std::unique_ptr<TFile> file(TFile::Open(path));
   auto tree = file->Get<TTree>("Events");
   printf("%d\\n", tree->GetBranch("Jet_pt")->GetEntry(0));
}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a file of three blocks, and the same one as small.root."""
    return three_blocks(tmp_path_factory.mktemp("damaged"), 600)


def baskets(path: Path) -> list[int]:
    """Return the positions of all bytes of baskets, keys included.

    Headers of trees, lists of keys and what a file says of classes are ROOT's to read before the
    plug-in sees anything: it believes them in any file, and may crash where they are damaged.
    """
    found: list[int] = []
    with uproot.open(path) as file:
        for name in ("Events", "rootae/codecs", "rootae/trees/Events"):
            for branch in file[name].branches:
                places = zip(
                    branch.member("fBasketSeek"), branch.member("fBasketBytes"), strict=True
                )
                for first, size in places:
                    found += range(first, first + size)
    return found


@pytest.mark.slow
def test_no_byte_that_is_wrong_gives_a_wrong_value_or_a_crash(plugin: Path, folder: Path) -> None:
    small = folder / "small.root"
    positions = sorted(random.Random(0).sample(baskets(small), POSITIONS))
    listed = ", ".join(f"{p}LL" for p in positions)
    macro = folder / "damage.C"
    macro.write_text(
        f'#include "{DAMAGED}"\nvoid damage() {{ damaged_files("{folder / "events.root"}", '
        f'"{small}", "Events", {{{listed}}}, "{folder}"); }}\n'
    )
    done = interpreted(plugin, macro, folder)
    said = dict(
        line.rsplit(" ", 1) for line in done.stdout.splitlines() if "Processing" not in line
    )
    assert {*said} <= {"same", "refused"}, done.stdout
    assert int(said["same"]) + int(said["refused"]) == POSITIONS
    assert int(said["refused"]) > POSITIONS // 4


@pytest.mark.slow
def test_a_damaged_block_is_an_error_that_names_file_tree_and_block(
    plugin: Path, folder: Path
) -> None:
    damaged = folder / "one.root"
    with uproot.open(folder / "small.root") as file:
        key = file["rootae/trees/Events"]["blobs"].basket_key(0)
        first, size = key.data_cursor.index, key.data_uncompressed_bytes
    data = bytearray((folder / "small.root").read_bytes())
    for place in range(first, first + size):
        data[place] ^= 0x20
    damaged.write_bytes(data)
    macro, call = folder / "entries.C", folder / "call.C"
    macro.write_text(ENTRIES)
    call.write_text(f'#include "{macro}"\nvoid call() {{ entries("{damaged}"); }}\n')
    done = interpreted(plugin, call, folder)
    assert done.stdout.splitlines()[-1] == "-1", done.stderr
    assert "one.root:Events, block 0: " in done.stderr
