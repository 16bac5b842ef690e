"""What is said of bytes that are not as the format has them."""

from __future__ import annotations

__all__ = ["Damaged", "Newer", "hold"]


class Damaged(ValueError):
    """A file is not as export/FORMAT.md says, or is of a format that this reader does not know."""


class Newer(Damaged):
    """A file needs a newer reader, or is damaged."""


def hold(right: object, otherwise: str) -> None:
    """Refuse what is not right.

    Arguments:
        right: whether it is.
        otherwise: what to say if not.

    Raises:
        Damaged: it is not.
    """
    if not right:
        raise Damaged(otherwise)
