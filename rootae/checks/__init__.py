"""Outputs held against inputs."""
