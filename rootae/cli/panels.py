"""Help in panels: options that are about one thing stand together, in every command alike."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand

__all__ = ["Command", "panel_of"]

_PANELS = {
    "Files": (
        *("output", "output_dir", "force", "compression", "backend", "drop_unsupported", "html"),
        *("against", "resume", "tolerance"),
    ),
    "Bounds": ("bound", "bounds", "lossy"),
    "Trees and columns": ("tree", "keep_plain", "keep", "drop", "branches", "cut", "peak"),
    "What is learned": (
        *("codec", "config", "family", "net", "latents", "settings", "keep_family", "effort"),
        *("seed", "only"),
    ),
    "How long it learns": (
        *("time_budget", "steps", "epochs", "patience", "lr", "batch_size", "schedule"),
        *("checkpoint", "history"),
    ),
    "How it runs": ("jobs", "device", "dask"),
    "What is printed": ("verbose", "quiet", "json", "log", "about", "flags", "help"),
}


def panel_of(option: str) -> str | None:
    """Return the panel of an option by the name of its parameter, None for the general one.

    Example:
        >>> panel_of("lossy")
        'Bounds'
    """
    return next((panel for panel, names in _PANELS.items() if option in names), None)


class Command(TyperCommand):
    """A command whose help stands in panels, in the order of the table above."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        order = [*_PANELS, None]
        self.params.sort(key=lambda p: order.index(panel_of(str(p.name))))
        for param in self.params:
            if param.param_type_name == "option":
                param.rich_help_panel = panel_of(str(param.name))  # type: ignore[attr-defined]

    def get_help_option(self, ctx: Any) -> Any:
        """Return the option that shows help, in its panel."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.rich_help_panel = panel_of("help")
        return option
