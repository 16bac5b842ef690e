"""Phases in turn, from the start or a checkpoint."""
