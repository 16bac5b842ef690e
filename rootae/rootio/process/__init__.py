"""ROOT in a process of its own: one question in JSON, one answer."""
