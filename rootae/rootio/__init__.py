"""ROOT files by uproot, whose private names are used here; or by ROOT in its own process."""
