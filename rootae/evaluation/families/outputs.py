"""The page of a comparison, and its figures beside it for programs."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rootae.errors import ArgumentError
from rootae.evaluation.families.page import page
from rootae.paths.targets import check_target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rootae.evaluation.families.comparison import FamilyComparison
    from rootae.paths.targets import Output

__all__ = ["Outputs"]


@dataclass(frozen=True)
class Outputs:
    """Where a comparison goes.

    Arguments:
        page, table, figures: HTML, CSV and JSON; None for no files.
    """

    page: Output | None = None
    table: Output | None = None
    figures: Output | None = None

    @classmethod
    def beside(cls, html: str | Path | None, used: Sequence[str | Path], *, force: bool) -> Outputs:
        """Name the files, before anything takes long.

        Arguments:
            html: the page, None for no files at all.
            used: files that must not be replaced.
            force: others may be.

        Raises:
            ArgumentError: one of them cannot be written.
        """
        if html is None:
            return cls()
        path = Path(html)
        if path.suffix in (".csv", ".json"):
            msg = f"--html {path} would have the name of its own figures: name an HTML file"
            raise ArgumentError(msg)
        names = path, path.with_suffix(".csv"), path.with_suffix(".json")
        return cls(*(check_target(name, used, force=force) for name in names))

    def write(self, comparison: FamilyComparison) -> None:
        """Write all of them.

        Raises:
            MissingDependency: matplotlib or mplhep is not installed.
        """
        if self.page is None or self.table is None or self.figures is None:
            return
        text = page(comparison)
        with self.page.atomic() as part:
            part.write_text(text, encoding="utf-8")
        with (
            self.table.atomic() as part,
            part.open("w", newline="", encoding="utf-8", errors="backslashreplace") as file,
        ):
            rows = comparison.rows()
            writer = csv.DictWriter(file, list(dict.fromkeys(k for r in rows for k in r)))
            writer.writeheader()
            writer.writerows(rows)
        with self.figures.atomic() as part:
            shown = json.dumps(comparison.to_json(), indent=1, allow_nan=False)
            part.write_text(f"{shown}\n", encoding="utf-8")
