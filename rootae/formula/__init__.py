"""Expressions of columns, as in TTree::Draw and uproot: parsed and computed, never run as code."""

from __future__ import annotations

__all__: list[str] = []
