"""Damaged files: whatever ROOT reads of coded columns is the original's, or an error."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
import uproot
from plugged import interpreted, printed, python, three_blocks
from samples import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

DAMAGED = PROJECT / "tests" / "root_plugin" / "damaged.cxx"
POSITIONS = 300
PIECE = 9  # bytes that say how what is behind them was compressed
ENTRIES = """
#include <TError.h>
#include <TTreeReader.h>
#include <TTreeReaderValue.h>
void entries(const char* path) {
   std::unique_ptr<TFile> file(TFile::Open(path));
   auto tree = file->Get<TTree>("Events");
   printf("%d\\n", tree->GetBranch("Jet_pt")->GetEntry(0));
   TTreeReader reader(tree);
   TTreeReaderValue<float> met(reader, "MET_pt");  // arrays crash in any damaged file
   reader.Next();
   met.Get();
   printf("%d\\n", met.GetReadStatus() == ROOT::Internal::TTreeReaderValueBase::kReadError);
}
"""
FRAME = """
import sys, rootae
try:
    rootae.rdataframe(sys.argv[1], "Events").Sum("MET_pt").GetValue()
    print("read")
except Exception as error:
    print(error)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a file of three blocks, and the same one as small.root."""
    return three_blocks(tmp_path_factory.mktemp("damaged"), 600)


def baskets(path: Path) -> list[int]:
    """Return the positions of all bytes of baskets, keys included.

    Lists of keys and what ROOT itself wrote of trees and classes are ROOT's to read before the
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


def headers(path: Path) -> list[int]:
    """Return the positions of what the file says of its tree and of its classes, compressed."""
    with uproot.open(path) as file:
        keys = [file.key("Events"), *(file["rootae"].key(n) for n in ("codecs", "trees"))]
        ends = [(k.fSeekKey + k.fKeylen, k.fSeekKey + k.fNbytes) for k in keys[:2]]
        first = file.file.fSeekInfo
        with path.open("rb") as raw:
            raw.seek(first + 14)
            length = int.from_bytes(raw.read(2), "big")  # of its key
        ends.append((first + length, first + file.file.fNbytesInfo))
    return [p for first, last in ends for p in range(first + PIECE, last)]


def ended(plugin: Path, folder: Path, call: str, positions: list[int]) -> dict[str, int]:
    """Return how reading ended that was tried with each of the bytes turned over, and how often."""
    listed = ", ".join(f"{p}LL" for p in positions)
    files = f'"{folder / "events.root"}", "{folder / "small.root"}"'
    said = printed(plugin, DAMAGED, f'{call}({files}, "Events", {{{listed}}}, "{folder}")', folder)
    found = dict(line.rsplit(" ", 1) for line in said)
    assert {*found} <= {"same", "refused"}, said
    return {how: int(times) for how, times in found.items()}


@pytest.mark.slow
@pytest.mark.parametrize(("call", "at_least"), [("damaged_files", 75), ("damaged_frames", 30)])
def test_no_byte_that_is_wrong_gives_a_wrong_value_or_a_crash(
    plugin: Path, folder: Path, call: str, at_least: int
) -> None:
    positions = sorted(random.Random(0).sample(baskets(folder / "small.root"), POSITIONS))
    found = ended(plugin, folder, call, positions)
    assert sum(found.values()) == POSITIONS
    assert found["refused"] > at_least


@pytest.mark.slow
def test_what_a_file_says_of_its_trees_is_refused_where_it_is_damaged(
    plugin: Path, folder: Path
) -> None:
    positions = sorted(random.Random(0).sample(headers(folder / "small.root"), POSITIONS))
    found = ended(plugin, folder, "damaged_files", positions)
    assert sum(found.values()) == POSITIONS


@pytest.fixture(scope="module")
def damaged(folder: Path) -> Path:
    """Return a copy of small.root whose first block is damaged throughout."""
    path = folder / "one.root"
    with uproot.open(folder / "small.root") as file:
        key = file["rootae/trees/Events"]["blobs"].basket_key(0)
        first, size = key.data_cursor.index, key.data_uncompressed_bytes
    data = bytearray((folder / "small.root").read_bytes())
    for place in range(first, first + size):
        data[place] ^= 0x20
    path.write_bytes(data)
    return path


@pytest.mark.slow
def test_a_damaged_block_is_an_error_that_names_file_tree_and_block(
    plugin: Path, folder: Path, damaged: Path
) -> None:
    macro, call = folder / "entries.C", folder / "call.C"
    macro.write_text(ENTRIES)
    call.write_text(f'#include "{macro}"\nvoid call() {{ entries("{damaged}"); }}\n')
    done = interpreted(plugin, call, folder)
    assert done.stdout.splitlines()[-2:] == ["-1", "1"], done.stderr
    assert "one.root:Events, block 0: " in done.stderr


@pytest.mark.slow
def test_a_frame_throws_what_names_file_tree_and_block(
    plugin: Path, folder: Path, damaged: Path
) -> None:
    said = printed(plugin, DAMAGED, f'damaged_frame("{damaged}", "Events")', folder)
    assert len(said) == 2
    assert all(line.startswith("thrown ") for line in said), said
    assert all("one.root:Events, block 0: " in line for line in said), said
    done = python(FRAME, folder, damaged)
    assert "one.root:Events, block 0: " in done.stdout, done.stderr
