"""Runs over data sets by the arguments of `rootae.compress` and `rootae.decompress`."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootae.codec.codec import Codec
from rootae.container.container import read_codec
from rootae.dataset.inputs import inputs
from rootae.dataset.learning import learn, learning
from rootae.dataset.order import Order
from rootae.operations.compress import compress
from rootae.operations.decompress import decompress
from rootae.operations.train import write_codec
from rootae.paths.targets import check_target
from rootae.planner.promises import Promises
from rootae.progress import Progress
from rootae.training.options import options_of
from rootae.writer.backend import AUTO, checked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rootae.training.options import Options

__all__ = ["compressing", "decompressing"]


def compressing(
    paths: Sequence[str | Path],
    out: str | Path,
    *,
    codec: Codec | str | Path | None = None,
    force: bool = False,
    resume: bool = False,
    drop_unsupported: bool = False,
    backend: str = AUTO,
    compression: int | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> Order:
    """Return a run that compresses a data set; where it needs a codec, one is trained first.

    Arguments:
        paths: as in `rootae.dataset.inputs.inputs`.
        out: the folder of outputs.
        codec: a trained codec or its file, instead of training.
        force: replace outputs, whoever wrote them.
        resume: leave outputs that are as the manifest says.
        drop_unsupported, backend, compression, options: as in `rootae.compress`.
        progress: told about training.

    Raises:
        ArgumentError: an option is wrong, or outputs cannot go there.
        RootaeError: training failed.
    """
    members, told = inputs(paths)
    options["resume"] = resume and options.get("checkpoint") is not None  # that of training
    opts, _ = options_of(dict(options), [], "codec", "backend", "compression", "drop_unsupported")
    checked(backend)
    whole = {
        "backend": backend, "compression": compression, "drop_unsupported": drop_unsupported,
    }  # fmt: skip
    many = codec is None and len(members) > 1
    kept = dict(options) if codec is None and not many else _promised(opts)
    order = Order.of(
        members, Path(out), compress, told=told, resume=resume, force=force, options=kept | whole,
        asked={"command": "compress"} | whole | _asked(opts, alone=codec is None and not many),
    )  # fmt: skip
    if codec is not None:
        _give(order, codec)
    elif many:
        learn(order, opts, progress or Progress())
    return order


def _promised(opts: Options) -> dict[str, Any]:
    """Return the options that stand beside a codec."""
    promises = opts.promises
    return {f.name: getattr(promises, f.name) for f in dataclasses.fields(Promises)}


def _asked(opts: Options, *, alone: bool) -> dict[str, Any]:
    """Return what decides on an output's bytes, as plain JSON values."""
    return learning(opts) if alone else opts.recorded() | {"trees": list(opts.trees)}


def _give(order: Order, codec: Codec | str | Path) -> None:
    if not isinstance(codec, Codec):
        order.coded_by(Path(codec).absolute(), read_codec(codec).id)
        return
    path = order.codec_path
    if not path.exists() or read_codec(path).id != codec.id:
        write_codec(codec, check_target(path, [], force=order.force))
    order.coded_by(path, codec.id)


def decompressing(
    paths: Sequence[str | Path],
    out: str | Path,
    *,
    force: bool = False,
    resume: bool = False,
    **options: Any,
) -> Order:
    """Return a run that makes ordinary files of compressed ones.

    Arguments:
        paths: as in `rootae.dataset.inputs.inputs`.
        out: the folder of outputs.
        force: replace outputs, whoever wrote them.
        resume: leave outputs that are as the manifest says.
        options: ``backend``, ``compression`` and ``device``, as in `rootae.decompress`.

    Raises:
        ArgumentError: an option is wrong, or outputs cannot go there.
    """
    members, told = inputs(paths)
    asked = {k: v for k, v in options.items() if k != "device"} | {"command": "decompress"}
    return Order.of(
        members, Path(out), decompress, told=told, resume=resume, force=force, options=options,
        asked=asked,
    )  # fmt: skip
