"""One codec for a data set, trained on entries of its files."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootae.container.container import read_codec
from rootae.dataset.digest import digest
from rootae.errors import ArgumentError, RootaeError
from rootae.operations.train import file_samples, refuse_compressed, train_codec, write_codec
from rootae.paths import leftovers
from rootae.paths.targets import check_target
from rootae.source.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rootae.dataset.member import Member
    from rootae.dataset.order import Order
    from rootae.planner.sample import Sampled
    from rootae.progress import Progress
    from rootae.training.options import Options

__all__ = ["learn", "learning"]

_FILES = 64  # that are sampled; of more, so many are spread evenly over all


def learning(opts: Options) -> dict[str, Any]:
    """Return what decides on a codec, as plain JSON values."""
    return opts.recorded() | opts.training() | {"trees": list(opts.trees)}


def learn(order: Order, opts: Options, progress: Progress) -> None:
    """Give an order the codec of its data set: the one that it has, or a new one.

    Files that cannot be read are left out: they are named when it is their turn. If none is left,
    the order gets no codec.

    Arguments:
        order: the run; its manifest says which codec there is.
        opts: how to learn.
        progress: told about phases.

    Raises:
        ArgumentError: the folder has the codec of another run.
        RootaeError: training failed.
    """
    path, key = order.codec_path, digest(learning(opts))
    known = order.manifest.codec or {}
    if order.resume and known.get("options") == key and path.exists():
        codec = read_codec(path).id
        if known.get("id") in (None, codec):  # it appears as a whole, after it was announced
            order.coded_by(path, codec)
            return
    _refuse(order, path)
    output = check_target(path, [], force=True)
    samples, nbytes = _samples(order.members, opts)
    if not samples:
        return
    order.manifest.codec = {"file": path.name, "id": None, "options": key, "run": leftovers.token}
    order.manifest.options[key] = learning(opts)
    order.manifest.write()
    made, _ = train_codec(samples, opts, nbytes, progress)
    write_codec(made, output)
    order.manifest.codec |= {"id": made.id}
    order.manifest.write()
    order.coded_by(path, made.id)


def _refuse(order: Order, path: Path) -> None:
    """Keep the codec of another run from being replaced."""
    if path.exists() and not order.force and not (order.resume and order.manifest.codec):
        msg = (
            f"{path} is the codec of files that are there: --codec {path} or --resume goes on "
            "with it, -f begins anew"
        )
        raise ArgumentError(msg)


def _samples(members: Sequence[Member], opts: Options) -> tuple[dict[str, list[Sampled]], int]:
    """Return samples by tree, and the bytes of all files."""
    sizes = {m.path: _size(Path(m.file)) for m in members}
    some = [m for m in members if sizes[m.path]]
    chosen = [some[i * len(some) // _FILES] for i in range(_FILES)] if len(some) > _FILES else some
    found: dict[str, list[Sampled]] = {}
    for member in chosen:
        for sampled in _of_file(member, opts, len(chosen)):
            found.setdefault(sampled.schema.path, []).append(sampled)
    return found, sum(sizes.values())


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _of_file(member: Member, opts: Options, files: int) -> Iterator[Sampled]:
    own = member.path.removeprefix(member.file)[1:]
    mine = dataclasses.replace(opts, trees=(*opts.trees, own) if own else opts.trees)
    try:
        with Source.open(member.file) as source:
            refuse_compressed(source)
            yield from file_samples(source, mine, files)
    except (RootaeError, OSError):
        return
