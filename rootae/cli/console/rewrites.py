"""What merge and skim did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootae.cli.console.results import show_change
from rootae.cli.console.table import stdout

if TYPE_CHECKING:
    from rootae.operations.rewrites import Merged, Skimmed

__all__ = ["show_merged", "show_skimmed"]


def show_merged(report: Merged) -> None:
    """Print what merge did."""
    console = stdout()
    show_change(report)
    for path, entries in report.trees.items():
        console.print(f"{path}: {entries:,} entries")
    console.print(
        f"blocks: {report.copied} copied, {report.coded} coded anew; codecs: {report.codecs}"
    )


def show_skimmed(report: Skimmed) -> None:
    """Print what skim did."""
    show_change(report)
    stdout().print(f"{report.tree}: {len(report.columns)} branches")
