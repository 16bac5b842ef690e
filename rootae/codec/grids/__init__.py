"""Values to integers and back, within a bound."""
