"""Names that say identifier or time: columns whose values name something, and measure nothing."""

from __future__ import annotations

import re

__all__ = ["said_by"]

_WORD = re.compile(r"IDs?(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_THINGS = (  # what has a number or an id of its own
    "bc|bunch|cell|chamber|chan|channel|chip|chunk|clus|cluster|crystal|daughter|det|detector|evt|"
    "event|file|fill|gen|geo|hit|jet|job|layer|lumi|luminosity|mc|module|mother|muon|obj|object|"
    "orbit|parent|part|particle|pdg|pixel|process|run|sample|sector|sensor|serial|source|station|"
    "strip|tower|track|trk|true|truth|unique|user|vertex|vol|volume|vtx|wafer"
)
_IDENTIFIERS = re.compile(
    r"run|event|evt|lumi|orbit|bx|pdg|pdgcode|number|ids?|idx|index|indices|barcode|u?uid|guid|hash"
    rf"|({_THINGS})(ids?|idx|index|number|num|nr|no|code|key)"
    r"|(lumi|luminosity)(block|section|segment)|bunchcrossing|globalbc"
)
_TIMES = re.compile(r"time.*|.*time|.*stamp.*|mjd|utc|epoch|unix|date")
_LIVES = re.compile(r"(life|half)(time|times)?")  # of particles, which are measured
_MEASURED = re.compile(  # before a word, they say that it is one of physics
    r"average|avg|delivered|inst(ant(aneous)?)?|integrated|mean|per|quantum|recorded|refractive"
    r"|spectral|wave"
)


def said_by(name: str) -> str:
    """Return what a column's name says of it: ``identifier``, ``time``, or nothing.

    Words end at underscores, dots and changes of case. An identifier is said by the last of them
    (numbers left out) or by `idx`, a time by any.

    Example:
        >>> [said_by(x) for x in ("luminosityBlock", "Track_detID", "evttime", "valid_pt")]
        ['identifier', 'identifier', 'time', '']
    """
    words = [w.lower() for w in _WORD.findall(name) if not w.isdigit()]
    if any(_is_time(*pair) for pair in zip(["", *words], words, strict=False)):
        return "time"
    named = "idx" in words or (words and _is_identifier(*["", "", *words][-3:]))
    return "identifier" if named else ""


def _is_time(before: str, word: str) -> bool:
    measured = _LIVES.fullmatch(word) or _LIVES.fullmatch(before)
    return _TIMES.fullmatch(word) is not None and not measured


def _is_identifier(first: str, before: str, word: str) -> bool:
    if before and _IDENTIFIERS.fullmatch(before + word):
        return not _MEASURED.fullmatch(first)
    return bool(_IDENTIFIERS.fullmatch(word)) and not _MEASURED.fullmatch(before)
