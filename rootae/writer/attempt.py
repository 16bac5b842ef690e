"""One attempt at a compressed file, by the backend that was chosen, and what it came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rootae.writer import file, root_compressed
from rootae.writer.backend import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from rootae.codec.codec import Codec
    from rootae.source.source import Source
    from rootae.writer.tree import Sizes

__all__ = ["Attempt", "write"]


@dataclass(frozen=True)
class Attempt:
    """What an output came to that was written once, and may be written again.

    Arguments:
        nbytes: of the file.
        sizes: what the blocks came to, by tree; no tree where the output is a copy.
        autosaves: older cycles of trees that were left out because they hold nothing that the
            newest does not hold.
    """

    nbytes: int
    sizes: Mapping[str, Sizes] = field(default_factory=dict)
    autosaves: tuple[str, ...] = ()


def write(
    source: Source,
    target: Path,
    codec: Codec,
    provenance: Callable[[Mapping[str, Sizes]], dict[str, Any]],
    *,
    backend: str,
    compression: Any,
    drop_unsupported: bool,
    advance: Callable[[str, int], None],
) -> Attempt:
    """Write everything of the input, trees that the codec knows as blocks.

    Arguments:
        source: the input.
        target: where to write; it is replaced.
        codec: codes the trees in its plan.
        provenance: makes the file's record from what the blocks came to.
        backend: ``uproot`` or ``root``.
        compression: for what passes through; what ROOT copies keeps its own.
        drop_unsupported: leave out what uproot cannot write instead of stopping.
        advance: told the tree and the number of its entries that are done.

    Returns:
        What it came to.

    Raises:
        MissingDependency: ROOT is to write and is not installed.
        UnsupportedError: something would be lost, or ROOT could not do it.
    """
    autosaves: list[str] = []
    if backend == ROOT:
        sizes, autosaves = root_compressed.write(
            source, target, codec, provenance, compression=compression, advance=advance
        )
    else:
        sizes = file.write(
            source, target, codec, provenance, compression=compression,
            drop_unsupported=drop_unsupported, advance=advance,
        )  # fmt: skip
    return Attempt(target.stat().st_size, sizes, tuple(autosaves))
