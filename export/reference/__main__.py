"""Print the coded columns of a file, or save them: python export/reference FILE.root."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # where `reference` lies

from reference.damage import Damaged
from reference.file import File

if TYPE_CHECKING:
    from reference.block import Values

_SHOWN = 6


def named(tree: str, name: str, values: Values) -> dict[str, np.ndarray]:
    """Return a column's arrays by the names that they are saved under."""
    kinds = ["counts", "inner counts"]
    counts = dict(zip(kinds, values.counts, strict=False))
    own = f"{tree}/{name}"
    return {own: values.flat} | {f"{own} {kind}": array for kind, array in counts.items()}


def line(tree: str, name: str, values: Values) -> str:
    """Return a line on a column: its type, how many rows, in how many lists, and the first few."""
    flat = values.flat
    some = np.array2string(flat.reshape(-1)[:_SHOWN], separator=" ", max_line_width=10_000)
    rows = " in ".join(str(len(x)) for x in (flat, *reversed(values.counts)))
    shape = "".join(f"[{n}]" for n in flat.shape[1:])
    return f"{f'{tree}/{name}':<40} {flat.dtype.name + shape:<10} {rows:<16} {some}"


def main(arguments: list[str] | None = None) -> int:
    """Read a file and print what is in it, a line a column."""
    parser = argparse.ArgumentParser("python export/reference", description=__doc__.split(":")[0])
    parser.add_argument("file")
    parser.add_argument("tree", nargs="?", help="path of a tree; all coded ones by default")
    parser.add_argument("columns", nargs="*", metavar="column", help="all by default")
    parser.add_argument("--npz", type=Path, help="save all values to this file")
    options = parser.parse_args(arguments)
    saved: dict[str, np.ndarray] = {}
    try:
        file = File(options.file)
        for tree in [options.tree] if options.tree else file.trees():
            for name, values in file.read(tree, options.columns).items():
                if options.npz is None:
                    print(line(tree, name, values))
                else:
                    saved |= named(tree, name, values)
    except (Damaged, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    if options.npz is not None:
        arrays: dict[str, Any] = {**saved}
        np.savez(options.npz, **arrays)
    return 0


if __name__ == "__main__":
    sys.exit(main())
