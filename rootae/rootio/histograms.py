"""Histograms of several files added up, as ROOT's hadd adds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.errors import UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = [
    "add",
    "difference",
    "equal",
    "is_addable",
    "is_labelled",
    "is_merged_by_root",
    "is_never_merged",
]

_KINDS = {f"TH{d}{t}" for d in "123" for t in "CSILFD"} | {"TProfile"}
_MERGED_BY_ROOT = (
    "TH", "TProfile", "TEfficiency", "TGraph", "TMultiGraph", "TParameter", "TEntryList",
    "TEventList", "TFileCollection", "TLinearFitter", "TList", "TObjArray", "TPoly",
    "TSelectorScalar", "TStatistic", "ROOT::",
)  # fmt: skip
_NEVER_MERGED = ("TObjString", "TNamed", "TChain", "TGraph2D", "TVectorT<", "TMatrixT")
_SUMS = ("fEntries", "fSumw2", "fBinEntries", "fBinSumw2")
_EQUAL = ("fNcells", "fBinStatErrOpt", "fErrorMode", "fYmin", "fYmax", "fZmin", "fZmax")
_AXES = ("fXaxis", "fYaxis", "fZaxis")
_GROWING = 1 << 1  # of TAxis::fBits2
_AVERAGED = 1 << 18  # TH1::kIsAverage: such histograms are averaged, not added


def is_addable(kind: str) -> bool:
    """Say whether objects of a class are histograms that can be added here.

    Example:
        >>> is_addable("TH2F"), is_addable("TEfficiency")
        (True, False)
    """
    return kind in _KINDS


def is_merged_by_root(kind: str) -> bool:
    """Say whether hadd would put several objects of a class together, and not keep them all."""
    return kind.startswith(_MERGED_BY_ROOT) and not is_never_merged(kind)


def is_never_merged(kind: str) -> bool:
    """Say whether hadd keeps all objects of a class, whoever asks ROOT."""
    return kind.startswith(_NEVER_MERGED)


def add(total: Any, other: Any, where: str) -> None:
    """Add a histogram to another one, in place: contents, squares of weights, moments, entries.

    Arguments:
        total, other: histograms as uproot read them.
        where: file and name of the second, for messages.

    Raises:
        UnsupportedError: they have other axes, or a sum that their type cannot hold.
    """
    why = difference(total, other)
    if why:
        msg = f"{where} {why}: give them the same bins, or let ROOT merge the files"
        raise UnsupportedError(msg)
    _give_weights(total, other)
    moments = _has_moments(total) and _has_moments(other)
    for mine, theirs in zip(_models(total), _models(other), strict=True):
        for name in mine._members:
            if name.startswith("fTsum") and not moments:
                mine._members[name] = 0.0
            elif name in _SUMS or name.startswith("fTsum"):
                mine._members[name] = _sum(mine._members[name], theirs._members[name], where)
        if hasattr(mine, "_data"):
            mine._data = _sum_arrays(mine._data, theirs._data, where)


def _models(model: Any) -> Iterator[Any]:
    """Yield a model and those of all its base classes."""
    yield model
    for base in model.bases:
        yield from _models(base)


def difference(total: Any, other: Any) -> str:
    """Say why two histograms cannot be added bin by bin, empty if they can."""
    if total.classname != other.classname or _shape(total) != _shape(other):
        return "has other axes or another type than in the files before it"
    for histogram in (total, other):
        if _member(histogram, "@fBits", 0) & _AVERAGED or len(_member(histogram, "fBuffer", ())):
            return "is an average or keeps unbinned entries"
    return ""


def is_labelled(*histograms: Any) -> bool:
    """Say whether axes have labels or grow, which ROOT has rules of its own for."""
    axes = (h.all_members[n].all_members for h in histograms for n in _AXES if n in h.all_members)
    return any(a.get("fLabels") or a.get("fBits2", 0) & _GROWING for a in axes)


def _shape(histogram: Any) -> tuple[Any, ...]:
    """Return everything that two histograms have to have in common."""
    members = histogram.all_members
    axes = [_axis(members[n].all_members) for n in _AXES if n in members]
    return tuple(members.get(n) for n in _EQUAL), tuple(axes)


def _axis(members: Any) -> tuple[Any, ...]:
    labels = members.get("fLabels") or ()
    texts = tuple((str(x), x.all_members.get("@fUniqueID")) for x in labels)
    edges = tuple(np.asarray(members["fXbins"]).tolist())
    return members["fNbins"], members["fXmin"], members["fXmax"], edges, texts


def _member(histogram: Any, name: str, default: Any) -> Any:
    found = histogram.all_members.get(name, default)
    return default if found is None else found


def _has_moments(histogram: Any) -> bool:
    """Say whether moments are kept; where they are zero, ROOT computes them from the bins."""
    return histogram.member("fTsumw") != 0 or not _contents(histogram).any()


def _contents(histogram: Any) -> NDArray[Any]:
    return np.asarray(next(m._data for m in _models(histogram) if hasattr(m, "_data")))


def _give_weights(*pair: Any) -> None:
    """Where one of two keeps squares of weights, give the other its contents as such."""
    sizes = [len(_member(h, "fSumw2", ())) for h in pair]
    if min(sizes) == max(sizes):
        return
    histogram = pair[sizes.index(0)]
    for model in _models(histogram):
        if "fSumw2" in model._members:
            weights = model._members["fSumw2"]
            weights._data = np.abs(_contents(histogram)).astype(">f8")
            weights._members["fN"] = len(weights._data)


def _sum(a: Any, b: Any, where: str) -> Any:
    """Add two numbers, or two arrays as ROOT's TArray."""
    if not hasattr(a, "_data"):
        return a + b
    a._data = _sum_arrays(a._data, b._data, where)
    return a


def _sum_arrays(a: Any, b: Any, where: str) -> NDArray[Any]:
    x, y = np.asarray(a), np.asarray(b)
    wide = np.float64 if x.dtype.kind == "f" else np.int64
    total = x.astype(wide) + y.astype(wide)
    narrow: NDArray[Any] = total.astype(x.dtype)
    if x.dtype.kind != "f" and (narrow != total).any():
        msg = f"{where}: a sum of bins does not fit into {x.dtype.name}: use a wider histogram"
        raise UnsupportedError(msg)
    return narrow


def equal(a: Any, b: Any) -> bool:
    """Say whether two histograms have the same axes, contents and sums, bit for bit."""
    if a.classname != b.classname or _shape(a) != _shape(b):
        return False
    return all(
        np.array_equal(x, y, equal_nan=True) for x, y in zip(_numbers(a), _numbers(b), strict=True)
    )


def _numbers(histogram: Any) -> Iterator[NDArray[Any]]:
    for model in _models(histogram):
        for name, value in model._members.items():
            if name in _SUMS or name.startswith("fTsum"):
                yield np.asarray(getattr(value, "_data", value))
        if hasattr(model, "_data"):
            yield np.asarray(model._data)
