"""What mkdocs puts into pages from the project itself, so that no page says it a second time.

<!-- options: compress -->          the arguments and options of a command
<!-- settings: aae -->              the settings of a training family
<!-- section: README.md Bounds -->  what stands under a heading of another file
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from typer.core import TyperGroup
from typer.main import get_command

from rootae.cli import app
from rootae.training import families

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
MARK = re.compile(r"^<!-- (\w+): (.+?) -->$", re.MULTILINE)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Fill in a page's marks.

    Raises:
        KeyError: a mark names nothing that there is.
    """
    return MARK.sub(lambda mark: MADE[mark[1]](mark[2]), markdown)


def options(name: str) -> str:
    """Return a command's usage and a table of its arguments and options."""
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    command = group.commands[name]
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    words = " ".join(str(p.metavar or p.name.upper()) for p in arguments)
    lines = ["```text", f"rootae {name} [OPTIONS] {words}", "```", ""]
    lines += ["| argument or option | what it is |", "|---|---|"]
    return "\n".join(lines + [_row(p) for p in command.params])


def _row(option: Any) -> str:
    """Return one option's line of the table."""
    if option.param_type_name == "argument":
        names = [str(option.metavar or option.name.upper())]
    else:
        names = sorted(option.opts, key=lambda o: (o.startswith("--"), o))
    value = "" if _bare(option) else " " + (option.metavar or _kind(option))
    shown = ", ".join(f"`{n}`" for n in [*names[:-1], names[-1] + value])
    text = (option.help or "").replace("\\[", "[").replace("|", r"\|")
    default = option.default
    known = isinstance(default, int | float | str) and not isinstance(default, bool)
    notes = [escape(text, quote=False)]
    if option.required and option.param_type_name == "option":
        notes.append("required")
    if known:
        notes.append(f"default `{default}`")
    elif isinstance(told := getattr(option, "show_default", None), str):
        notes.append(f"by default {told}")
    return f"| {shown} | {'; '.join(notes)} |"


def _kind(option: Any) -> str:
    """Return what stands for an option's value."""
    kinds = {int: "N", float: "X", str: "NAME", Path: "FILE"}
    return next(text for kind, text in kinds.items() if kind in _types(option))


def _types(option: Any) -> tuple[Any, ...]:
    hint = option.type_descriptor.annotation
    return get_args(hint) or (hint,)


def _bare(option: Any) -> bool:
    """Say whether an option stands for itself."""
    return option.param_type_name == "argument" or bool(option.is_flag)


def settings(family: str) -> str:
    """Return a table of what `--set` takes for a family; docstrings say what each means."""
    kind = families.load(family).Settings
    told = _told(kind)
    lines = ["| setting | default | range | what it is |", "|---|---|---|---|"]
    for field in dataclasses.fields(kind):
        limits = field.metadata
        among = ", ".join(f"`{n}`" for n in limits["among"])
        default = "" if field.default is None else f"`{field.default}`"
        text = escape(told[field.name], quote=False)
        lines.append(f"| `{field.name}` | {default} | {among or _range(limits)} | {text} |")
    return "\n".join(lines)


def _told(kind: type[Any]) -> dict[str, str]:
    """Return what the docstrings of a dataclass and its bases say of its fields."""
    found: dict[str, str] = {}
    for one in reversed(kind.__mro__[:-1]):
        text = re.sub(r"\n {8,}", " ", inspect.cleandoc(one.__doc__ or ""))
        for names, meaning in re.findall(r"^    (\w[\w, ]*): (.+)$", text, re.MULTILINE):
            found |= dict.fromkeys(names.split(", "), meaning.replace("``", "`"))
    return found


def _range(limits: Any) -> str:
    least, most = (f"{limits[k]:g}" for k in ("least", "most"))
    if most == "inf":
        return "any number" if least == "-inf" else f"at least {least}"
    return f"{least} to {most}"


def section(what: str) -> str:
    """Return what stands under a heading of level 2 of a file."""
    name, _, title = what.partition(" ")
    parts = re.split(r"^## (.+)$", (ROOT / name).read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))[title].strip()


MADE: dict[str, Callable[[str], str]] = {
    "options": options,
    "settings": settings,
    "section": section,
}
