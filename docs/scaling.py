"""Make the page on scale from what was measured: `docs/scaling.md` of `benchmarks/results`.

    python docs/scaling.py

The page is committed; run this again when a file of results changes. A test compares the two.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = Path(__file__).resolve().parent
TEXT = HERE / "scaling.md.in"  # with names of figures in braces
PAGE = HERE / "scaling.md"
RESULTS = HERE.parent / "benchmarks" / "results"
ARCHIVE = 10e15  # bytes, as LZMA-9 stores them
HOUR = 3600.0
NAMES = {"lzma": "ROOT LZMA-9", "zstd": "ROOT ZSTD-5", "rootae": "rootae, exact"}
WRITING = {"lzma": "ROOT LZMA-9", "zstd": "ROOT ZSTD-5", "rootae": "compress"}
READ = "nanoaod_20k"  # the file by which reading and writing are counted
SMALL, LARGE, LONG = "w100 x 1", "w100 x 12", "flat, 100000000 entries"


@dataclass(frozen=True)
class Cost:
    """One format of the archive: PB, and CPU-hours to write it, to read all and to read some."""

    size: float
    write: float
    whole: float
    some: float


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a file of results."""
    with (RESULTS / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def scaling() -> dict[tuple[str, str], Mapping[str, str]]:
    """Return what was measured of commands, by input and task."""
    return {(r["input"], r["task"]): r for r in rows("scaling")}


def costs(measured: Mapping[tuple[str, str], Mapping[str, str]]) -> dict[str, Cost]:
    """Return what each format of the archive costs.

    Arguments:
        measured: commands, by input and task.
    """
    read = {(r["what"], r["format"]): r for r in rows(f"wide_{READ}")}
    times = ARCHIVE / float(read["whole", "lzma"]["bytes"])
    found = {}
    for key, task in WRITING.items():
        hours = {
            what: float(read[what, key]["seconds"]) * times / HOUR for what in ("whole", "some")
        }
        write = float(measured["w20 x 1", task]["cpu_s"]) * times / HOUR
        size = float(read["whole", key]["bytes"]) * times / 1e15
        found[key] = Cost(size, write, hours["whole"], hours["some"])
    return found


def shown(x: float) -> str:
    """Return a number with two digits that count."""
    if x < 10:
        return f"{x:.2g}"
    digits = len(str(int(x))) - 2
    return f"{round(x, -digits):,.0f}"


def reads(cost: float, saving: float) -> str:
    """Return how many reads it takes until what was spent once has come back."""
    if cost <= 0:
        return "none: writing costs less"
    return shown(cost / saving) if saving > 0 else "never: a read costs more"


def table(head: str, *lines: tuple[str, ...]) -> str:
    """Return a table; its head has cells between bars."""
    width = head.count("|") + 1
    return "\n".join(
        f"| {' | '.join(cells)} |" for cells in (head.split("|"), ["---"] * width, *lines)
    )


def archive(cost: Mapping[str, Cost]) -> str:
    """Return the table of the archive."""
    lines = [
        (NAMES[n], f"{c.size:.1f}", *(f"{shown(x / 1e6)}" for x in (c.write, c.whole, c.some)))
        for n, c in cost.items()
    ]
    return table(
        "format|PB|to write, million CPU-hours|to read all once|to read 25 of 1,479 branches once",
        *lines,
    )


def even(cost: Mapping[str, Cost]) -> str:
    """Return the table of reads after which CPU time has come back.

    What was measured of writing begins with reading ZSTD-5.
    """
    lines = []
    mine = cost["rootae"]
    for name in ("lzma", "zstd"):
        other = cost[name]
        for what, spent in (
            ("instead of it", mine.write - other.write),
            ("made of files of it", mine.write + other.whole - cost["zstd"].whole),
        ):
            whole, some = other.whole - mine.whole, other.some - mine.some
            lines.append((f"{NAMES[name]}, {what}", reads(spent, whole), reads(spent, some)))
    return table("against|reads of all|reads of 25 branches", *lines)


def memory(measured: Mapping[tuple[str, str], Mapping[str, str]]) -> str:
    """Return the table of CPU time and memory against size."""
    lines = []
    for task in dict.fromkeys(task for _, task in measured):
        small, large = (measured.get((name, task)) for name in (SMALL, LARGE))
        if small is None or large is None:
            continue
        times = float(large["bytes"]) / float(small["bytes"])
        seconds = float(large["cpu_s"]) / float(small["cpu_s"]) / times
        peaks = float(small["peak_MB"]), float(large["peak_MB"])
        lines.append(
            (
                task,
                *(f"{shown(float(r['cpu_s']))}" for r in (small, large)),
                f"{seconds:.2f}",
                *(f"{x:,.0f}" for x in peaks),
                f"{peaks[1] / peaks[0]:.2f}",
            )
        )
    head = "task|CPU s, small|large|a byte, small = 1|peak MB, small|large|small = 1"
    return table(head, *lines)


def long(measured: Mapping[tuple[str, str], Mapping[str, str]]) -> str:
    """Return what was measured of a tree of many entries, nothing where it was not."""
    found = {task: r for (name, task), r in measured.items() if name == LONG}
    if "compress" not in found:
        return ""
    coded = found["compress"]
    most = max(float(r["peak_MB"]) for r in found.values())
    return (
        f"A flat tree of 10^8 entries, {float(coded['bytes']) / 1e9:.1f} GB in and "
        f"{float(coded['written']) / 1e9:.1f} GB coded, beyond what four bytes count, takes "
        f"{most:,.0f} MB at most ({', '.join(found)})."
    )


def beside_values() -> tuple[float, float]:
    """Return what a column of a block takes beside its values, in bytes, and its share of all."""
    files = [rows(f"wide_{name}") for name in ("nanoaod_20k", "nanoaod_100k")]
    overheads = [next(r for r in some if r["what"].startswith("overhead")) for some in files]
    few, many = (int(r["bytes"]) for r in overheads)
    blocks, more = (int(r["what"].split()[3]) for r in overheads)
    block = (many - few) / (more - blocks)
    whole = next(int(r["bytes"]) for r in files[1] if r["format"] == "rootae")
    columns = int(scaling()[LARGE, "compress"]["branches"])
    return block, block * columns / (whole / more)


def page() -> str:
    """Return the page."""
    measured = scaling()
    cost = costs(measured)
    lzma, zstd, mine = (cost[n] for n in ("lzma", "zstd", "rootae"))
    small, large = (measured[name, "compress"] for name in (SMALL, LARGE))
    block, share = beside_values()
    return TEXT.read_text().format(
        archive=archive(cost),
        even=even(cost),
        memory=memory(measured),
        events=shown(ARCHIVE / float(rows("wide_nanoaod_20k")[0]["bytes"]) * 20_000 / 1e12),
        saved_lzma=f"{lzma.size - mine.size:.1f}",
        saved_zstd=f"{zstd.size - mine.size:.1f}",
        hours_tb=shown(mine.write / ((lzma.size - mine.size) * 1e3)),
        hours_tb_zstd=shown(mine.write / ((zstd.size - mine.size) * 1e3)),
        small=f"{float(small['bytes']) / 1e6:,.0f} MB",
        large=f"{float(large['bytes']) / 1e9:.2f} GB",
        most=f"{max(float(r['peak_MB']) for r in measured.values()) / 1e3:.1f} GB",
        each=f"{float(large['peak_MB']) / 1e3:.1f} GB",
        long=long(measured),
        block=shown(block),
        share=f"{100 * share:.1f}%",
    )


def main() -> None:
    """Write the page."""
    PAGE.write_text(page())


if __name__ == "__main__":
    main()
