"""The Wasserstein autoencoder: the latents' distribution is drawn towards a prior as a whole."""

from __future__ import annotations

from rootae.training.latents.regularised import Regularised

__all__ = ["Family"]


class Family(Regularised):
    """An autoencoder with the maximum mean discrepancy between latents and prior in its loss.

    Unlike a KL term this leaves every row's code as sharp as it likes; only all of them together
    have to look like the prior.

    References:
        Tolstikhin, Bousquet, Gelly and Schoelkopf, *Wasserstein auto-encoders* (2018),
        arXiv:1711.01558.
    """
