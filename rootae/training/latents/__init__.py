"""Families with latents, and what these may look like."""
