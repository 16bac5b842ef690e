"""Decision diagrams, learned by counting."""
