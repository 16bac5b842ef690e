"""What a stage sees: features, their values on the measured rows, and their scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.contexts.contexts import feature
from rootae.codec.plan.contexts import Edges, Feature, OfLatent, Raw

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.training.data import GroupData
    from rootae.training.family import TrainedEncoder, TrainedStage

    Scales = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]

__all__ = ["seen"]


def seen(
    trained: TrainedStage,
    data: GroupData,
    latents: tuple[TrainedEncoder, NDArray[np.int64]] | None,
    tables: list[NDArray[np.int64]],
) -> tuple[tuple[Feature, ...], NDArray[Any], Scales]:
    """Return what a stage sees, its values, and their means, spreads and largest values.

    Arguments:
        trained: the stage.
        data: the group's.
        latents: the encoder and its latents, shape (latents, rows), if there is one.
        tables: the group's; those of the latents' categories are put behind them.

    Returns:
        Features; values of shape (features, rows); three arrays of shape (features,).
    """
    if latents is not None and not trained.features:
        encoder, codes = latents
        inputs, largest = _of_latents(encoder, tables)
        x = np.stack([feature(f, codes[f.of.index], tables) for f in inputs])
        return inputs, x, (np.zeros(len(inputs)), np.ones(len(inputs)), largest)
    which, rows = list(trained.features), slice(data.measured_rows)
    inputs = tuple(data.features[k] for k in which)
    mean, spread = (np.asarray(a, np.float64)[which] for a in (data.mean, data.spread))
    return inputs, data.inputs(which, rows), (mean, spread, data.top(which))


def _of_latents(
    encoder: TrainedEncoder, tables: list[NDArray[np.int64]]
) -> tuple[tuple[Feature, ...], NDArray[np.float64]]:
    """Return what a decoder sees of the latents, and the largest value of each."""
    n = encoder.latents - encoder.discrete
    first = len(tables)
    tables += [np.array([k], np.int64) for k in range(1, encoder.categories)]
    reached = range(first, len(tables))
    inputs = [Feature(OfLatent(i), Raw()) for i in range(n)]
    inputs += [
        Feature(OfLatent(i), Edges(table)) for i in range(n, encoder.latents) for table in reached
    ]
    largest = np.ones(len(inputs))
    largest[:n] = encoder.top
    return tuple(inputs), largest
