"""Entries to blobs and back: what export/FORMAT.md says of the inside of a block."""
