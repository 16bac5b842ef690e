"""One column by others, as frozen rules that are applied."""
