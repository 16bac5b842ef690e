"""Section 1: pages of pcodec, read one bit after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reference.damage import hold

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["page"]

_Bin = tuple[int, int, int]  # its weight, its lower end, the bits of its offsets
_Node = tuple[int, int, int]  # a state's bin, how many bits lead on, the first state they lead to
_ORDERS, _STATES_AT_MOST, _BATCH = 7, 14, 256


class _Bits:
    """Numbers from the least significant bit of the first byte on."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, n: int) -> int:
        hold(self.at + n <= 8 * len(self.data), "a pcodec page ends early")
        first, skipped = divmod(self.at, 8)
        self.at += n
        word = int.from_bytes(self.data[first : first + 9], "little")
        return word >> skipped & (1 << n) - 1

    def to_byte(self) -> None:
        hold(self.take(-self.at % 8) == 0, "a pcodec page fills bytes with other bits than zeros")


def page(data: bytes, width: int, n: int) -> NDArray[Any]:
    """Return a page's n numbers.

    Arguments:
        data: the page.
        width: bits of a number: 16, 32 or 64.
        n: how many it has to hold.
    """
    hold(data[:2] == b"\x04\x01", "a pcodec page of another version than 4.1")
    bits = _Bits(data[2:])
    order = _order(bits)
    log, bins = _bins(bits, width)
    hold(bins or n <= order, "a pcodec page without bins")
    moments = [bits.take(width) for _ in range(order)]
    states = [bits.take(log) for _ in range(4)]
    bits.to_byte()
    table = _table(log, [weight for weight, _, _ in bins] or [1])
    numbers = _numbers(bits, bins, table, states, max(n - order, 0))
    bits.to_byte()
    hold(bits.at == 8 * len(bits.data), "bytes behind a pcodec page")
    mask = (1 << width) - 1
    whole = _summed([v & mask for v in numbers], moments, width)[:n]
    return np.array(whole, np.uint64).astype(f"u{width // 8}")


def _order(bits: _Bits) -> int:
    """Return the order of differences, 0 for none."""
    hold(bits.take(4) == 0, "a pcodec page in another mode than classic")
    delta = bits.take(4)
    hold(delta in (0, 1), f"a pcodec page with differences of kind {delta}")
    if not delta:
        return 0
    order = bits.take(3)
    hold(1 <= order <= _ORDERS and not bits.take(1), "a pcodec page with unknown differences")
    return order


def _bins(bits: _Bits, width: int) -> tuple[int, list[_Bin]]:
    """Return the logarithm of the number of states, and the bins."""
    log = bits.take(4)
    count = bits.take(15)
    hold(log <= _STATES_AT_MOST and count <= 1 << log, f"a pcodec page of {count} bins")
    hold(count > 1 or not log, "a pcodec page of states for no more than one bin")
    taken = (log, width, width.bit_length())
    bins = [(bits.take(taken[0]) + 1, bits.take(width), bits.take(taken[2])) for _ in range(count)]
    hold(all(offset <= width for _, _, offset in bins), "a pcodec page with too wide offsets")
    bits.to_byte()
    return log, bins


def _table(log: int, weights: list[int]) -> list[_Node]:
    size = 1 << log
    hold(sum(weights) == size, "a pcodec page with other weights than states")
    stride = 3 * size // 5
    stride += stride % 2 == 0
    bins = [0] * size
    for j, b in enumerate(b for b, weight in enumerate(weights) for _ in range(weight)):
        bins[stride * j % size] = b
    seen, nodes = list(weights), []
    for b in bins:
        more = log - (seen[b].bit_length() - 1)
        nodes.append((b, more, (seen[b] << more) - size))
        seen[b] += 1
    return nodes


def _numbers(
    bits: _Bits, bins: list[_Bin], table: list[_Node], states: list[int], left: int
) -> list[int]:
    found: list[int] = []
    while left:
        batch = min(left, _BATCH)
        chosen = []
        for i in range(batch):
            one, more, base = table[states[i % 4]]
            chosen.append(bins[one])
            states[i % 4] = base + bits.take(more)
        found += [low + bits.take(offset) for _, low, offset in chosen]
        left -= batch
    return found


def _summed(numbers: list[int], moments: list[int], width: int) -> list[int]:
    """Undo differences."""
    mask = (1 << width) - 1
    if moments:
        numbers = [v + (1 << width - 1) & mask for v in numbers]
    for moment in reversed(moments):
        total, sums = moment, []
        for v in numbers:
            sums.append(total)
            total = total + v & mask
        numbers = [*sums, total]
    return numbers
