"""One codec for a data set, trained on entries of its files."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootae.container.container import read_codec
from rootae.dataset.digest import digest
from rootae.errors import ArgumentError, NameNotFound, RootaeError
from rootae.operations.train import file_samples, refuse_compressed, train_codec, write_codec
from rootae.paths import leftovers
from rootae.paths.targets import check_target
from rootae.planner.rules import unmatched
from rootae.source.source import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rootae.dataset.member import Member
    from rootae.dataset.order import Order
    from rootae.planner.sample import Sampled
    from rootae.progress import Progress
    from rootae.schema.tree import TreeSchema
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
        NameNotFound: a glob of trees matches none of any file.
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
    found = _Found(order.members, opts)
    samples = found.samples
    if not samples:
        found.refuse_slips()
        return
    for sentence in unmatched(found.schemas, opts.bounds, opts.keep_plain):
        progress.note(sentence)  # before training, and not once a file
    order.manifest.codec = {"file": path.name, "id": None, "options": key, "run": leftovers.token}
    order.manifest.options[key] = learning(opts)
    order.manifest.write()
    made, _ = train_codec(samples, opts, found.nbytes, progress)
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


class _Found:
    """What is sampled of a data set's files.

    Arguments:
        members: the files.
        opts: which trees and columns are meant.
    """

    def __init__(self, members: Sequence[Member], opts: Options) -> None:
        self.samples: dict[str, list[Sampled]] = {}  # by tree
        self.schemas: list[TreeSchema] = []  # of all trees
        self._slips: list[NameNotFound] = []
        sizes = {m.path: _size(Path(m.file)) for m in members}
        self.nbytes = sum(sizes.values())
        some = [m for m in members if sizes[m.path]]
        if len(some) > _FILES:
            some = [some[i * len(some) // _FILES] for i in range(_FILES)]
        for member in some:
            self._take(member, opts, len(some))

    def _take(self, member: Member, opts: Options, files: int) -> None:
        own = member.path.removeprefix(member.file)[1:]
        mine = dataclasses.replace(opts, trees=(*opts.trees, own) if own else opts.trees)
        try:
            with Source.open(member.file) as source:
                refuse_compressed(source)
                schemas = [source.tree(path).schema for path in source.tree_paths()]
                for sampled in file_samples(source, mine, files):
                    self.samples.setdefault(sampled.schema.path, []).append(sampled)
                self.schemas += schemas
        except NameNotFound as error:
            self._slips.append(error)
        except (RootaeError, OSError):
            return

    def refuse_slips(self) -> None:
        """Stop where trees were asked for that no file has.

        Raises:
            NameNotFound: so it is.
        """
        if self._slips:
            raise self._slips[0]


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
