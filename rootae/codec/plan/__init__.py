"""What a codec knows, as frozen data."""
