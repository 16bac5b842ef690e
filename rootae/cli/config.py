"""Options from a file: a TOML table of the names that the command line knows."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import typer

from rootae.errors import ArgumentError, NameNotFound
from rootae.paths.regular import regular
from rootae.planner.rules import Rule, rules_of

__all__ = ["Config", "apply", "setting"]

_NEVER = {"config", "help"}


def setting(text: str) -> tuple[str, str]:
    """Read ``NAME=VALUE``.

    Raises:
        ArgumentError: it is not of that form.

    Example:
        >>> setting("weight=10")
        ('weight', '10')
    """
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not name or not value:
        msg = f"malformed --set {text!r}: use NAME=VALUE, as in weight=10"
        raise ArgumentError(msg)
    return name, value


@dataclass(frozen=True)
class Config:
    """What a file of options says; the command line goes over it.

    Arguments:
        values: options by name.
        rules: of its table ``bounds``.
        settings: of its table ``settings``.
        path: the file, for messages.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)
    path: str = ""

    @classmethod
    def read(cls, name: str) -> Config:
        """Read a file.

        Raises:
            ArgumentError: it is not there, or no such table.
        """
        try:
            table = tomllib.loads(regular(name).read_text())
        except (OSError, ValueError) as error:
            msg = f"--config {name}: {error}"
            raise ArgumentError(msg) from error
        rules = rules_of({k: str(v) for k, v in _part(table, "bounds", name).items()})
        given = _part(table, "settings", name)
        settings = {k: _text(v, f"{k} in {name}") for k, v in given.items()}
        return cls({k.replace("-", "_"): v for k, v in table.items()}, rules, settings, name)

    @staticmethod
    def unread(name: str) -> Config:
        """Return the name alone: what is wrong with a file is said where `apply` reads it."""
        return Config(path=name)


def apply(ctx: typer.Context, asked: Config | None) -> Config:
    """Read a command's file and make its values the defaults of the options.

    Raises:
        NameNotFound: the command has no such option.
        ArgumentError: the file cannot be read, or a value is a table.
    """
    if asked is None:
        return Config()
    config = Config.read(asked.path)
    options: dict[str, Any] = {
        p.name: p
        for p in ctx.command.params
        if p.param_type_name == "option" and p.name not in _NEVER
    }
    defaults = {}
    for name, value in config.values.items():
        if name not in options:
            raise NameNotFound(name, options, config.path, "option")
        if isinstance(value, dict):
            msg = f"{name} in {config.path} is a table: give a value"
            raise ArgumentError(msg)
        alone = isinstance(value, str) and getattr(options[name], "multiple", False)
        defaults[name] = [value] if alone else value
    ctx.default_map = defaults
    return config


def _part(table: dict[str, Any], name: str, path: str) -> dict[str, Any]:
    """Take a table out of a file."""
    found = table.pop(name, {})
    if isinstance(found, dict):
        return found
    if name == "bounds":  # as on the command line: another file
        table[name] = found
        return {}
    msg = f"{name} in {path} is {found!r}: make it a table of name = value"
    raise ArgumentError(msg)


def _text(value: Any, what: str) -> str:
    """Return a setting as the command line would give it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | str):
        return str(value)
    msg = f"setting {what} is {value!r}: give a number, a text, true or false"
    raise ArgumentError(msg)
