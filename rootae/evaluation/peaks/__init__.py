"""What it did to peaks, and their fits."""
