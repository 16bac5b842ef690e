"""Float16_t and Double32_t as ROOT packs and unpacks them.

uproot misreads some spellings of these types: cut mantissas of more than 14 bits, ranges of 32 bits
or of arrays; with other ranges its sums round otherwise now and then. So branches of these types
are read here, by ROOT's own arithmetic, whatever their spelling, or not at all.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from uproot import const
from uproot.interpretation.jagged import AsJagged
from uproot.interpretation.numerical import AsDtype

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Packing", "interpretation", "is_packed", "packing_of", "range_of"]

_LEAVES = {"TLeafF16": "float32", "TLeafD32": "float64"}
_CODES = {"float32": "f", "float64": "d"}
_ELEMENTS = (const.kFloat16, const.kDouble32)
_KINDS = 20  # types of members: numbers, then arrays of these, then pointers to these
_NAMES = {"float32": "Float16_t", "float64": "Double32_t"}
_BRACKETS = re.compile(r"\[([^\]]*)\]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?")
_ANGLES = (("2pi", 2.0), ("2*pi", 2.0), ("twopi", 2.0), ("pi/2", 0.5), ("pi/4", 0.25), ("pi", 1.0))
_CUT = np.dtype([("exponent", "u1"), ("mantissa", ">u2")])
_MANTISSA, _DEFAULT, _MOST = 23, 12, 14  # bits: of float32, of Float16_t, of what 16 bits can hold
_WHOLE = 32  # bits of a range that says none


@dataclass(frozen=True)
class Packing:
    """How numbers are packed: as steps of a range, with cut mantissas, or as float32.

    Arguments:
        dtype: what they are in memory, ``float32`` or ``float64``.
        low, high: the range, in the branch's unit.
        factor: steps a unit, 0 where there is no range.
        bits: of the mantissa, 0 where it is not cut.

    Example:
        >>> packing = packing_of("x/d[0,4,3]", "float64")
        >>> packing.unpack(packing.pack(np.array([0.0, 1.1, 9.0]))).tolist()
        [0.0, 1.0, 4.0]
    """

    dtype: str
    low: float = 0.0
    high: float = 0.0
    factor: float = 0.0
    bits: int = 0

    @property
    def stored(self) -> np.dtype[Any]:
        """Return the type of a packed number."""
        if self.factor:
            return np.dtype(">u4")
        return _CUT if self.bits else np.dtype(">f4")

    def unpack(self, raw: NDArray[Any]) -> NDArray[Any]:
        """Return numbers as ROOT reads them, from packed ones of the same shape."""
        with np.errstate(all="ignore"):
            if self.factor:
                steps: NDArray[np.float64] = raw.astype(np.float64) / self.factor
                return (steps + self.low).astype(self.dtype)
            return (self._joined(raw) if self.bits else raw).astype(self.dtype)

    def _joined(self, raw: NDArray[Any]) -> NDArray[np.float32]:
        """Put exponents and mantissas together; the bit above the mantissa's is the sign."""
        mantissa = raw["mantissa"].astype(np.uint32)
        inside = mantissa & np.uint32((1 << (self.bits + 1)) - 1)
        found = raw["exponent"].astype(np.uint32) << np.uint32(_MANTISSA)
        found |= inside << np.uint32(_MANTISSA - self.bits)
        found ^= (mantissa >> np.uint32(self.bits + 1) & np.uint32(1)) << np.uint32(31)
        return found.view(np.float32)

    def pack(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return numbers as ROOT writes them."""
        with np.errstate(all="ignore"):
            if self.factor:
                inside = np.clip(values.astype(np.float64), self.low, self.high)
                steps = np.floor(0.5 + self.factor * (inside - self.low))
                steps = np.where(np.isfinite(steps), steps, 0.0)
                return np.minimum(steps, 2.0**32 - 1).astype(self.stored)
            single = values.astype(np.float32)
        return self._split(single) if self.bits else single.astype(self.stored)

    def _split(self, single: NDArray[np.float32]) -> NDArray[Any]:
        """Take exponents and mantissas apart; what would round up to the next exponent does not."""
        word = single.view(np.uint32)
        kept = word >> np.uint32(_MANTISSA - self.bits - 1) & np.uint32((1 << (self.bits + 1)) - 1)
        mantissa = (kept + np.uint32(1)) >> np.uint32(1)
        mantissa = np.minimum(mantissa, np.uint32((1 << self.bits) - 1))
        mantissa |= (single < 0).astype(np.uint32) << np.uint32(self.bits + 1)
        raw = np.empty(single.shape, _CUT)
        raw["exponent"] = word >> np.uint32(_MANTISSA) & np.uint32(0xFF)
        raw["mantissa"] = mantissa
        return raw

    def keeps(self, values: NDArray[Any]) -> bool:
        """Say whether values of the dtype come back bit for bit once they are packed.

        Example:
            >>> packing_of("x/f[0,0,10]", "float32").keeps(np.array([0.5, 0.1], "f4"))
            False
        """
        return self.unpack(self.pack(values)).tobytes() == values.tobytes()


def packing_of(title: str, dtype: str) -> Packing | None:
    """Return what the title of a leaf says, or None where this is not clear.

    Arguments:
        title: as in ``x[3]/d[0,1,12]``.
        dtype: ``float32`` for Float16_t, ``float64`` for Double32_t.
    """
    found = (range_of(title, dtype)[1:-1] or "0,0").split(",")
    low, high = (_limit(text) for text in found[:2])
    bits = _bits(found[2:])
    if low is None or high is None or bits is None:
        return None
    if low < high:
        factor = (2**bits - (bits == _WHOLE)) / (high - low)
        return Packing(dtype, low, high, factor) if 0 < factor < math.inf else None
    kept = bits if bits <= _MOST else int(low)
    if dtype == "float32":
        kept = kept or _DEFAULT
    return Packing(dtype, bits=kept) if 0 <= kept <= _MOST else None


def range_of(title: str, dtype: str) -> str:
    """Return the range that ROOT finds in a leaf's title, or nothing.

    Example:
        >>> range_of("x[3]/d[0,1,12]", "float64")
        '[0,1,12]'
    """
    code = _CODES[dtype]
    if re.match(rf"{code}\[[^]]*,", title):  # older leaves have nothing else as title
        title = f"/{title}"
    text = title.partition("/")[2][1:] if f"/{code}[" in title else ""
    return next((f"[{t}]" for t in _BRACKETS.findall(text)[:2] if "," in t), "")


def _limit(text: str) -> float | None:
    text = text.lower().replace(" ", "")
    for name, times in _ANGLES:
        if name in text:
            return math.pi * times * (-1 if "-" in text else 1)
    number = float(text) if _NUMBER.fullmatch(text) else math.inf
    return number if math.isfinite(number) else None


def _bits(texts: list[str]) -> int | None:
    """Return the number of bits; ROOT takes one out of range for 32."""
    if not texts:
        return _WHOLE
    if len(texts) > 1 or not re.fullmatch(r"\s*[+-]?\d{1,9}\s*", texts[0]):
        return None
    bits = int(texts[0])
    return bits if 2 <= bits <= _WHOLE else _WHOLE


class AsPacked(AsDtype):  # type: ignore[misc]  # uproot has no annotations
    """Interprets packed numbers as ROOT does.

    Arguments:
        packing: how they are packed.
        shape: fixed inner dimensions.
    """

    def __init__(self, packing: Packing, shape: tuple[int, ...]) -> None:
        super().__init__(np.dtype((packing.stored, shape)), np.dtype((packing.dtype, shape)))
        self._packing = packing

    @property
    def typename(self) -> str:
        """Return the type as C++ has it."""
        return _NAMES[self._packing.dtype] + "".join(f"[{n}]" for n in self.to_dtype.shape)

    def basket_array(self, *args: Any, **options: Any) -> NDArray[Any]:
        """Unpack one basket."""
        return self._packing.unpack(super().basket_array(*args, **options))


def is_packed(branch: Any) -> bool:
    """Say whether a branch holds Float16_t or Double32_t, in leaves or as a member of a class."""
    return any(_is_packed(leaf) for leaf in branch.member("fLeaves"))


def interpretation(branch: Any) -> Any:
    """Return how to read a branch of packed numbers, or None if this is not known.

    Arguments:
        branch: of which `is_packed` holds.
    """
    leaf = branch.member("fLeaves")[0]
    dtype = _LEAVES.get(leaf.classname)  # a member of a class has its range in the class
    if len(branch.member("fLeaves")) > 1 or dtype is None:
        return None
    packing = packing_of(str(leaf.member("fTitle")), dtype)
    if packing is None:
        return None
    content = AsPacked(packing, _shape(leaf))
    return content if leaf.member("fLeafCount") is None else AsJagged(content)


def _is_packed(leaf: Any) -> bool:
    if leaf.classname != "TLeafElement":
        return leaf.classname in _LEAVES
    kind = int(leaf.member("fType"))
    return 0 < kind < 3 * _KINDS and kind % _KINDS in _ELEMENTS


def _shape(leaf: Any) -> tuple[int, ...]:
    names = _BRACKETS.findall(str(leaf.member("fTitle")).partition("/")[0])
    shape = tuple(int(n) for n in names if n.isdecimal())
    size = int(leaf.member("fLen"))
    if math.prod(shape) == size:
        return shape
    return (size,) if size > 1 else ()
