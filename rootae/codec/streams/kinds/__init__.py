"""Kinds of streams, one a file; `registry` has the table."""
