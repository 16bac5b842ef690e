"""Columns as a schema and values, and a codec's way there and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np

from rootae.schema.column import Column
from rootae.schema.tree import TreeSchema
from rootae.schema.values import Values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rootae.codec.block import Block
    from rootae.codec.codec import Codec
    from rootae.codec.decoder import Decoder


def table(columns: Mapping[str, Any]) -> tuple[TreeSchema, dict[str, Values]]:
    """Return a schema and values of {name: array}, jagged ones counted by n<prefix>."""
    described: list[Column] = []
    values: dict[str, Values] = {}
    for name, x in columns.items():
        jagged = not isinstance(x, np.ndarray)
        counter = "n" + name.split("_")[0] if jagged else None
        flat = ak.to_numpy(ak.flatten(x)) if jagged else x
        column = Column(name, flat.dtype.name, flat.shape[1:], counter)
        if counter is not None and counter not in values:
            counts = ak.to_numpy(ak.num(x)).astype("i4")
            described.append(Column(counter, "int32", is_counter=True))
            values[counter] = Values(counts)
        described.append(column)
        values[name] = Values.from_array(x, column)
    return TreeSchema("t", "", tuple(described), order=tuple(c.name for c in described)), values


def bytes_of(codec: Codec, block: Block, name: str) -> int:
    """Return the bytes of a column in a block."""
    return sum(len(block.blobs[i]) for i in codec.tree("t").layout.blobs_of([name]))


def round_trip(codec: Codec, values: Mapping[str, Values]) -> tuple[Block, Decoder]:
    coder = codec.tree("t")
    block = coder.encode(values)
    coder.verify(block, values, "here")
    return block, coder.decoder(block)
