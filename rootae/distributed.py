"""Data sets on a dask cluster: the same work for each file, and the same manifest.

Workers need rootae itself, and see files under the paths that the client sees. A process does one
file at a time: a cluster is best made of workers of one thread.
"""

from __future__ import annotations

import contextlib
import dataclasses
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootae.checks.values import verify as verify_file
from rootae.dataset.counterparts import held_pairs
from rootae.dataset.failure import Failure
from rootae.dataset.inputs import inputs
from rootae.dataset.orders import compressing, decompressing
from rootae.dataset.run import run
from rootae.dataset.task import Piece, Reading
from rootae.errors import RootaeError, said
from rootae.evaluation.evaluate import evaluate as evaluate_files
from rootae.extras import needed
from rootae.paths import leftovers
from rootae.progress import Progress, Telling

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from rootae.dataset.held import Held
    from rootae.dataset.order import Order
    from rootae.dataset.outcome import Outcome
    from rootae.dataset.record import Record
    from rootae.dataset.run import Engine
    from rootae.progress import Told

__all__ = ["compress", "connected", "decompress", "engine", "evaluate", "verify"]

_ADVICE = "pip install 'rootae[dask]'"
_EVERY = 0.5  # seconds between what a worker tells of one file
_HEX = 4
_own = secrets.token_hex(_HEX)  # this process's part of the names of its temporary folders


def compress(
    paths: Sequence[str | Path],
    client: Any,
    *,
    out: str | Path,
    codec: Any = None,
    progress: Progress | None = None,
    **options: Any,
) -> list[Record]:
    """Compress a data set on a dask cluster.

    A file whose worker is lost is done anew on another one. Without a codec, one is trained here.

    Arguments:
        paths: files, globs, lists and filesets, as in `rootae.dataset.inputs.inputs`.
        client: of the cluster, a `distributed.Client`.
        out: the folder of outputs, with ``manifest.json`` and ``fileset.json``.
        codec: a trained codec or its file.
        progress: told how many files are done, and what workers say.
        options: ``force``, ``resume`` and those of `rootae.compress`.

    Returns:
        What the manifest says of each file; ``exception`` says what went wrong.

    Raises:
        ArgumentError: an option is wrong, or outputs cannot go there.
        MissingDependency: distributed is not installed.

    Example:
        >>> from rootae.distributed import compress
        >>> compress(["fileset.json"], client, out="small", lossy=True)  # doctest: +SKIP
    """
    progress = progress or Progress()
    order = compressing(paths, out, codec=codec, progress=progress, **options)
    return _records(order, engine(client, progress))


def decompress(
    paths: Sequence[str | Path],
    client: Any,
    *,
    out: str | Path,
    progress: Progress | None = None,
    **options: Any,
) -> list[Record]:
    """Decompress a data set on a dask cluster.

    Arguments:
        paths, client, out, progress: as in `compress`.
        options: ``force``, ``resume`` and those of `rootae.decompress`.

    Returns:
        What the manifest says of each file.

    Raises:
        ArgumentError: an option is wrong, or outputs cannot go there.
    """
    return _records(decompressing(paths, out, **options), engine(client, progress))


def verify(
    paths: Sequence[str | Path],
    client: Any,
    against: str | Path | None = None,
    *,
    device: str | None = None,
    progress: Progress | None = None,
) -> dict[str, Outcome]:
    """Verify a data set on a dask cluster.

    Arguments:
        paths, client, progress: as in `compress`; a manifest stands for its outputs.
        against: a folder of originals in the same layout, or the manifest that names them; by
            default those that a manifest among the paths names, as far as they are there.
        device: where networks run.

    Returns:
        By file, the report or the failure.

    Raises:
        ArgumentError: it is not clear which original is which file's.
    """
    pairs, _ = held_pairs(inputs(paths)[0], against)
    return _read(Reading(verify_file, {"device": device}), pairs, engine(client, progress))


def evaluate(
    paths: Sequence[str | Path],
    client: Any,
    against: str | Path | None = None,
    *,
    progress: Progress | None = None,
    **options: Any,
) -> dict[str, Outcome]:
    """Evaluate each file of a data set on a dask cluster.

    Arguments:
        paths, client, progress: as in `verify`.
        against: a folder of originals in the same layout, or the manifest that names them; by
            default those that a manifest among the paths names.
        options: ``peaks``, ``trees`` and ``device``, as in `rootae.evaluate`.

    Returns:
        By file, the evaluation or the failure.

    Raises:
        ArgumentError: it is not clear which original is which file's.
    """
    pairs, _ = held_pairs(inputs(paths)[0], against, needed=True)
    work = Reading(evaluate_files, options, ("original", "file"))
    return _read(work, pairs, engine(client, progress))


def _records(order: Order, on: Engine) -> list[Record]:
    for _ in run(order, on):
        pass
    return [order.manifest.files[name] for name in order.layout.outputs]


def _read(work: Reading, pairs: list[Held], on: Engine) -> dict[str, Outcome]:
    found = dict(on(work, [(pair, None) for pair in pairs]))
    return {pair.file: found[number] for number, pair in enumerate(pairs)}


@contextlib.contextmanager
def connected(address: str) -> Iterator[Any]:
    """Connect to a cluster.

    Arguments:
        address: of its scheduler, or the file that it wrote (``--scheduler-file``).

    Raises:
        MissingDependency: distributed is not installed.
        RootaeError: nothing answers there.
    """
    distributed = needed("distributed", "--dask", _ADVICE)
    where = {"scheduler_file" if Path(address).is_file() else "address": address}
    try:
        client = distributed.Client(**where)
    except (OSError, ValueError) as error:
        msg = f"--dask {address}: no scheduler of dask answers there: {said(error)}"
        raise RootaeError(msg) from error
    with client:
        yield client


def engine(client: Any, progress: Progress | None = None) -> Engine:
    """Return what works on files on a cluster, see `rootae.dataset.run.Engine`.

    Arguments:
        client: of the cluster.
        progress: told how many files are done, and what workers say.

    Raises:
        MissingDependency: distributed is not installed.
    """
    distributed = needed("distributed", "a cluster of dask", _ADVICE)
    heard = progress or Progress()

    def work_on(
        work: Callable[..., Any], found: Sequence[tuple[Any, Any]]
    ) -> Generator[tuple[int, Any], None, None]:
        topic = f"rootae-{secrets.token_hex(8)}"
        remote = _Remote(work, topic, leftovers.token)
        heard.phase("files", len(found))
        client.subscribe_topic(topic, lambda event: heard.advance(0, str(event[1])))
        futures = {
            client.submit(remote, *_absolute(*pair), pure=False, key=f"{topic}-{i}"): i
            for i, pair in enumerate(found)
        }
        try:
            for future in distributed.as_completed(list(futures)):
                number = futures.pop(future)
                result = _result(future)
                if isinstance(result, Failure) and found[number][1] is not None:
                    leftovers.remove(Path(found[number][1]), leftovers.token)
                heard.advance(1)
                yield number, result
        finally:
            client.unsubscribe_topic(topic)
            client.cancel(list(futures))

    return work_on


def _result(future: Any) -> Any:
    """Return what came of a task, or a failure: a task may have lost all of its workers."""
    try:
        return future.result()
    except Exception as error:
        text = f"dask could not do it: {type(error).__name__}: {said(error)}"
        return Failure(type(error).__name__, text)


def _absolute(piece: Any, target: Any) -> tuple[Any, Any]:
    """Name files by their whole paths: workers have folders of their own."""
    if isinstance(piece, Piece):
        member = dataclasses.replace(piece.member, path=piece.member.whole)
        return dataclasses.replace(piece, member=member), target.absolute()
    return piece.absolute, target


@dataclasses.dataclass(frozen=True)
class _Remote:
    """Work, as a worker does it.

    Arguments:
        work: takes a piece, a target and ``progress``.
        topic: under which its progress is told.
        run: what the names of temporary folders begin with.
    """

    work: Callable[..., Any]
    topic: str
    run: str

    def __call__(self, piece: Any, target: Any) -> Any:
        leftovers.token = f"{self.run}{_own}"
        worker = needed("distributed", "a worker of dask", _ADVICE).get_worker()

        def tell(told: Told) -> None:
            worker.log_event(self.topic, f"{piece}: {told}")

        return self.work(piece, target, progress=Telling(tell, _EVERY))
