"""From values and a codec to a file, by uproot or by ROOT."""
