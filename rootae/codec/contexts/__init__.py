"""Which context a value belongs to, by diagrams and networks."""
