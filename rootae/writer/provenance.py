"""How a file was made, as it is recorded in the file itself."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rootae.codec.codec import Codec
    from rootae.source.source import Source
    from rootae.writer.tree import Sizes

__all__ = ["UNASKED", "provenance"]

UNASKED = {"bounds": [], "lossy": False, "keep_plain": [], "family": "auto", "seed": 0}


def provenance(
    source: Source,
    codec: Codec,
    sizes: Mapping[str, Sizes],
    asked: Mapping[str, Any] = UNASKED,
) -> dict[str, Any]:
    """Describe how the file was made: source, trees with each column's largest error, options.

    Arguments:
        source: the input.
        codec: what its trees were coded with.
        sizes: what the blocks came to, by tree.
        asked: what is recorded of the options, by name; merge and skim take none.
    """
    compression = source.compression
    trees = {
        t.path: {"entries": sizes[t.path].entries, "blocks": sizes[t.path].blocks}
        | {"errors": sizes[t.path].errors}
        for t in codec.plan.trees
        if t.path in sizes
    }
    return {
        "format": codec.plan.format,
        "codec": codec.id,
        "source": {
            "name": source.path.name,
            "bytes": source.path.stat().st_size,
            "compression": None if compression is None else int(compression.code),
        },
        "trees": trees,
        "options": dict(asked),
        "versions": {
            p: version(p) for p in ("rootae", "numpy", "awkward", "uproot", "pcodec", "onnxruntime")
        }
        | {"python": platform.python_version()},
    }
