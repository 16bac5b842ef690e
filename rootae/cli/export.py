"""`rootae export`: a file's codecs as plain files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rootae.cli.arguments import File, Force

__all__ = ["export"]


def export(
    file: File,
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="the folder to write")],
    *,
    force: Force = False,
) -> None:
    """Write a file's codecs as plan.json, tables.npz and ONNX models."""
    from rootae.operations.export import export as run

    for folder in run(file, directory, force=force):
        print("\n".join(str(path) for path in sorted(folder.iterdir())))
