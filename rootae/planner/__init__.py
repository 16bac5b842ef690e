"""From a sample to a plan: decides, and is never needed to read."""
