"""A histogram of each data set by coffea's processor, from compressed files and their fileset.

    python coffea_spectrum.py small/fileset.json MET_pt

Importing rootae is all that uproot needs, in each process that opens files.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
from coffea import processor
from coffea.nanoevents import BaseSchema

import rootae


class Spectrum(processor.ProcessorABC):  # type: ignore[misc]
    """Counts a column's values.

    Arguments:
        column: its name.
        edges: of the bins, in the column's unit.
    """

    def __init__(self, column: str, edges: Any) -> None:
        self.column, self.edges = column, edges
        self.needs = rootae.open  # so that workers import rootae as they get the processor

    def process(self, events: Any) -> dict[str, Any]:
        """Count the values of some events."""
        values = ak.flatten(events[self.column], axis=None)
        counts = np.histogram(ak.to_numpy(values), self.edges)[0]
        return {events.metadata["dataset"]: {"events": len(events), "counts": counts}}

    def postprocess(self, accumulator: Any) -> Any:
        """Return what came together."""
        return accumulator


def spectrum(fileset: Path, column: str, edges: Any, workers: int = 2) -> Any:
    """Return events and counts by data set.

    Arguments:
        fileset: the fileset that rootae wrote beside its outputs.
        column: which column.
        edges: of the bins.
        workers: processes at a time; 1 works in this one.
    """
    if workers == 1:
        executor = processor.IterativeExecutor(status=False)
    else:
        executor = processor.FuturesExecutor(workers=workers, status=False)
    run = processor.Runner(executor=executor, schema=BaseSchema)
    data = {
        name: {"files": {path: spec["object_path"] for path, spec in dataset["files"].items()}}
        for name, dataset in json.loads(fileset.read_text()).items()
    }
    return run(data, Spectrum(column, edges))


if __name__ == "__main__":
    found = spectrum(Path(sys.argv[1]), sys.argv[2], np.linspace(0, 200, 41))
    for name, told in found.items():
        print(f"{name}: {told['events']:,} events, {int(told['counts'].sum()):,} values in range")
