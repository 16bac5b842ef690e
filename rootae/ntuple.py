"""RNTuples as inputs: fields as branches of the tree that they become.

Output trees are TTrees. A field of numbers becomes a flat branch, a list of numbers what a branch
of ``std::vector`` would become. Source: the format's specification 1.0.0.0,
https://github.com/root-project/root/blob/master/tree/ntuple/doc/BinaryFormatSpecification.md
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rootae.schema import INNER, SIZES, Branch, Column, TreeSchema

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["NTUPLE", "NTuple", "describe_fields"]

NTUPLE = "ROOT::RNTuple"
_STRING = "std::string"
_DTYPES = {f"{sign}int{n}" for sign in ("", "u") for n in (8, 16, 32, 64)}
_DTYPES |= {"bool", "float32", "float64"}


@dataclass(frozen=True)
class Field:
    """One top-level field.

    Arguments:
        name, typename, title: its name, its type as a TTree's branch would have it, its comment.
        field: the uproot field.
        compressed_bytes: its pages' size in the file.
    """

    name: str
    typename: str
    title: str
    field: Any
    compressed_bytes: int

    def array(self, entry_start: int, entry_stop: int, **_: Any) -> Any:
        """Read a range of entries as an awkward array."""
        return self.field.array(entry_start=entry_start, entry_stop=entry_stop)


class NTuple:
    """An RNTuple with what rootae asks of uproot's trees.

    Arguments:
        ntuple: the uproot RNTuple.
    """

    aliases = ()

    def __init__(self, ntuple: Any) -> None:
        self.title = str(ntuple.description)
        self.num_entries = int(ntuple.num_entries)
        self.form, _ = ntuple.to_akform()
        sizes = _sizes(ntuple)
        fields = ((n, ntuple[n]) for n in ntuple.keys(recursive=False))
        self._fields = {
            n: Field(n, _typename(f.typename), str(f.description), f, sizes.get(n, 0))
            for n, f in fields
        }

    @property
    def branches(self) -> list[Field]:
        """Return the top-level fields."""
        return list(self._fields.values())

    def __getitem__(self, name: str) -> Field:
        """Return a top-level field."""
        return self._fields[name]

    def __contains__(self, name: str) -> bool:
        """Say whether there is a top-level field of that name."""
        return name in self._fields


def describe_fields(ntuple: NTuple, path: str) -> TreeSchema:
    """Sort fields into columns, passing and unsupported ones, see `describe`.

    Arguments:
        ntuple: the RNTuple.
        path: its path in the file.
    """
    columns: list[Column] = []
    passing: list[Branch] = []
    unsupported: list[tuple[str, str]] = []
    for field in ntuple.branches:
        found = list(_columns(field, ntuple.form.content(field.name)))
        columns += found
        if field.typename == _STRING:
            passing.append(Branch(field.name, "char*", field.title, coded=False))
        elif not found:
            unsupported.append((field.name, field.typename))
    order = tuple(f.name for f in ntuple.branches)
    kinds = tuple(columns), tuple(passing), tuple(unsupported)
    return TreeSchema(path, ntuple.title, *kinds, order)


def _columns(field: Field, form: Any) -> Iterator[Column]:
    """Yield a field of numbers as a column, and a list's sizes; nothing for other fields."""
    counter, shape = None, list[int]()
    for ending in (SIZES, INNER):
        if form.is_list and not form.is_regular and form.parameter("__array__") is None:
            counter, form = f"{field.name}{ending}", form.content
    while form.is_regular:
        shape.append(int(form.size))
        form = form.content
    if not form.is_numpy or form.parameter("__array__") is not None:
        return
    dtype = form.type.primitive
    if dtype not in _DTYPES:
        return
    column = Column(field.name, dtype, tuple(shape), counter, field.typename, field.title)
    if column.is_nested and shape:
        return
    yield column
    for sizes in column.sizes():
        yield dataclasses.replace(sizes, is_counter=True)


def _typename(name: str) -> str:
    """Return the type that a TTree's branch of the same values has.

    Example:
        >>> _typename("std::vector<std::int16_t>"), _typename("std::array<float,3>")
        ('std::vector<int16_t>', 'float[3]')
    """
    for width in (8, 16, 32, 64):
        for sign in ("", "u"):
            name = name.replace(f"std::{sign}int{width}_t", f"{sign}int{width}_t")
    name = name.replace("ROOT::VecOps::RVec<", "std::vector<")
    if name.startswith("std::array<") and name.count("<") == 1:
        kind, _, size = name.removeprefix("std::array<").removesuffix(">").rpartition(",")
        return f"{kind}[{size}]"
    return name


def _sizes(ntuple: Any) -> dict[str, int]:
    """Return the bytes of all pages by top-level field."""
    records = ntuple.field_records
    top = list(range(len(records)))
    for i, record in enumerate(records):  # parents come first
        if record.parent_field_id != i:
            top[i] = top[record.parent_field_id]
    sizes: dict[str, int] = {}
    for cluster in ntuple.page_link_list:
        for column, link in zip(ntuple.column_records, cluster, strict=False):
            name = str(records[top[column.field_id]].field_name)
            size = sum(int(page.locator.num_bytes) for page in link.pages)
            sizes[name] = sizes.get(name, 0) + size
    return sizes
