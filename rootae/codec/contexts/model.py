"""ONNX models by a closed grammar: what is not known to be harmless is refused before it runs.

The bytes are read here and then, once more, by onnxruntime: so nothing is let in that the two could
read differently, and nothing by which a model reaches beyond itself: no external data, no domain
but the default one, no functions, no subgraphs. `export/FORMAT.md` has the grammar, section 6.

Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from rootae.codec.contexts import protobuf
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

__all__ = ["ROWS", "Model", "Node", "Value"]

ROWS = -1  # in a shape: as many as a block has
FLOAT, INT64, DOUBLE = 1, 7, 11
_DTYPES = {FLOAT: "<f4", INT64: "<i8", DOUBLE: "<f8"}
_IR, _OPSETS = 8, range(13, 18)  # whose operators are one another's equals
_MOST = 4096  # nodes, and constants
_RANK = 4  # dimensions

# by message: the fields it may have, by number: name, kind on the wire, whether it repeats
_Fields = dict[int, tuple[str, int, bool]]
_V, _B, _F = protobuf.VARINT, protobuf.BYTES, protobuf.FIXED32
_MODEL: _Fields = {
    1: ("ir", _V, False),
    2: ("producer", _B, False),
    3: ("version", _B, False),
    7: ("graph", _B, False),
    8: ("opset", _B, False),
}
_OPSET: _Fields = {1: ("domain", _B, False), 2: ("version", _V, False)}
_GRAPH: _Fields = {
    1: ("node", _B, True),
    2: ("name", _B, False),
    5: ("constant", _B, True),
    11: ("input", _B, False),
    12: ("output", _B, False),
}
_NODE: _Fields = {
    1: ("input", _B, True),
    2: ("output", _B, False),
    3: ("name", _B, False),
    4: ("operator", _B, False),
    5: ("attribute", _B, True),
}
_ATTRIBUTE: _Fields = {
    1: ("name", _B, False),
    2: ("f", _F, False),
    3: ("i", _V, False),
    8: ("ints", _V, True),
    20: ("type", _V, False),
}
_TENSOR: _Fields = {
    1: ("dims", _V, True),
    2: ("type", _V, False),
    8: ("name", _B, False),
    9: ("raw", _B, False),
}
_INFO: _Fields = {1: ("name", _B, False), 2: ("type", _B, False)}
_TYPE: _Fields = {1: ("tensor", _B, False)}
_TENSOR_TYPE: _Fields = {1: ("element", _V, False), 2: ("shape", _B, False)}
_SHAPE: _Fields = {1: ("dim", _B, True)}
_DIM: _Fields = {1: ("value", _V, False), 2: ("parameter", _B, False)}
_NAMES = {
    "_MODEL": {14: "metadata", 20: "training", 25: "functions"},
    "_NODE": {7: "a domain", 8: "an overload"},
    "_ATTRIBUTE": {5: "a tensor", 6: "a subgraph", 11: "subgraphs", 21: "a reference"},
    "_TENSOR": {13: "external data", 14: "a place of its data"},
}


@dataclass(frozen=True)
class Value:
    """An array that a model takes, holds or makes.

    Arguments:
        shape: its dimensions, `ROWS` for the one that is free.
        element: ONNX's number of the element type.
        data: its elements, of constants that are whole numbers; others' are onnxruntime's matter.
    """

    shape: tuple[int, ...]
    element: int
    data: NDArray[np.int64] | None = None


@dataclass(frozen=True)
class Node:
    """One operator of a model: names of what it takes and makes, and its attributes."""

    operator: str
    inputs: tuple[str, ...]
    output: str
    attributes: Mapping[str, Any]


@dataclass(frozen=True)
class Model:
    """What a stored network says of itself.

    Arguments:
        nodes: in the order in which they run.
        constants: by name.
        input, output: name and value of the only one.
    """

    nodes: tuple[Node, ...]
    constants: Mapping[str, Value]
    input: tuple[str, Value]
    output: tuple[str, Value]

    @classmethod
    def read(cls, onnx: bytes) -> Model:
        """Read a model's bytes.

        Arguments:
            onnx: the serialised model, from a stranger.

        Raises:
            CorruptError: it is no model of the closed grammar.
        """
        model = _Message(onnx, "_MODEL", _MODEL)
        opset = _Message(model.one("opset"), "_OPSET", _OPSET)
        if model.one("ir") != _IR or opset.one("version") not in _OPSETS or opset.get("domain"):
            _refuse("another version of ONNX than this rootae writes")
        graph = _Message(model.one("graph"), "_GRAPH", _GRAPH)
        if len(graph.all("node")) > _MOST or len(graph.all("constant")) > _MOST:
            _refuse(f"more than {_MOST} nodes or constants")
        constants = [_constant(data) for data in graph.all("constant")]
        named = dict(constants)
        if len(named) != len(constants):
            _refuse("two constants of one name")
        nodes = tuple(_node(data) for data in graph.all("node"))
        return cls(nodes, named, _info(graph.one("input")), _info(graph.one("output")))

    @property
    def operators(self) -> set[str]:
        """Return the names of all operators."""
        return {node.operator for node in self.nodes}


@dataclass
class _Message:
    """A message whose every field is one of those it may have, no single one twice."""

    data: bytes
    kind: str
    fields: _Fields
    found: dict[str, list[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for member in protobuf.members(self.data):
            name, wire, repeats = self.fields.get(member.number, ("", -1, False))
            packed = wire == _V and repeats and member.wire == _B
            if not name or (wire != member.wire and not packed):
                what = _NAMES.get(self.kind, {}).get(member.number, f"field {member.number}")
                _refuse(f"{what} in a message {self.kind.strip('_').lower()}")
            if not repeats and name in self.found:
                _refuse(f"{name} twice in one message")
            values = self.found.setdefault(name, [])
            values += protobuf.varints(member.data) if packed else [_value(member)]

    def one(self, name: str) -> Any:
        """Return the field that has to be there."""
        if name not in self.found:
            _refuse(f"no {name}")
        return self.found[name][0]

    def get(self, name: str) -> Any:
        """Return a field, None where it is not there."""
        return self.found.get(name, [None])[0]

    def all(self, name: str) -> list[Any]:
        """Return a field that repeats."""
        return self.found.get(name, [])

    def text(self, name: str) -> str:
        """Return the field that has to be there and to be text."""
        return _text(self.one(name))


def _value(member: protobuf.Member) -> Any:
    return member.value if member.wire == _V else member.data


def _text(data: bytes) -> str:
    try:
        return data.decode("ascii")
    except UnicodeDecodeError:
        _refuse("a name that is not ASCII")


def _node(data: bytes) -> Node:
    node = _Message(data, "_NODE", _NODE)
    attributes = dict(map(_attribute, node.all("attribute")))
    if len(attributes) != len(node.all("attribute")):
        _refuse("an attribute twice")
    inputs = tuple(map(_text, node.all("input")))
    return Node(node.text("operator"), inputs, node.text("output"), attributes)


def _attribute(data: bytes) -> tuple[str, Any]:
    message = _Message(data, "_ATTRIBUTE", _ATTRIBUTE)
    kinds = {1: "f", 2: "i", 7: "ints"}
    kind = kinds.get(message.one("type"), "")
    if set(message.found) - {"name", "type", kind}:
        _refuse("an attribute of another kind than it says")
    values: list[Any] = message.all(kind)
    if kind != "f":
        values = [protobuf.signed(v) for v in values]
    if kind == "ints":
        return message.text("name"), tuple(values)
    if len(values) != 1:
        _refuse("an attribute without a value")
    return message.text("name"), struct.unpack("<f", values[0])[0] if kind == "f" else values[0]


def _constant(data: bytes) -> tuple[str, Value]:
    tensor = _Message(data, "_TENSOR", _TENSOR)
    dtype = _DTYPES.get(tensor.one("type"))
    shape = tuple(map(protobuf.signed, tensor.all("dims")))
    if dtype is None or len(shape) > _RANK or any(n < 0 for n in shape):
        _refuse("a constant of another type")
    raw = tensor.get("raw") or b""
    if len(raw) != math.prod(shape) * np.dtype(dtype).itemsize:
        _refuse("a constant of another length than its shape")
    data_of = np.frombuffer(raw, dtype).astype(np.int64) if dtype == "<i8" else None
    return tensor.text("name"), Value(shape, tensor.one("type"), data_of)


def _info(data: bytes) -> tuple[str, Value]:
    info = _Message(data, "_INFO", _INFO)
    kind = _Message(info.one("type"), "_TYPE", _TYPE)
    tensor = _Message(kind.one("tensor"), "_TENSOR_TYPE", _TENSOR_TYPE)
    dims = _Message(tensor.one("shape"), "_SHAPE", _SHAPE).all("dim")
    return info.text("name"), Value(tuple(_dims(dims)), tensor.one("element"))


def _dims(dims: list[bytes]) -> Iterator[int]:
    for data in dims:
        dim = _Message(data, "_DIM", _DIM)
        value, parameter = dim.get("value"), dim.get("parameter")
        if (value is not None and parameter is not None) or (value or 0) >> 63:
            _refuse("a dimension that is two things, or negative")
        yield ROWS if value is None else value


def _refuse(what: str) -> NoReturn:
    msg = f"a stored network has {what}, which no file may: it will not be run"
    raise CorruptError(msg)
