"""What the columns of the page's tables mean."""

from __future__ import annotations

__all__ = ["LEGEND"]

LEGEND = {
    "bound": "what was promised: exact (the same bits), abs:E (|y &minus; x| &le; E), rel:E "
    "(|y &minus; x| &le; E|x|), for x before and y after; or no bound",
    "largest error": "the largest |y &minus; x| of all values; relative to |x| under a rel bound",
    "of bound": "the same, as a share of what is allowed; above 100% the bound is broken",
    "bias, RMS": "mean and root mean square of y &minus; x, in the column's unit",
    "RMS / spread": "the RMS error in units of the column's own standard deviation: how loud the "
    "error is beside the signal; the table begins with the largest",
    "response": "mean and standard deviation of (y &minus; x) / x, where x is not zero",
    "KS": "Kolmogorov-Smirnov distance: the largest gap between the cumulative distributions "
    "before and after, from 0 (equal) to 1. Marked * where one value is repeated often: however "
    "little it moves, the distance jumps by its share of all values, so that W1 and the errors say "
    "more there",
    "W1": "Wasserstein-1 distance: how far values have to move on average to turn one "
    "distribution into the other, in the column's unit",
    "bits a value": "bits that the column takes in the compressed file, a value; shared "
    "tables, networks and latents not counted",
}
