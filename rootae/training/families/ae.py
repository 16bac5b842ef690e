"""The plain autoencoder: rounded latents, one decoder that sees nothing but them."""

from __future__ import annotations

from rootae.training.latents.autoencoder import Autoencoder

__all__ = ["Family"]


class Family(Autoencoder):
    """An autoencoder that asks nothing of its latents but that they be short.

    References:
        Hinton and Salakhutdinov, *Reducing the dimensionality of data with neural networks*,
        Science 313 (2006); Balle, Laparra and Simoncelli (2017), arXiv:1611.01704.
    """
