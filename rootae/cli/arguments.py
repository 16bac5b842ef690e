"""Arguments that several commands share, each spelled out once."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from rootae.cli.config import Config, apply, setting
from rootae.planner.rules import Rule, rules_file

__all__ = [
    "Asked",
    "Backend",
    "Device",
    "File",
    "Force",
    "Input",
    "Json",
    "Level",
    "Output",
    "Peaks",
    "Quiet",
    "Verbose",
    "among",
    "with_training",
]

Input = Annotated[str, typer.Argument(metavar="IN", help="ROOT file, or file.root:tree")]
Output = Annotated[Path, typer.Argument(metavar="OUT", help="the file to write")]
File = Annotated[str, typer.Argument(metavar="FILE", help="a ROOT file")]
FAMILIES = ("auto", "plain", "diagram", "predictor", "ae", "sparse", "vae", "wae", "swae", "aae")
NETS = ("dense", "conv")
EFFORTS = ("fast", "default", "max")
SCHEDULES = ("one-cycle", "cosine", "constant", "plateau")
_BACKENDS = ("auto", "uproot", "root")
_DEVICES = ("cpu", "cuda", "auto")
_LEVELS = ("0", "101", "109", "207", "404", "505")
TIME_BUDGET = "0.6 a megabyte, 3 to 30; fast half of it, max five times"
_LEARNING_RATE, _BATCH_SIZE = "0.006", "2048"  # of rootae.training.loop.recipe


def among(values: Sequence[str]) -> Callable[[str], list[str]]:
    """Return what a shell is told of the values that an option may have.

    Example:
        >>> among(NETS)("co")
        ['conv']
    """
    return lambda incomplete: [value for value in values if value.startswith(incomplete)]


Device = Annotated[
    str | None,
    typer.Option(
        help="of networks: cpu, cuda or auto",
        show_default="what ROOTAE_DEVICE says, else cpu",
        autocompletion=among(_DEVICES),
    ),
]
Level = Annotated[
    int | None,
    typer.Option(
        "-l",
        "--compression",
        metavar="CODE",
        help="ROOT's: 101, 207, 404, 505; 0 is none",
        show_default="the input's own",
        autocompletion=among(_LEVELS),
    ),
]
Backend = Annotated[
    str,
    typer.Option(
        help="what writes: uproot, root, or auto: ROOT where uproot would lose something",
        autocompletion=among(_BACKENDS),
    ),
]
Peaks = Annotated[
    list[str] | None,
    typer.Option(
        "--peak",
        metavar="NAME[=EXPR[@LOW:HIGH]]",
        help="z_mumu, jpsi_mumu, top_jjb, h_4l or an expression; by default what fits",
    ),
]
Force = Annotated[bool, typer.Option("-f", "--force", help="overwrite the output")]
Json = Annotated[bool, typer.Option("--json", help="print JSON")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="print errors and notes only")]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="list every column")]

Asked = dict[str, Any]  # what `rootae.training.options.Options` takes, by name


def _training(
    *,
    config: Annotated[
        Config | None,
        typer.Option(
            "--config",
            metavar="FILE.toml",
            parser=Config.unread,
            callback=apply,
            is_eager=True,
            help=r"options by name, and tables \[bounds] and \[settings]",
        ),
    ] = None,
    family: Annotated[
        str,
        typer.Option(
            help=f"one of {', '.join(FAMILIES)}; or a Python file with one's own",
            autocompletion=among(FAMILIES),
        ),
    ] = "auto",
    net: Annotated[
        str,
        typer.Option(help="of networks: dense, conv or a Python file", autocompletion=among(NETS)),
    ] = "dense",
    latents: Annotated[
        int | None, typer.Option(min=0, help="number of latents", show_default="the family's own")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="a setting of the family's own"),
    ] = None,
    keep_family: Annotated[
        bool, typer.Option("--keep-family", help="store the family even where it does not pay")
    ] = False,
    effort: Annotated[
        str,
        typer.Option(
            help="fast, default or max: smaller files, slower reads", autocompletion=among(EFFORTS)
        ),
    ] = "default",
    bound: Annotated[
        list[str] | None,
        typer.Option("--bound", metavar="GLOB=BOUND", help="exact, abs:E, rel:E, none"),
    ] = None,
    bounds: Annotated[
        Path | None, typer.Option("--bounds", metavar="FILE.toml", help="a table of glob = bound")
    ] = None,
    lossy: Annotated[
        bool, typer.Option("--lossy", help="the preset for NanoAOD-like data")
    ] = False,
    keep_plain: Annotated[
        list[str] | None,
        typer.Option("--keep-plain", metavar="GLOB", help="columns that stay ordinary branches"),
    ] = None,
    tree: Annotated[
        list[str] | None, typer.Option("--tree", metavar="GLOB", help="trees to code; others stay")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="of training")] = 0,
    steps: Annotated[
        int | None, typer.Option(min=1, help="steps a group: repeats the same bytes")
    ] = None,
    epochs: Annotated[
        float | None, typer.Option(min=0, help="passes over the rows: repeats the same bytes")
    ] = None,
    time_budget: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="seconds of training networks",
            show_default=TIME_BUDGET,
        ),
    ] = None,
    lr: Annotated[
        float | None, typer.Option(help="highest learning rate", show_default=_LEARNING_RATE)
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(min=1, help="rows a training step", show_default=_BATCH_SIZE)
    ] = None,
    schedule: Annotated[
        str,
        typer.Option(
            help="of the learning rate: one-cycle, cosine, constant, plateau",
            autocompletion=among(SCHEDULES),
        ),
    ] = "one-cycle",
    patience: Annotated[
        int | None,
        typer.Option(min=1, help="end a phase after N checks (2% of it, or an epoch) in vain"),
    ] = None,
    checkpoint: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="a folder for the state of training, twice a minute"),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="go on from the checkpoint; with -O, leave what the manifest has"
        ),
    ] = False,
    history: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", help="learning curves, with a plot beside them"),
    ] = None,
    device: Device = None,
) -> Asked:
    """Turn the options of training into those of the library."""
    config = config or Config()
    rules = (rules_file(bounds) if bounds else ()) + tuple(Rule.parse(t) for t in bound or ())
    return {
        "family": family, "net": net, "effort": effort, "bounds": (*config.rules, *rules),
        "lossy": lossy, "keep_plain": tuple(keep_plain or ()), "trees": tuple(tree or ()),
        "seed": seed, "steps": steps, "epochs": epochs, "time_budget": time_budget,
        "latents": latents, "device": device, "lr": lr, "batch_size": batch_size,
        "schedule": schedule, "patience": patience, "checkpoint": checkpoint, "resume": resume,
        "history": history, "keep_family": keep_family,
        "settings": config.settings | dict(map(setting, settings or ())),
    }  # fmt: skip


def with_training(
    command: Callable[..., None], *, without: Sequence[str] = ()
) -> Callable[..., None]:
    """Give a command the options of training in the place of its parameter `options`.

    Arguments:
        command: takes them together as `options`, a mapping for the library's function.
        without: options that it has no use for, or others of these names; in the mapping they are
            what nobody asked for.
    """
    own = inspect.signature(command, eval_str=True)
    known = inspect.signature(_training, eval_str=True).parameters
    shared = {name: known[name] for name in known if name not in without}

    @functools.wraps(command)
    def run(**given: Any) -> None:
        options = _training(**{name: given.pop(name) for name in shared})
        command(**given, options=options)

    spread = [
        p
        for q in own.parameters.values()
        for p in (shared.values() if q.name == "options" else (q,))
    ]
    run.__signature__ = own.replace(parameters=spread)  # type: ignore[attr-defined]
    return run
