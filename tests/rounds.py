"""How often a test changes something at random: seldom, and often in slow tests."""

from __future__ import annotations

import pytest

__all__ = ["rounds"]


def rounds(few: int, many: int) -> pytest.MarkDecorator:
    """Give a test a `seed`, and how many `rounds` it takes."""
    return pytest.mark.parametrize(
        ("seed", "rounds"), [(0, few), pytest.param(1, many, marks=pytest.mark.slow)]
    )
