"""The command line: each command parses, calls one function of the library, and prints."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from rootae import __version__, console
from rootae.bounds import Rule, rules_file
from rootae.errors import RootaeError

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["app", "main"]


class _Commands(TyperGroup):
    """Turns what the library raises into one line and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except RootaeError as error:
            code, text = error.exit_code, str(error)
        except BrokenPipeError:
            raise
        except OSError as error:
            code, text = 1, _os_error(error)
        except MemoryError:
            code, text = 1, "out of memory; nothing was written"
        except KeyboardInterrupt:
            code, text = 1, "interrupted; nothing was written"
        console.error(text)
        raise typer.Exit(code)


def _os_error(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename is not None else ""
    return f"{where}{error.strerror or error}; nothing was written"


app = typer.Typer(
    cls=_Commands,
    name="rootae",
    help="Learned compression of ROOT columns within error bounds that you choose.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_Input = Annotated[str, typer.Argument(metavar="IN", help="ROOT file, or file.root:tree")]
_Output = Annotated[Path, typer.Argument(metavar="OUT", help="the file to write")]
_File = Annotated[str, typer.Argument(metavar="FILE", help="a ROOT file")]
_Family = Annotated[str, typer.Option(help="auto, plain or a training family")]
_Net = Annotated[str, typer.Option(help="architecture of the networks")]
_Effort = Annotated[str, typer.Option(help="fast, default or max: smaller files, slower reads")]
_Device = Annotated[str | None, typer.Option(help="of networks: cpu, cuda or auto")]
_Bounds = Annotated[
    list[str] | None,
    typer.Option("--bound", metavar="GLOB=BOUND", help="exact, abs:E, rel:E, none"),
]
_BoundsFile = Annotated[
    Path | None, typer.Option("--bounds", metavar="FILE.toml", help="a table of glob = bound")
]
_Lossy = Annotated[bool, typer.Option("--lossy", help="the preset for NanoAOD-like data")]
_Keep = Annotated[
    list[str] | None,
    typer.Option("--keep-plain", metavar="GLOB", help="columns that stay ordinary branches"),
]
_Trees = Annotated[
    list[str] | None, typer.Option("--tree", metavar="GLOB", help="trees to code; others stay")
]
_Seed = Annotated[int, typer.Option(min=0, help="of training")]
_Steps = Annotated[int | None, typer.Option(min=1, help="steps a group: repeats the same bytes")]
_Budget = Annotated[float | None, typer.Option(min=0, help="seconds of training")]
_Latents = Annotated[int | None, typer.Option(min=0, help="number of latents")]
_Level = Annotated[
    int | None,
    typer.Option(
        "-l", "--compression", metavar="CODE", help="ROOT's: 101, 207, 404, 505; 0 is none"
    ),
]
_Force = Annotated[bool, typer.Option("-f", "--force", help="overwrite the output")]
_Json = Annotated[bool, typer.Option("--json", help="print JSON")]
_Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="print errors and notes only")]
_Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="list every column")]


def _rules(file: Path | None, texts: list[str] | None) -> tuple[Rule, ...]:
    """Return the file's rules, then those of the command line, which win."""
    return (rules_file(file) if file else ()) + tuple(Rule.parse(t) for t in texts or ())


@app.command()
def compress(
    source: _Input,
    target: _Output,
    *,
    codec: Annotated[Path | None, typer.Option(help="a trained codec, instead of training")] = None,
    family: _Family = "auto",
    net: _Net = "dense",
    effort: _Effort = "default",
    bound: _Bounds = None,
    bounds: _BoundsFile = None,
    lossy: _Lossy = False,
    keep_plain: _Keep = None,
    tree: _Trees = None,
    seed: _Seed = 0,
    steps: _Steps = None,
    time_budget: _Budget = None,
    latents: _Latents = None,
    device: _Device = None,
    drop_unsupported: Annotated[
        bool, typer.Option("--drop-unsupported", help="leave out what cannot be written, by name")
    ] = False,
    compression: _Level = None,
    force: _Force = False,
    json: _Json = False,
    quiet: _Quiet = False,
    verbose: _Verbose = False,
) -> None:
    """Compress a ROOT file; the output appears once every value was read back and checked."""
    from rootae.compress import compress as run

    with console.bars(quiet=quiet or json) as progress:
        report = run(
            source, target, codec=codec, force=force, drop_unsupported=drop_unsupported,
            compression=compression, progress=progress, family=family, net=net,
            bounds=_rules(bounds, bound), lossy=lossy, keep_plain=tuple(keep_plain or ()),
            trees=tuple(tree or ()), seed=seed, steps=steps, time_budget=time_budget,
            latents=latents, effort=effort, device=device,
        )  # fmt: skip
    if json:
        console.print_json(report.to_json())
    elif not quiet:
        console.show_compressed(report, verbose=verbose)
    for text in report.notes:
        console.note(text)


@app.command()
def decompress(
    source: _Input,
    target: _Output,
    *,
    compression: _Level = None,
    device: _Device = None,
    force: _Force = False,
    json: _Json = False,
    quiet: _Quiet = False,
) -> None:
    """Write a compressed file's trees as ordinary branches again."""
    from rootae.decompress import decompress as run

    with console.bars(quiet=quiet or json) as progress:
        report = run(
            source, target, force=force, compression=compression, device=device, progress=progress
        )
    if json:
        console.print_json(report.to_json())
    elif not quiet:
        console.show_decompressed(report)
    for text in report.notes:
        console.note(text)


@app.command()
def train(
    sources: Annotated[list[str], typer.Argument(metavar="IN...", help="ROOT files of one kind")],
    *,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="C.root", help="codec file")],
    family: _Family = "auto",
    net: _Net = "dense",
    effort: _Effort = "default",
    bound: _Bounds = None,
    bounds: _BoundsFile = None,
    lossy: _Lossy = False,
    keep_plain: _Keep = None,
    tree: _Trees = None,
    seed: _Seed = 0,
    steps: _Steps = None,
    time_budget: _Budget = None,
    latents: _Latents = None,
    device: _Device = None,
    force: _Force = False,
    json: _Json = False,
    quiet: _Quiet = False,
    verbose: _Verbose = False,
) -> None:
    """Train a codec on one or more files and write it as a codec file."""
    from rootae.info import info as describe
    from rootae.training import train as run

    with console.bars(quiet=quiet or json) as progress:
        run(
            sources, output, force=force, progress=progress, family=family, net=net,
            bounds=_rules(bounds, bound), lossy=lossy, keep_plain=tuple(keep_plain or ()),
            trees=tuple(tree or ()), seed=seed, steps=steps, time_budget=time_budget,
            latents=latents, effort=effort, device=device,
        )  # fmt: skip
    if json:
        console.print_json(describe(output).to_json())
    elif not quiet:
        console.show_info(describe(output), verbose=verbose)


@app.command()
def info(file: _File, *, json: _Json = False, verbose: _Verbose = False) -> None:
    """Show codecs, trees, columns, bounds and sizes, without decoding anything."""
    from rootae.info import info as run

    report = run(file)
    if json:
        console.print_json(report.to_json())
    else:
        console.show_info(report, verbose=verbose)


@app.command()
def verify(
    file: _File,
    *,
    against: Annotated[
        Path | None, typer.Option(metavar="ORIGINAL", help="hold every value against this file")
    ] = None,
    device: _Device = None,
    json: _Json = False,
    quiet: _Quiet = False,
) -> None:
    """Decode everything, check every checksum, and every bound if the original is given."""
    from rootae.verify import verify as run

    with console.bars(quiet=quiet or json) as progress:
        report = run(file, against, progress, device=device)
    if json:
        console.print_json(vars(report))
    elif not quiet:
        console.show_verified(report, against=None if against is None else str(against))


@app.command()
def export(
    file: _File,
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="the folder to write")],
    *,
    force: _Force = False,
) -> None:
    """Write a file's codecs as plan.json, tables.npz and ONNX models."""
    from rootae.export import export as run

    for folder in run(file, directory, force=force):
        print("\n".join(str(path) for path in sorted(folder.iterdir())))


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"rootae {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="show the version"),
    ] = False,
) -> None:
    del version  # its callback did everything


def _terminate(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Run the command line."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        app()
    except Exception as error:
        if "ROOTAE_DEBUG" in os.environ:
            raise
        text = f"{type(error).__name__}: {error}"
        console.error(f"{text}; report this as a bug, with what ROOTAE_DEBUG=1 shows")
        sys.exit(1)


if __name__ == "__main__":
    main()
