"""The rows that families.py measures and families_chart.py draws, and their file."""

from __future__ import annotations

import csv
import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass
class Row:
    """What one job found; masses and widths in GeV."""

    file: str
    family: str
    net: str
    setting: str
    bits: float = math.nan
    seconds: float = math.nan
    rms: float = math.nan
    mass: float = math.nan
    mass_error: float = math.nan
    width: float = math.nan
    width_error: float = math.nan
    mass_after: float = math.nan
    mass_after_error: float = math.nan
    width_after: float = math.nan
    width_after_error: float = math.nan
    mass_anew: float = math.nan
    mass_anew_error: float = math.nan
    width_anew: float = math.nan
    width_anew_error: float = math.nan
    note: str = ""


TEXTS = ("file", "family", "net", "setting", "note")


def known(path: Path) -> list[Row]:
    """Return the rows of an earlier run: a table may be made in several."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        found = list(csv.DictReader(file))
    cells: list[dict[str, Any]] = [
        {k: v if k in TEXTS else float(v or "nan") for k, v in r.items()} for r in found
    ]
    return [Row(**row) for row in cells]


def write(rows: Sequence[Row], path: Path) -> None:
    """Write all rows, in order."""
    order = sorted(rows, key=lambda r: (r.setting, r.file, r.family, r.net))
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(asdict(rows[0])))
        writer.writeheader()
        for row in order:
            shown = {k: f"{v:.6g}" if isinstance(v, float) else v for k, v in asdict(row).items()}
            writer.writerow({k: "" if v == "nan" else v for k, v in shown.items()})
