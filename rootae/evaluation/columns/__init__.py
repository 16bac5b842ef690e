"""What compression did to columns."""
