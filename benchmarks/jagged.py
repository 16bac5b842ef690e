#!/usr/bin/env python
"""The rows of a flat table as a collection of events, so that masses can be made of them.

    python benchmarks/jagged.py FILE OUT.root [--table jets] [--events Events] [--prefix Jet]
        [--with Jet_btagLike]...

The table's rows are the objects of the events, in order: `pt_` becomes `Jet_pt`, `mJetArea`
becomes `Jet_mJetArea`, counted by the events' `nJet`. Other branches of the collection come along
by name. The result is a plain file with one tree; what `families.py` takes for top events, three
jets of 24 columns.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import awkward as ak
import uproot


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--table", default="jets")
    parser.add_argument("--events", default="Events")
    parser.add_argument("--prefix", default="Jet")
    parser.add_argument("--with", dest="others", action="append", default=[])
    options = parser.parse_args()
    with uproot.open(options.file) as file:
        rows = file[options.table].arrays(library="np")
        counts = file[f"{options.events}/n{options.prefix}"].array(library="np")
        jagged = {n.rstrip("_"): ak.unflatten(rows[n], counts) for n in rows}
        for name in options.others:
            short = name.removeprefix(f"{options.prefix}_")
            jagged[short] = file[f"{options.events}/{name}"].array()
    objects = ak.zip(jagged)
    with uproot.recreate(options.out, compression=uproot.ZSTD(5)) as file:
        tree = file.mktree(options.events, {options.prefix: objects.type.content})
        tree.extend({options.prefix: objects})
    print(f"{options.out}: {len(counts)} entries, {len(jagged)} columns of {options.prefix}")


if __name__ == "__main__":
    main()
