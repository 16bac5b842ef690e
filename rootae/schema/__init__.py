"""What a tree holds: columns, leaves, values and bounds. Imports nothing but errors."""
