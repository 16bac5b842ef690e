"""What merge and skim did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootae.cli.console.table import change_text, stdout

if TYPE_CHECKING:
    from rootae.operations.results import Merged
    from rootae.operations.skim import Skimmed

__all__ = ["show_merged", "show_skimmed"]


def show_merged(report: Merged) -> None:
    """Print what merge did."""
    console = stdout()
    for path, entries in report.trees.items():
        console.print(f"{path}: {entries:,} entries")
    console.print(
        f"blocks: {report.copied} copied, {report.coded} coded anew; codecs: {report.codecs}"
    )
    console.print(change_text(report))


def show_skimmed(report: Skimmed) -> None:
    """Print what skim did."""
    console = stdout()
    passed = f"{report.passed:,} of {report.entries:,} entries, {len(report.columns)} branches"
    console.print(f"{report.tree}: {passed}")
    console.print(change_text(report))
