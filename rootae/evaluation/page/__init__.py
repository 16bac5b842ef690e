"""One self-contained page of an evaluation."""
