"""What the command line prints: tables on stdout, progress and notes on stderr."""

from __future__ import annotations

from rootae.cli.console.about import show_about
from rootae.cli.console.bars import Bars, Notes, bars
from rootae.cli.console.evaluate import show_evaluated
from rootae.cli.console.families import show_families
from rootae.cli.console.files import Files, files
from rootae.cli.console.info import show_info
from rootae.cli.console.messages import begin, error, note, print_json
from rootae.cli.console.results import (
    show_change,
    show_compressed,
    show_decompressed,
    show_line,
    show_total,
    show_verified,
)
from rootae.cli.console.rewrites import show_merged, show_skimmed

__all__ = [
    "Bars",
    "Files",
    "Notes",
    "bars",
    "begin",
    "error",
    "files",
    "note",
    "print_json",
    "show_about",
    "show_change",
    "show_compressed",
    "show_decompressed",
    "show_evaluated",
    "show_families",
    "show_info",
    "show_line",
    "show_merged",
    "show_skimmed",
    "show_total",
    "show_verified",
]
