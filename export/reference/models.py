"""Section 6: the bytes of a network, by a closed grammar of ONNX's protocol buffers."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from reference.damage import Damaged, hold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["DTYPES", "ROWS", "Model", "Node", "read_model"]

ROWS = -1  # the free dimension
DTYPES: dict[int, np.dtype[Any]] = {1: np.dtype("<f4"), 7: np.dtype("<i8"), 11: np.dtype("<f8")}
_MOST, _RANK = 4096, 4

# each message's members by number: name, kind, and how often: 1, ? (once at most) or + (any)
_GRAMMAR = {
    "model": {
        1: "ir_version int 1",
        2: "producer_name bytes ?",
        3: "producer_version bytes ?",
        7: "graph graph 1",
        8: "opset_import opset 1",
    },
    "opset": {1: "domain bytes ?", 2: "version int 1"},
    "graph": {
        1: "node node +",
        2: "name bytes ?",
        5: "initializer tensor +",
        11: "input info 1",
        12: "output info 1",
    },
    "node": {
        1: "input text +",
        2: "output text 1",
        3: "name bytes ?",
        4: "op_type text 1",
        5: "attribute attribute +",
    },
    "attribute": {
        1: "name text 1",
        2: "f float ?",
        3: "i int ?",
        8: "ints int +",
        20: "type int 1",
    },
    "tensor": {1: "dims int +", 2: "data_type int 1", 8: "name text 1", 9: "raw_data bytes ?"},
    "info": {1: "name text 1", 2: "type type 1"},
    "type": {1: "tensor_type tensor_type 1"},
    "tensor_type": {1: "elem_type int 1", 2: "shape shape 1"},
    "shape": {1: "dim dim +"},
    "dim": {1: "dim_value int ?", 2: "dim_param bytes ?"},
}
_WIRES = {"int": 0, "float": 5}  # of other kinds 2, as of packed integers
_VALUES = {1: "f", 2: "i", 7: "ints"}  # of attributes, by their type


@dataclass(frozen=True)
class Node:
    """One operator: what it takes, what it makes, and its attributes."""

    operator: str
    inputs: tuple[str, ...]
    output: str
    attributes: dict[str, Any]


@dataclass(frozen=True)
class Model:
    """A network as its bytes say it: nodes in order, initializers by name, input and output."""

    nodes: tuple[Node, ...]
    constants: dict[str, NDArray[Any]]
    input: tuple[str, tuple[int, ...], np.dtype[Any]]
    output: tuple[str, tuple[int, ...], np.dtype[Any]]


def read_model(data: bytes) -> Model:
    """Read a model.

    Arguments:
        data: the message, from a stranger.
    """
    model = _message(data, "model")
    opset, graph = model["opset_import"], model["graph"]
    known = model["ir_version"] == 8 and 13 <= opset["version"] <= 17
    hold(known and not opset.get("domain"), "a network of another version of ONNX")
    nodes, tensors = graph.get("node", []), graph.get("initializer", [])
    hold(max(len(nodes), len(tensors)) <= _MOST, "a network of too many nodes or initializers")
    constants = {tensor["name"]: _constant(tensor) for tensor in tensors}
    hold(len(constants) == len(tensors), "two initializers of one name")
    ends = [_info(graph[name]) for name in ("input", "output")]
    return Model(tuple(map(_node, nodes)), constants, ends[0], ends[1])


def _message(data: bytes, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    grammar = _GRAMMAR[kind]
    for number, wire, value in _members(data):
        hold(number in grammar, f"a network with member {number} in a message {kind}")
        name, of, often = grammar[number].split()
        packed = of == "int" and often == "+" and wire == 2
        hold(packed or wire == _WIRES.get(of, 2), f"a network whose {name} is of another kind")
        values = [*_integers(value)] if packed else [_value(value, of)]
        if often == "+":
            found.setdefault(name, []).extend(values)
        else:
            hold(name not in found, f"a network with {name} twice in a message {kind}")
            (found[name],) = values
    needed = {name for name, _, often in map(str.split, grammar.values()) if often == "1"}
    hold(needed <= found.keys(), f"a network without {', '.join(needed - found.keys())}")
    return found


def _value(value: Any, kind: str) -> Any:
    if kind in _GRAMMAR:
        return _message(value, kind)
    if kind == "text":
        hold(value.isascii(), "a network with a name that is not ASCII")
        return value.decode()
    if kind == "float":
        return struct.unpack("<f", value)[0]
    return value - 2**64 if kind == "int" and value >> 63 else value


def _members(data: bytes) -> Iterator[tuple[int, int, Any]]:
    """Yield number, kind on the wire and value of each member."""
    at = 0
    while at < len(data):
        first = at
        tag, at = _integer(data, at)
        hold(tag < 256 and at - first == (1 if tag < 128 else 2), "a network with a long tag")
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = _integer(data, at)
            yield number, wire, value
            continue
        hold(wire in (2, 5), "a network with a member of an unknown kind")
        size, at = _integer(data, at) if wire == 2 else (4, at)
        hold(at + size <= len(data), "a network that ends early")
        yield number, wire, data[at : at + size]
        at += size


def _integers(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        value, at = _integer(data, at)
        yield value - 2**64 if value >> 63 else value


def _integer(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for i, byte in enumerate(data[at : at + 10]):
        value |= (byte & 127) << 7 * i
        if byte < 128:
            hold(value < 2**64, "a network with a number of more than 64 bits")
            return value, at + i + 1
    msg = "a network that ends early, or with too long a number"
    raise Damaged(msg)


def _constant(tensor: dict[str, Any]) -> NDArray[Any]:
    shape, raw = tensor.get("dims", []), tensor.get("raw_data", b"")
    dtype = DTYPES.get(tensor["data_type"])
    hold(dtype is not None and len(shape) <= _RANK and min([0, *shape]) == 0, "an odd initializer")
    hold(len(raw) == math.prod(shape) * np.dtype(dtype).itemsize, "an initializer of another size")
    return np.frombuffer(raw, dtype).reshape(shape)


def _info(info: dict[str, Any]) -> tuple[str, tuple[int, ...], np.dtype[Any]]:
    tensor = info["type"]["tensor_type"]
    dtype = DTYPES.get(tensor["elem_type"])
    hold(dtype is not None and dtype.kind == "f", "an end of a network that is not of floats")
    dims = tensor["shape"].get("dim", [])
    hold(all(len(d) < 2 for d in dims), "a dimension that is a number and a name")
    return info["name"], tuple(d.get("dim_value", ROWS) for d in dims), np.dtype(dtype)


def _node(node: dict[str, Any]) -> Node:
    attributes = {a["name"]: _attribute(a) for a in node.get("attribute", [])}
    hold(len(attributes) == len(node.get("attribute", [])), "an attribute twice")
    return Node(node["op_type"], tuple(node.get("input", [])), node["output"], attributes)


def _attribute(attribute: dict[str, Any]) -> Any:
    kind = _VALUES.get(attribute["type"], "")
    hold(attribute.keys() - {kind} == {"name", "type"}, "an attribute of another type than it says")
    if kind == "ints":
        return tuple(attribute.get("ints", []))
    hold(kind in attribute, "an attribute without a value")
    return attribute[kind]
