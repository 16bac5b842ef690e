"""Who writes a file: uproot, or ROOT where uproot would lose something.

ROOT runs in a process of its own, so that it neither changes this one nor writes to its terminal.
"""

from __future__ import annotations

__all__: list[str] = []
