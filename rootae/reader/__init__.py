"""Compressed files as uproot shows them: decoded columns, a cache for each file."""
