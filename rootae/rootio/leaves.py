"""The leaves that branches of numbers have, and those that they get where nothing is said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rootae.schema.leaf import Leaf

if TYPE_CHECKING:
    from rootae.schema.column import Column

__all__ = ["element_of", "is_known", "leaf_of", "plain_name", "usual_element", "usual_leaf"]

_VECTOR = "TLeafElement"
_KINDS = {  # the first one is what ROOT and uproot choose by themselves
    "bool": ("TLeafO",),
    "int8": ("TLeafB",),
    "uint8": ("TLeafB",),
    "int16": ("TLeafS",),
    "uint16": ("TLeafS",),
    "int32": ("TLeafI",),
    "uint32": ("TLeafI",),
    "int64": ("TLeafL", "TLeafG"),
    "uint64": ("TLeafL", "TLeafG"),
    "float32": ("TLeafF", "TLeafF16"),
    "float64": ("TLeafD", "TLeafD32"),
}
_ELEMENTS = {  # what vectors may be of, in C++
    "bool": ("bool",),
    "int8": ("char", "signed char"),
    "uint8": ("unsigned char",),
    "int16": ("short",),
    "uint16": ("unsigned short",),
    "int32": ("int",),
    "uint32": ("unsigned int",),
    "int64": ("Long64_t", "long"),
    "uint64": ("ULong64_t", "unsigned long"),
    "float32": ("float",),
    "float64": ("double",),
}


def leaf_of(branch: Any) -> Leaf | None:
    """Return the leaf of a branch as uproot has it, or None if it has several, or none."""
    leaves = list(branch.member("fLeaves"))
    if len(leaves) != 1:
        return None
    name, title = (str(leaves[0].member(m)) for m in ("fName", "fTitle"))
    held = branch.member("fClassName", none_if_missing=True)
    return Leaf(str(leaves[0].classname), name, title, str(held or ""))


def usual_leaf(column: Column) -> Leaf:
    """Return the leaf that a column gets where nothing else is said.

    Example:
        >>> from rootae.schema.column import Column
        >>> usual_leaf(Column("Jet_pt", "float32", counter="nJet"))
        Leaf(kind='TLeafF', name='Jet_pt', title='Jet_pt[nJet]', of='')
    """
    if column.is_vector or column.is_nested:
        return Leaf(_VECTOR, column.name, column.name, _held(column, usual_element(column)))
    sizes = [column.counter] if column.counter is not None else []
    title = column.name + "".join(f"[{n}]" for n in (*sizes, *column.inner_shape))
    return Leaf(_KINDS[column.dtype][0], column.name, title)


def is_known(column: Column, leaf: Leaf, branch: str) -> bool:
    """Say whether a branch can be made again from a column and what its leaf is.

    Arguments:
        column: the column.
        leaf: the branch's leaf.
        branch: the branch's class.
    """
    if column.is_vector or column.is_nested:
        return branch == "TBranchElement" and element_of(column, leaf) is not None
    return branch == "TBranch" and leaf.kind in _KINDS[column.dtype] and not leaf.of


def element_of(column: Column, leaf: Leaf) -> str | None:
    """Return what a vector is of in C++, among what is known of its type, or None.

    Example:
        >>> from rootae.schema.column import SIZES, Column
        >>> column = Column("v", "uint64", counter=f"v{SIZES}")
        >>> element_of(column, Leaf("TLeafElement", "v", "v", "vector<unsigned long>"))
        'unsigned long'
    """
    known = _ELEMENTS[column.dtype]
    return next((e for e in known if leaf.of == _held(column, e)), None)


def plain_name(column: Column) -> str:
    """Return a name that ROOT takes for nothing else, until the leaf gets its own."""
    return column.name if re.fullmatch(r"\w+", column.name) else "leaf"


def usual_element(column: Column) -> str:
    """Return what a column's vector is of where nothing else is said."""
    return _ELEMENTS[column.dtype][0]


def _held(column: Column, element: str) -> str:
    return f"vector<vector<{element}> >" if column.is_nested else f"vector<{element}>"
