"""export/FORMAT.md is true: its example decodes, and a reader written from it reads real files."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import cramjam
import format_reader
import numpy as np
import pytest
import uproot

import rootae
from rootae.codec import Codec
from rootae.plan import FORMAT, Plan

ROOT = Path(__file__).parents[1]
NO_NETWORKS = b"\x01" + bytes(cramjam.zstd.compress(b"\0"))
TEXT = (ROOT / "export" / "FORMAT.md").read_text()


def test_version_table_names_the_format_that_is_written() -> None:
    rows = re.findall(r"^\| (\d+) \| \d+\.\d+\.\d+ \|", TEXT, re.MULTILINE)
    assert [int(r) for r in rows] == list(range(1, FORMAT + 1))


def test_example_decodes() -> None:
    (plan,) = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    (block,) = re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL)
    parsed = Plan.from_json(plan)
    assert Codec(parsed).plan.trees[0].path == "t"
    row: dict[str, object] = {}
    for name, digits in map(str.split, block.splitlines()):
        row[name] = np.frombuffer(bytes.fromhex(digits), np.uint8)
    row["crc32"] = zlib.crc32(row["head"])
    codec = format_reader.Codec(plan, b"\0", NO_NETWORKS)
    tree = codec.plan["trees"][0]
    groups = format_reader.block_groups(codec, tree, row)
    wanted = {
        "a": [7, 7, 7],
        "x": [0.19999994, -0.9999997, np.nan],
        "nj": [2, 0, 1],
        "j_pt": [30.154173, 19.894335, 50.46261],
    }
    for name, values in wanted.items():
        flat, counts = format_reader.column(tree, groups, name)
        np.testing.assert_array_equal(flat, np.array(values, flat.dtype))
        assert (counts is None) == (name != "j_pt")


OPTIONS = [
    {"family": "plain"},
    {"family": "plain", "lossy": True},
    {"family": "plain", "bounds": {"*": "rel:1e-5", "*eta*": "abs:1e-9", "*phi*": "none"}},
    {"family": "ae", "lossy": True, "steps": 30},
    {"family": "predictor", "lossy": True, "steps": 30},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_second_reader_agrees_bit_for_bit(options: dict, tmp_path: Path) -> None:
    out = tmp_path / "out.root"
    rootae.compress(ROOT / "demo" / "sample.root", out, **options)
    with uproot.open(out) as file:
        for tree in ("Events", "jets"):
            found = format_reader.read(out, tree)
            assert list(found) == file[tree].keys()
            for name, blocks in found.items():
                returned = file[tree][name].array(library="np")
                flat = np.concatenate([values for values, _ in blocks])
                if blocks[0][1] is not None:
                    counts = np.concatenate([c for _, c in blocks])
                    np.testing.assert_array_equal([len(r) for r in returned], counts)
                    returned = np.concatenate(list(returned))
                assert flat.dtype == returned.dtype
                assert flat.tobytes() == returned.tobytes(), name
