"""What compare found: a line a family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootae.cli.console.table import headed, print_table, stdout

if TYPE_CHECKING:
    from rootae.evaluation.families.comparison import FamilyComparison

__all__ = ["show_families"]


def show_families(report: FamilyComparison) -> None:
    """Print what each family came to."""
    console = stdout()
    console.print(headed(report.headline), soft_wrap=True)
    for title, (head, rows) in report.tables().items():
        console.print(headed("", title))
        print_table(console, head, rows)
