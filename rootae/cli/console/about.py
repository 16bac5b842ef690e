"""What rootae is made of here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootae.cli.console.table import stdout

if TYPE_CHECKING:
    from rootae.operations.about import About

__all__ = ["decoder_text", "show_about"]


def decoder_text(about: About) -> str:
    """Name the decoder, and how many threads it has."""
    threads = f", {about.threads} threads" if about.threads > 1 else ""
    if about.decoder == "native":
        return f"native decoder{threads}"
    return f"decoder in Python ({about.why}){threads}"


def show_about(about: About) -> None:
    """Print versions, and what decodes how."""
    why = f" ({about.why})" if about.why else ""
    lines = {
        "decoder": f"{about.decoder}{why}",
        "threads": str(about.threads),
        "device": about.device,
        **about.versions,
    }
    width = max(map(len, lines))
    for name, text in lines.items():
        stdout().print(f"{name:{width}}  {text}", highlight=False, markup=False)
