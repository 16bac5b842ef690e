"""What every page is within: one HTML file that loads nothing from elsewhere."""

from __future__ import annotations

from rootae.evaluation.page.style import CSS, SCRIPT
from rootae.evaluation.page.tables import escape

__all__ = ["document"]


def document(title: str, body: str) -> str:
    """Return a whole page.

    Arguments:
        title: as text.
        body: as HTML.
    """
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{CSS}</style>\n</head>\n<body>\n"
        f"{body}<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )
