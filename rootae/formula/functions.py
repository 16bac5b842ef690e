"""The functions that an expression may call: one table, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np

from rootae.formula.numbers import alike, double, fits, flat, truth

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ELEMENTWISE", "REDUCERS", "Elementwise", "Reducer"]


@dataclass(frozen=True)
class Elementwise:
    """A function of numbers.

    Arguments:
        compute: from values to values.
        arguments: how many it takes.
    """

    compute: Callable[..., Any]
    arguments: int = 1


@dataclass(frozen=True)
class Reducer:
    """A function of all numbers of an entry.

    Arguments:
        compute: from lists without any further lists in them.
        needs: it has no value where there are no numbers.
    """

    compute: Callable[..., Any]
    needs: bool = False


def _doubles(ufunc: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *values: ufunc(*(double(v) for v in values))


def _same_type(ufunc: Callable[..., Any]) -> Callable[..., Any]:
    return lambda a, b: ufunc(*alike(a, b))


def _chosen(condition: Any, yes: Any, no: Any) -> Any:
    values = (truth(condition), *alike(yes, no))
    if any(isinstance(v, ak.Array) for v in values):
        return ak.where(*values)
    return np.where(*values)


def _absolute(value: Any) -> Any:
    return np.abs(value if flat(value).dtype.kind != "b" else double(value))


_PLAIN = (
    "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctanh", "cbrt", "ceil", "cos", "cosh",
    "exp", "exp2", "expm1", "fabs", "floor", "isfinite", "isinf", "isnan", "log", "log10", "log1p",
    "log2", "rint", "sign", "sin", "sinh", "sqrt", "tan", "tanh", "trunc",
)  # fmt: skip
_ALSO = {  # as C++ and ROOT call them
    "acos": "arccos", "acosh": "arccosh", "asin": "arcsin", "asinh": "arcsinh", "atan": "arctan",
    "atanh": "arctanh", "round": "rint", "int": "trunc", "sq": "square",
    "TMath::ACos": "arccos", "TMath::ASin": "arcsin", "TMath::ATan": "arctan",
    "TMath::Cos": "cos", "TMath::CosH": "cosh", "TMath::Exp": "exp", "TMath::Log": "log",
    "TMath::Log10": "log10", "TMath::Sin": "sin", "TMath::SinH": "sinh", "TMath::Sqrt": "sqrt",
    "TMath::Tan": "tan", "TMath::TanH": "tanh",
}  # fmt: skip
_PAIRS = {
    "arctan2": np.arctan2, "atan2": np.arctan2, "copysign": np.copysign, "fmod": np.fmod,
    "hypot": np.hypot, "pow": np.float_power, "power": np.float_power,
    "TMath::ATan2": np.arctan2, "TMath::Hypot": np.hypot, "TMath::Power": np.float_power,
}  # fmt: skip
_EXTREMES = {
    "max": np.maximum, "maximum": np.maximum, "fmax": np.fmax, "TMath::Max": np.maximum,
    "min": np.minimum, "minimum": np.minimum, "fmin": np.fmin, "TMath::Min": np.minimum,
}  # fmt: skip

ELEMENTWISE: dict[str, Elementwise] = {
    **{name: Elementwise(_doubles(getattr(np, name))) for name in _PLAIN},
    **{name: Elementwise(_doubles(getattr(np, like))) for name, like in _ALSO.items()},
    **{name: Elementwise(_doubles(ufunc), 2) for name, ufunc in _PAIRS.items()},
    **{name: Elementwise(_same_type(ufunc), 2) for name, ufunc in _EXTREMES.items()},
    **dict.fromkeys(("abs", "absolute", "TMath::Abs"), Elementwise(_absolute)),
    "where": Elementwise(_chosen, 3),
}


def _extreme(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda lists: ak.to_numpy(ak.fill_none(function(lists, axis=1), 0))


def _counted(lists: Any) -> Any:
    return ak.to_numpy(ak.num(lists, axis=1)).astype(np.int64)


def _sum(lists: Any) -> Any:
    rounded = ak.to_numpy(ak.sum(double(lists), axis=1))
    is_whole = flat(lists).dtype.kind in "bi" and fits(ak.sum(np.abs(double(lists)), axis=1))
    return ak.to_numpy(ak.sum(lists, axis=1)) if is_whole else rounded


def _mean(lists: Any) -> Any:
    return _sum(double(lists)) / _counted(lists)


def _every(lists: Any) -> Any:
    return ak.to_numpy(ak.all(truth(lists), axis=1))


def _some(lists: Any) -> Any:
    return ak.to_numpy(ak.any(truth(lists), axis=1))


def _product(lists: Any) -> Any:
    return ak.to_numpy(ak.prod(double(lists), axis=1))


REDUCERS: dict[str, Reducer] = {
    "all": Reducer(_every),
    "any": Reducer(_some),
    **dict.fromkeys(("count", "len", "num", "Length$"), Reducer(_counted)),
    **dict.fromkeys(("sum", "Sum$"), Reducer(_sum)),
    "prod": Reducer(_product),
    "mean": Reducer(_mean, needs=True),
    "max": Reducer(_extreme(ak.max), needs=True),
    "min": Reducer(_extreme(ak.min), needs=True),
    "Max$": Reducer(_extreme(ak.max)),
    "Min$": Reducer(_extreme(ak.min)),
}
