"""One group of one block: lanes in, blobs out; contexts are made as they will be for a reader."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.streams import stream

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from rootae.codec.drafts import Drafts
    from rootae.codec.group import GroupCoder
    from rootae.codec.lane_encoder import Encoded

__all__ = ["EncodedGroup", "encode"]


@dataclass(frozen=True)
class EncodedGroup:
    """A group's bytes.

    Arguments:
        latents: the joined streams of the latents.
        lanes: each lane's bytes and mode, which may be under way.
    """

    latents: bytes
    lanes: Sequence[Future[Encoded] | Encoded]

    def whole(self) -> list[Encoded]:
        """Return each lane's bytes and mode, as soon as they are there."""
        return [x.result() if isinstance(x, Future) else x for x in self.lanes]


def encode(
    coder: GroupCoder,
    drafts: Drafts,
    values: Sequence[NDArray[Any]],
    later: Executor | None = None,
) -> EncodedGroup:
    """Code a group of one block.

    Arguments:
        coder: of the group.
        drafts: takes its lanes.
        values: each lane's values, shape (rows,), the column's dtype.
        later: makes lanes' bytes beside what is done here.
    """
    z = _latents(coder, drafts, values)
    if len(z):
        drafts.take_latents(z)
    made: dict[int, Future[Encoded] | Encoded] = {}
    for i in coder.order:
        make = drafts.draft(i, values[i])
        made[i] = make() if later is None else later.submit(make)
    stored = stream.join(stream.encode(x) for x in z)
    return EncodedGroup(stored, [made[i] for i in range(len(values))])


def _latents(
    coder: GroupCoder, drafts: Drafts, values: Sequence[NDArray[Any]]
) -> NDArray[np.int64]:
    """Run the encoder: whole numbers of shape (latents, rows)."""
    encoder = coder.plan.encoder
    rows = len(values[0]) if values else 0
    if encoder is None or not rows:
        return np.zeros((encoder.latents if encoder else 0, rows), np.int64)
    codes = {f.of.index: drafts.codes(f.of.index, values[f.of.index]) for f in encoder.inputs}
    network = coder.networks[encoder.network]
    z: NDArray[np.int64] = np.rint(network.run(coder.inputs(codes))).astype(np.int64)
    return z
