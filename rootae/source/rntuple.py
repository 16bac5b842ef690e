"""RNTuples as inputs: fields as branches of the tree that they become.

Output trees are TTrees. A field of numbers becomes a flat branch, a list of numbers what a branch
of ``std::vector`` would become. ROOT imports arrays with a counter, as NanoAOD has them, as
collections without a type or a name of their own, which fields project: ``nJet`` their sizes,
``Jet_pt`` and all others one member each. These become a counter and what it counts again, and
collections of which every member is projected are not shown twice.
Source: the format's specification 1.0.0.0,
https://github.com/root-project/root/blob/master/tree/ntuple/doc/BinaryFormatSpecification.md
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rootae.schema.column import INNER, SIZES, Branch, Column
from rootae.schema.tree import TreeSchema

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["NTuple", "describe_fields"]

_STRING = "std::string"
_LIST = "std::vector<"
_CARDINALITY = "ROOT::RNTupleCardinality<"
_COLLECTION = 1  # the role of a field whose column holds where each entry's elements end
_DTYPES = {f"{sign}int{n}" for sign in ("", "u") for n in (8, 16, 32, 64)}
_DTYPES |= {"bool", "float32", "float64"}


@dataclass(frozen=True)
class Field:
    """One top-level field.

    Arguments:
        name, typename, title: its name, its type as a TTree's branch would have it, its comment.
        field: the uproot field.
        compressed_bytes: its pages' size in the file.
        counter: the field with its lists' sizes, if there is one.
    """

    name: str
    typename: str
    title: str
    field: Any
    compressed_bytes: int
    counter: str | None = None

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
        shown = Shown.of(ntuple)
        sizes = _sizes(ntuple, shown)
        fields: dict[str, Field] = {}
        for name in ntuple.keys(recursive=False):
            if name not in shown.twice:
                field = ntuple[name]
                kind, counter = _counted(_typename(field.typename), shown.counters.get(name))
                told = name, kind, str(field.description), field
                fields[name] = Field(*told, sizes.get(name, 0), counter)
        self._fields: dict[str, Field] = {}
        for name, found in fields.items():
            if found.counter is not None:  # trees have counters before what they count
                self._fields.setdefault(found.counter, fields[found.counter])
            self._fields.setdefault(name, found)

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


@dataclass(frozen=True)
class Shown:
    """What projected fields show of other fields.

    Arguments:
        twice: top-level fields of no type, of which everything is shown by others too.
        counters: by the name of a list, the field that shows the sizes of the same collection.
        names: the top-level field that each column is shown by.
    """

    twice: frozenset[str]
    counters: dict[str, str]
    names: tuple[str, ...]

    @classmethod
    def of(cls, ntuple: Any) -> Shown:
        """Find out about an uproot RNTuple."""
        records, columns = ntuple.field_records, ntuple.column_records
        top = _top(records)
        fields = {i: records[i] for i in set(top)}
        aliases = {a.physical_id: top[a.field_id] for a in ntuple.alias_column_records}
        known = {top[c.field_id] for i, c in enumerate(columns) if i not in aliases}
        hidden = {
            i for i, f in fields.items() if i not in known and f.struct_role and not f.type_name
        }
        sizes = {
            f.source_field_id: str(f.field_name)
            for f in fields.values()
            if f.type_name.startswith(_CARDINALITY) and f.source_field_id in hidden
        }
        lists = {
            str(f.field_name): sizes[f.source_field_id]
            for f in fields.values()
            if f.struct_role == _COLLECTION and f.source_field_id in sizes
        }
        owners = (top[c.field_id] for c in columns)
        shown = (aliases[i] if owner in hidden else owner for i, owner in enumerate(owners))
        twice = frozenset(str(fields[i].field_name) for i in hidden)
        return cls(twice, lists, tuple(str(fields[i].field_name) for i in shown))


def _top(records: Any) -> list[int]:
    """Return the top-level field that each field belongs to."""
    top = list(range(len(records)))
    for i, record in enumerate(records):  # parents come first
        if record.parent_field_id != i:
            top[i] = top[record.parent_field_id]
    return top


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
    counters = {c.counter for c in columns}
    columns = [dataclasses.replace(c, is_counter=c.name in counters) for c in columns]
    order = tuple(f.name for f in ntuple.branches)
    kinds = tuple(columns), tuple(passing), tuple(unsupported)
    return TreeSchema(path, ntuple.title, *kinds, order)


def _columns(field: Field, form: Any) -> Iterator[Column]:
    """Yield a field of numbers as a column, and a list's sizes; nothing for other fields."""
    counter, shape = None, list[int]()
    for ending in (SIZES, INNER):
        if form.is_list and not form.is_regular and form.parameter("__array__") is None:
            counter, form = f"{field.name}{ending}", form.content
    counter = field.counter or counter
    while form.is_regular:
        shape.append(int(form.size))
        form = form.content
    if not form.is_numpy or form.parameter("__array__") is not None:
        return
    dtype = form.type.primitive
    if field.field.typename.startswith(_CARDINALITY):
        dtype = field.typename.removesuffix("_t")
    if dtype not in _DTYPES:
        return
    column = Column(field.name, dtype, tuple(shape), counter, field.typename, field.title)
    if column.is_nested and shape:
        return
    yield column
    yield from column.sizes()


def _typename(name: str) -> str:
    """Return the type that a TTree's branch of the same values has.

    Example:
        >>> _typename("std::vector<std::int16_t>"), _typename("std::array<float,3>")
        ('std::vector<int16_t>', 'float[3]')
    """
    if name.startswith(_CARDINALITY):
        name = name.removeprefix(_CARDINALITY).removesuffix(">")
    for width in (8, 16, 32, 64):
        for sign in ("", "u"):
            name = name.replace(f"std::{sign}int{width}_t", f"{sign}int{width}_t")
    name = name.replace("ROOT::VecOps::RVec<", "std::vector<")
    if name.startswith("std::array<") and name.count("<") == 1:
        kind, _, size = name.removeprefix("std::array<").removesuffix(">").rpartition(",")
        return f"{kind}[{size}]"
    return name


def _counted(typename: str, counter: str | None) -> tuple[str, str | None]:
    """Return a list's type as that of an array with a counter, if there is one."""
    if counter is None or not typename.startswith(_LIST) or typename.count("<") > 1:
        return typename, None
    return f"{typename.removeprefix(_LIST).removesuffix('>')}[]", counter


def _sizes(ntuple: Any, shown: Shown) -> dict[str, int]:
    """Return the bytes of all pages by top-level field."""
    sizes: dict[str, int] = {}
    for cluster in ntuple.page_link_list:
        for name, link in zip(shown.names, cluster, strict=False):
            size = sum(int(page.locator.num_bytes) for page in link.pages)
            sizes[name] = sizes.get(name, 0) + size
    return sizes
