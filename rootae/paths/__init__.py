"""What may stand at a path, outputs that appear whole, and what must not be left behind."""
