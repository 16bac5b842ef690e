"""Inputs as values: files, trees, and what they hold besides."""
