"""A run over a data set: what is left to do is done, and each outcome is written down."""

from __future__ import annotations

import contextlib
import dataclasses
from typing import TYPE_CHECKING, Any, Protocol

from rootae.dataset.failure import Failure
from rootae.dataset.outcome import Outcome
from rootae.dataset.task import Task, check
from rootae.paths import leftovers

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from pathlib import Path

    from rootae.dataset.order import Order
    from rootae.dataset.task import Piece

__all__ = ["Engine", "run"]


class Engine(Protocol):
    """Calls a function on pieces of work, here, in other processes or on other machines."""

    def __call__(
        self, work: Callable[..., Any], found: Sequence[tuple[Any, Any]]
    ) -> Generator[tuple[int, Any], None, None]:
        """Yield the number of each piece and what came of it, or a `Failure`, as they come.

        Arguments:
            work: takes a piece, a target and perhaps ``progress``.
            found: pieces and targets.
        """


def run(order: Order, engine: Engine) -> Generator[tuple[Path, Outcome | None], None, None]:
    """Do what is left, and write manifest and fileset.

    Arguments:
        order: what is asked.
        engine: what works.

    Yields:
        Each output, with what came of it, or None if it stays as it was.

    Raises:
        RootaeError: the manifest cannot be written.
    """
    done = _standing(order, engine)
    pieces = order.claims(done)
    order.manifest.write()
    yield from ((target, None) for target in order.layout.targets if target in done)
    names = dict(zip(order.layout.targets, order.layout.outputs, strict=True))
    task = Task(order.work, order.options, leftovers.token)
    try:
        with contextlib.closing(engine(task, pieces)) as results:
            for number, result in results:
                piece, target = pieces[number]
                outcome = Outcome(failure=result) if isinstance(result, Failure) else result
                _take_down(order, piece, names[target], outcome)
                yield target, outcome
    finally:
        order.manifest.write()
        order.manifest.write_fileset()


def _standing(order: Order, engine: Engine) -> set[Path]:
    """Return the outputs that are what the manifest says, made of the inputs that are there."""
    found = order.candidates()
    with contextlib.closing(engine(check, found)) as results:
        return {found[number][1] for number, holds in results if holds is True}


def _take_down(order: Order, piece: Piece, name: str, outcome: Outcome) -> None:
    manifest = order.manifest
    record = order.settled(piece.member, name)
    if outcome.failure is not None:
        record = record.failed(outcome.failure)
        if not record.run and name in manifest.files:
            return  # what stands there is as the manifest says
    else:
        facts = dict(outcome.facts)
        bounds = manifest.bound(facts.pop("bounds", {}))
        record = dataclasses.replace(record, bounds=bounds, **facts)
    manifest.put(dataclasses.replace(record, seconds=round(outcome.seconds, 3)))
    manifest.write(now=False)
