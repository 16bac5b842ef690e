"""Whole files: one file a verb."""
