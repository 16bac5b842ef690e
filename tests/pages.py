"""Pages of pcodec as export/FORMAT.md, section 1, describes them, read one bit after the other."""

from __future__ import annotations

import numpy as np


class Bits:
    """Numbers from the least significant bit of the first byte on."""

    def __init__(self, data):
        self.data, self.at, self.end = data, 0, 8 * len(data)

    def take(self, n):
        assert self.at + n <= self.end
        first, skipped = divmod(self.at, 8)
        self.at += n
        word = int.from_bytes(self.data[first : first + 9], "little")
        return word >> skipped & (1 << n) - 1

    def to_byte(self):
        assert self.take(-self.at % 8) == 0


def table(log, weights):
    """Return each state's bin, how many bits lead on, and the first state they lead to."""
    size = 1 << log
    assert sum(weights) == size
    stride = 3 * size // 5
    stride += stride % 2 == 0
    bins = [0] * size
    inside = [b for b, weight in enumerate(weights) for _ in range(weight)]
    for j, b in enumerate(inside):
        bins[stride * j % size] = b
    seen, states = list(weights), []
    for b in bins:
        more = log - (seen[b].bit_length() - 1)
        states.append((b, more, (seen[b] << more) - size))
        seen[b] += 1
    return states


def page(data, width, n):
    """Return the page's n numbers."""
    assert data[:2] == b"\x04\x01"
    b, mask = Bits(data[2:]), (1 << width) - 1
    assert b.take(4) == 0
    delta, order = b.take(4), 0
    assert delta in (0, 1)
    if delta:
        order = b.take(3)
        assert order > 0
        assert b.take(1) == 0
    log = b.take(4)
    assert log <= 14
    count = b.take(15)
    assert count <= 1 << log
    assert count != 1 or log == 0
    weights, lowers, offsets = [], [], []
    for _ in range(count):
        weights.append(b.take(log) + 1)
        lowers.append(b.take(width))
        offsets.append(b.take(width.bit_length()))
    assert all(o <= width for o in offsets)
    b.to_byte()
    moments = [b.take(width) for _ in range(order)]
    states = [b.take(log) for _ in range(4)]
    b.to_byte()
    left, numbers = max(n - order, 0), []
    assert count or not left
    nodes = table(log, weights or [1])
    while left:
        batch = min(left, 256)
        bins = []
        for i in range(batch):
            bin_, more, base = nodes[states[i % 4]]
            bins.append(bin_)
            states[i % 4] = base + b.take(more)
        numbers += [lowers[i] + b.take(offsets[i]) & mask for i in bins]
        left -= batch
    b.to_byte()
    assert b.at == b.end
    if order:
        numbers = [v + (1 << width - 1) & mask for v in numbers]
    for moment in reversed(moments):
        total, sums = moment, []
        for v in numbers:
            sums.append(total)
            total = total + v & mask
        numbers = [*sums, total]
    return np.array(numbers[:n], np.uint64).astype(f"u{width // 8}")
