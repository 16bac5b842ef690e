"""What was checked is what lies in the finished file: any damage in between is found."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import uproot
from coding import coded

import rootae
import rootae.source.tree
from rootae.checks.values import verify_against
from rootae.codec.tree import TreeCoder
from rootae.container.side_tree import BLOBS, BLOCK, ENTRY, HEAD, SideTree
from rootae.errors import BoundError, CorruptError, RootaeError
from rootae.operations import compress as operation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rootae.codec.block import Block
    from rootae.codec.decoder import Decoder
    from rootae.schema.values import Values

RNG = np.random.default_rng(5)


Damage = Callable[[Path, Callable[[], Any]], Any]  # done to the part file, with its check


@pytest.fixture(autouse=True)
def _several_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rootae.source.tree, "ROWS_AT_MOST", 4000)


@pytest.fixture
def between(
    events: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., rootae.Report]:
    """Return a function that does something to the part file before it is checked."""
    check = verify_against

    def run(damage: Damage, **options: Any) -> rootae.Report:
        def damaged(part: Path, *arguments: Any, **written: Any) -> Any:
            assert written["written"]
            return damage(part, lambda: check(part, *arguments, **written))

        monkeypatch.setattr(operation, "verify_against", damaged)
        return rootae.compress(events, tmp_path / "out.root", family="plain", **options)

    return run


def baskets(path: Path) -> dict[tuple[str, str], tuple[int, int]]:
    """Return place and size of baskets: of blobs, directories, carriers, entries' own records, of
    what passes through, and of the codec; and of an object's key."""
    found = {}
    with uproot.open(path) as file:
        tree, side = file["Events"], file["rootae/trees/Events"]
        hidden = coded(tree)._hidden
        for branch in (side[BLOBS], side[HEAD], hidden[BLOCK], hidden[ENTRY]):
            found["Events", branch.name] = branch
        for name in ("Jet_pt", "label", "nJet"):
            found["Events", name] = tree[name]
        found["deep/er/Events", "x"] = file["deep/er/Events"]["x"]  # too small to be coded
        found["rootae", "codec"] = file["rootae/codecs"]["codec"]
        ranges = {
            key: (int(b.member("fBasketSeek")[0]), int(b.member("fBasketBytes")[0]))
            for key, b in found.items()
        }
        key = file.key("deep/counts")
        return ranges | {("deep", "counts"): (int(key.fSeekKey), int(key.fNbytes))}


def outcomes(
    path: Path, offsets: Sequence[int], check: Callable[[], object]
) -> dict[int, str | None]:
    """Return what a check says of the file with a byte turned over, for each offset."""
    data = path.read_bytes()
    found: dict[int, str | None] = {}
    for at in offsets:
        turned = bytearray(data)
        turned[at] ^= 0xFF
        path.write_bytes(turned)
        try:
            check()
        except RootaeError as error:
            found[at] = str(error)
        except Exception as error:
            found[at] = f"{type(error)}"
        else:
            found[at] = None
    path.write_bytes(data)
    return found


def test_a_turned_byte_in_anything_that_is_kept_stops_the_command(
    between: Callable[..., rootae.Report], tmp_path: Path
) -> None:
    def damage(part: Path, check: Callable[[], Any]) -> Any:
        for key, (start, size) in baskets(part).items():
            behind = int.from_bytes(part.read_bytes()[start + 14 : start + 16], "big")  # its key
            inner = [start + behind + (size - behind) * k // 5 for k in (2, 3)]
            for at, said in outcomes(part, inner, check).items():
                assert said is not None, (key, at - start, size)
        return check()

    assert between(damage).trees[0].coded
    assert (tmp_path / "out.root").exists()


@pytest.mark.parametrize("step", [50, pytest.param(25, marks=pytest.mark.slow)])
def test_damage_to_the_files_records_is_found_before_the_file_appears(
    between: Callable[..., rootae.Report], events: Path, step: int
) -> None:
    def damage(part: Path, check: Callable[[], Any]) -> Any:
        with uproot.open(part) as file:
            key = file["rootae"].key("files")
        offsets = [*range(key.fSeekKey + key.fKeylen, key.fSeekKey + key.fNbytes, step)]
        quick = outcomes(part, offsets, check)
        whole = outcomes(part, offsets, lambda: rootae.verify(part, events))
        assert sum(why is not None and "rootae/files" in why for why in quick.values()) > 5
        assert all(quick[at] is not None for at in offsets if whole[at] is not None)
        assert not any("<class" in str(why) for why in (*quick.values(), *whole.values()))
        return check()

    between(damage)


def test_it_finds_wherever_it_lies_what_the_whole_check_finds(
    between: Callable[..., rootae.Report], events: Path
) -> None:
    def damage(part: Path, check: Callable[[], Any]) -> Any:
        offsets = RNG.integers(100, part.stat().st_size, 40).tolist()
        quick = outcomes(part, offsets, check)
        missed = [at for at in offsets if quick[at] is None]
        whole = outcomes(part, missed, lambda: rootae.verify(part, events))
        assert not any(whole.values()), whole
        assert len(missed) < len(offsets) / 2
        return check()

    between(damage)


def test_no_output_appears_where_the_part_was_damaged(
    between: Callable[..., rootae.Report], tmp_path: Path
) -> None:
    def damage(part: Path, check: Callable[[], Any]) -> Any:
        start, size = baskets(part)["Events", BLOBS]
        data = bytearray(part.read_bytes())
        data[start + size // 2] ^= 1
        part.write_bytes(data)
        return check()

    with pytest.raises(CorruptError, match="checksum"):
        between(damage)
    assert not (tmp_path / "out.root").exists()


def test_a_whole_but_other_block_is_found(
    between: Callable[..., rootae.Report], events: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.root"
    rootae.compress(events, other, family="plain", bounds={"Jet_pt": "abs:10"})

    def damage(part: Path, check: Callable[[], Any]) -> Any:
        shutil.copy(other, part)
        return check()

    with pytest.raises(CorruptError, match="another than was checked"):
        between(damage)


def test_what_is_written_is_what_was_checked(
    events: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A block that changes on its way from the check to the file has checksums of its own."""
    own = SideTree.add

    def add(self: Any, block: Block, *more: Any) -> Any:
        blobs = list(block.blobs)
        longest = max(range(len(blobs)), key=lambda i: len(blobs[i]))
        blobs[longest] = blobs[longest][:-1] + bytes([blobs[longest][-1] ^ 1])
        return own(self, dataclasses.replace(block, blobs=tuple(blobs)), *more)

    monkeypatch.setattr(SideTree, "add", add)
    with pytest.raises(CorruptError, match="another than was checked"):
        rootae.compress(events, tmp_path / "out.root", family="plain")


def test_a_missing_block_is_found(
    events: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, left = SideTree.add, [1]

    def add(self: Any, block: Block, *more: Any) -> Any:
        return own(self, block, *more) if not left or left.pop() is None else 7

    monkeypatch.setattr(SideTree, "add", add)
    with pytest.raises(RootaeError):
        rootae.compress(events, tmp_path / "out.root", family="plain")


def test_values_are_decoded_once_and_one_block_a_tree_twice(
    between: Callable[..., rootae.Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted in entries: the first check decodes all, the second one the smallest block."""
    done: dict[str, list[int]] = {"first": [], "second": []}
    decoder = TreeCoder.decoder

    def counted(self: TreeCoder, block: Block) -> Decoder:
        done["first"].append(block.entries)
        return decoder(self, block)

    monkeypatch.setattr(TreeCoder, "decoder", counted)

    def damage(_part: Path, check: Callable[[], Any]) -> Any:
        blocks = rootae.container.blocks.StoredTree.decoder

        def again(self: Any, block: int) -> Any:
            done["second"].append(int(self.entries[block]))
            return blocks(self, block)

        monkeypatch.setattr(rootae.container.blocks.StoredTree, "decoder", again)
        return check()

    between(damage)
    assert sum(done["first"]) == 3000
    assert len(done["first"]) > 1
    assert done["second"] == [min(done["first"])]


def test_the_block_that_is_decoded_is_held_against_the_input(
    between: Callable[..., rootae.Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader that decodes something else than the first check did is found."""
    from rootae.reader.tree import CodedTree

    own = CodedTree.decode

    def decode(self: Any, names: Any, start: int, stop: int) -> dict[str, Values]:
        found = own(self, names, start, stop)
        found["MET_pt"].flat[0] += 1
        return found

    def damage(_part: Path, check: Callable[[], Any]) -> Any:
        monkeypatch.setattr(CodedTree, "decode", decode)
        return check()

    with pytest.raises(BoundError, match="MET_pt"):
        between(damage, trees=("Events",))
