"""No latents: each column's network sees the few earlier columns that tell most about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootae.training import family, nets, networks
from rootae.training.rate import coded_bits

if TYPE_CHECKING:
    from torch import Tensor

    from rootae.training.batches import Batch
    from rootae.training.data import GroupData

__all__ = ["Family"]


class Family(networks.Networks):
    """One tiny network a column, on columns that are decoded before it.

    Which columns, and what the networks share, is the architecture's: dense networks find each
    column's strongest parents; a causal convolution sees the columns right before.

    Arguments:
        data: the group's rows.
        setup: its effort says how many columns a network sees, and how many hidden units it has.

    References:
        Germain et al., *MADE: masked autoencoder for distribution estimation* (2015),
        arXiv:1502.03509.
    """

    def __init__(self, data: GroupData, setup: family.Setup) -> None:
        super().__init__(data, setup)
        build = nets.load(setup.net).autoregressive
        self._networks = build(data.by_lane("lane"), data.by_lane("centre"), setup.effort)
        self.steps_share = self._networks.steps_share

    def decode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Map features to location and log-scale of every lane, shape (lanes, rows)."""
        location, log_scale = self._networks(x).unbind(-1)
        return location, log_scale

    def loss(self, batch: Batch) -> dict[str, Tensor]:
        """Return the rate of the codes, bits a row."""
        location, log_scale = self.decode(batch.x)
        bits = coded_bits(batch.low.T, batch.high.T, location, log_scale)
        return {"codes": bits.sum(0).mean()}

    def next_phase(self) -> None:
        """Turn to the networks' next phase."""
        self._networks.next_phase()

    def stages(self) -> list[family.TrainedStage]:
        """Return one stage for each lane that sees anything."""
        return self._networks.stages()
