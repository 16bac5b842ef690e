"""What may happen to a column's values: one file a kind of bound, a table of them, the check."""
