"""Training. The only folder that imports torch, and for networks alone: diagrams need none."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from rootae.codec.contexts.device import settled
from rootae.training import race

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rootae.codec.codec import Codec
    from rootae.planner.sample import Sampled
    from rootae.progress import Progress
    from rootae.training.options import Options

__all__ = ["fit"]


def fit(
    codec: Codec, samples: Sequence[Sampled], options: Options, nbytes: int, progress: Progress
) -> tuple[Codec, list[dict[str, Any]]]:
    """Learn contexts for every group of a plain codec (see `rootae.training.race`).

    Raises:
        MissingDependency: networks are asked for and torch or onnx is not installed, or CUDA
            cannot be used.
    """
    options = dataclasses.replace(options, device=settled(options.device, _trouble))
    return race.fit(codec, samples, options, nbytes, progress)


def _trouble() -> str:
    """Say why torch cannot use CUDA; nothing if it can."""
    try:
        import torch
    except ImportError:
        return "torch is not installed: pip install 'rootae[train]'"
    if torch.cuda.is_available():
        return ""
    return f"torch {torch.__version__} finds no CUDA device: it needs one, and a build for CUDA"
