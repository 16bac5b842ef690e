"""One family that is tried, with its net and its settings, within bounds or without any."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rootae.errors import ArgumentError, NameNotFound, RootaeError
from rootae.planner.rules import Rule, rules_of
from rootae.schema.bounds.bound import Bound
from rootae.training import families
from rootae.training.family import Counted, Family
from rootae.training.options import NETS, options_of
from rootae.training.own import adopted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["BOUNDS", "NONE", "PLAIN", "WAYS", "Candidate", "candidates_of"]

BOUNDS, NONE = WAYS = ("bounds", "none")
PLAIN = "plain"
_WHOLE = ("auto", PLAIN)  # no families of their own: nothing to keep, no settings
_NO_BOUND = Bound("none")


@dataclass(frozen=True)
class Candidate:
    """What one file is made with.

    Arguments:
        family, net: what is learned, and what its networks are made of.
        way: ``bounds``, as they were asked for; or ``none``: columns of floats come back as the
            latents alone say.
        settings: the family's own, by name.
    """

    family: str
    net: str = NETS[0]
    way: str = BOUNDS
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return what tables call it: the family, and the net where it is not the usual one."""
        return self.family if self.net == NETS[0] else f"{self.family}, {self.net}"

    def options(self, asked: Mapping[str, Any], floats: Iterable[str]) -> dict[str, Any]:
        """Return what `rootae.compress` is asked for.

        Arguments:
            asked: options that all candidates share.
            floats: columns that have no bound in the way ``none``, as ``tree:column``.
        """
        found = {**asked, "family": self.family, "net": self.net, "settings": dict(self.settings)}
        found["keep_family"] = self.family not in _WHOLE
        if self.way == NONE:
            found["bounds"] = rules_of(asked.get("bounds")) + tuple(
                Rule(name, _NO_BOUND) for name in floats
            )
        return found


def candidates_of(
    asked: Sequence[str | Path | type[Any]],
    nets: Sequence[str | Path | type[Any]],
    ways: Sequence[str],
    options: Mapping[str, Any],
) -> list[Candidate]:
    """Return all that is to be tried, `plain` first, and refuse what cannot be.

    Arguments:
        asked: families, by name, file or class.
        nets: what their networks are made of, likewise.
        ways: ``bounds``, ``none`` or both; only families with latents are tried without bounds.
        options: those that all share; each setting is given to the families that have it.

    Raises:
        NameNotFound: there is no such family, net, way, option or setting.
        ArgumentError: an option is out of range, or nothing is left to be tried.
    """
    for way in ways:
        if way not in WAYS:
            raise NameNotFound(way, WAYS, "rootae", "way to compare")
    names = list(dict.fromkeys(adopted("family", f) for f in asked))
    shapes = list(dict.fromkeys(adopted("net", n) for n in nets))
    shared = dict(options)
    given = dict(shared.pop("settings", None) or {})
    known = {name: _Known.of(name) for name in names}
    _refuse_settings(given, known)
    found = [Candidate(PLAIN)] * (BOUNDS in ways)
    for way in dict.fromkeys(ways):
        for name in names:
            if name != PLAIN:
                found += _of(name, known[name], shapes, way, given)
    if not found:
        msg = f"{', '.join(names)}: no family with latents, so nothing to compare without bounds"
        raise ArgumentError(msg)
    for candidate in found:
        options_of(candidate.options(shared, ()), [])  # says what is wrong before any work
    return found


@dataclass(frozen=True)
class _Known:
    """What is known of a family without training it."""

    counted: bool
    latent: bool
    settings: tuple[str, ...] | None  # None where its packages are not there: that is told later

    @classmethod
    def of(cls, name: str) -> _Known:
        if name in _WHOLE:
            return cls(counted=True, latent=False, settings=())
        try:
            family = families.load(name)
        except NameNotFound:
            raise
        except RootaeError:
            return cls(counted=False, latent=True, settings=None)
        fields = dataclasses.fields(family.Settings)
        latent = family.encoder is not Family.encoder
        return cls(issubclass(family, Counted), latent, tuple(f.name for f in fields))


def _of(
    name: str, known: _Known, nets: Sequence[str], way: str, given: Mapping[str, str]
) -> Iterator[Candidate]:
    if way == NONE and not known.latent:
        return
    settings = {k: v for k, v in given.items() if k in (known.settings or ())}
    for net in nets[:1] if known.counted else nets:
        yield Candidate(name, NETS[0] if known.counted else net, way, settings)


def _refuse_settings(given: Mapping[str, str], known: Mapping[str, _Known]) -> None:
    """Refuse a setting that no family has."""
    theirs = sorted({s for k in known.values() for s in k.settings or ()})
    unsure = any(k.settings is None for k in known.values())
    for name in given:
        if name not in theirs and not unsure:
            raise NameNotFound(name, theirs, ", ".join(known), "setting")
