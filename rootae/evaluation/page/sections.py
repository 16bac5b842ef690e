"""Sections of the page, which open and close, and the field that finds columns in them."""

from __future__ import annotations

import base64

from rootae.evaluation.page.tables import escape

__all__ = ["SEARCH", "figure", "section"]

SEARCH = (
    '<p><input type="search" placeholder="find columns" aria-label="find columns"> '
    '<output class="soft"></output></p>'
)


def section(name: str, title: str, text: str, *, is_open: bool = True) -> str:
    """Return a section.

    Arguments:
        name: what links call it.
        title: its heading.
        text: its content, as HTML.
        is_open: it begins open.
    """
    state = " open" if is_open else ""
    return (
        f'<details class="section" id="{name}"{state}><summary><h2>{title}</h2></summary>'
        f"{text}</details>\n"
    )


def figure(svg: str, text: str, alt: str, kind: str = "") -> str:
    """Return a picture with a caption.

    Arguments:
        svg: the picture.
        text: the caption, as HTML.
        alt: what it shows, for those who do not see it.
        kind: its class in the style sheet.
    """
    data = base64.b64encode(svg.encode()).decode()
    caption = f"<figcaption>{text}</figcaption>" if text else ""
    image = f'<img alt="{escape(alt)}" src="data:image/svg+xml;base64,{data}">'
    return f'<figure class="{kind}">{caption}{image}</figure>'
