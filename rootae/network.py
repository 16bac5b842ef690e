"""Decoder and encoder networks: ONNX bytes, run by onnxruntime. The only importer of it.

A decoder is a chain of integer layers in float tensors, so that every order of summation gives
the same bits (Balle, Johnston and Minnen, *Integer networks*, ICLR 2019). Only operators for which
that can hold are let in.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.errors import CorruptError, MissingDependency

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["DECODER_OPERATORS", "Network", "operators"]

DECODER_OPERATORS = frozenset(
    {"Gather", "Reshape", "Transpose", "Concat", "MatMul", "Gemm", "Add", "Mul", "Floor", "Clip"}
    | {"Relu"}
)
_BATCH = 8192
_GRAPH, _NODE, _OPERATOR, _ATTRIBUTE, _SUBGRAPHS = 7, 1, 4, 5, (6, 11)
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class Network:
    """One ONNX network that maps (inputs, rows) to (outputs, rows).

    Arguments:
        onnx: the serialised model.
        integer: it is a decoder, so only the operators of exact integer networks are allowed.

    Raises:
        CorruptError: the bytes are no model, or hold a forbidden operator.
    """

    def __init__(self, onnx: bytes, *, integer: bool = True) -> None:
        self.onnx = onnx
        self._lock = threading.Lock()
        self._session: Any = None
        forbidden = operators(onnx) - DECODER_OPERATORS
        if integer and forbidden:
            msg = f"a decoder holds forbidden operators: {', '.join(sorted(forbidden))}"
            raise CorruptError(msg)

    def run(self, x: Sequence[NDArray[Any]] | NDArray[Any]) -> NDArray[Any]:
        """Evaluate the network.

        Arguments:
            x: small whole numbers, one array of shape (rows,) an input, any numeric dtype.

        Returns:
            Outputs of shape (outputs, rows), float32 or float64 as the network has it.
        """
        session = self._open()
        node = session.get_inputs()[0]
        dtype = np.float64 if node.type == "tensor(double)" else np.float32
        rows = len(x[0])
        try:
            outputs = [
                session.run(None, {node.name: _batch(x, a, min(a + _BATCH, rows), dtype)})[0]
                for a in range(0, max(rows, 1), _BATCH)
            ]
        except Exception as error:
            msg = f"a network does not run: {error}"
            raise CorruptError(msg) from error
        return np.concatenate(outputs, axis=1)

    def _open(self) -> Any:
        with self._lock:
            if self._session is None:
                self._session = _session(self.onnx)
        return self._session

    def __getstate__(self) -> bytes:
        return self.onnx

    def __setstate__(self, onnx: bytes) -> None:
        self.__init__(onnx, integer=False)  # type: ignore[misc]


def _batch(
    x: Sequence[NDArray[Any]] | NDArray[Any], start: int, stop: int, dtype: type[Any]
) -> NDArray[Any]:
    """Return some rows of all inputs side by side, converted in the same pass."""
    part = np.empty((len(x), stop - start), dtype)
    for i, column in enumerate(x):
        part[i] = column[start:stop]
    return part


def _session(onnx: bytes) -> Any:
    try:
        import onnxruntime as ort
    except ImportError as error:
        msg = "decoding needs onnxruntime: pip install onnxruntime"
        raise MissingDependency(msg) from error
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        return ort.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        msg = f"a stored network is not a valid ONNX model: {error}"
        raise CorruptError(msg) from error


def operators(onnx: bytes) -> set[str]:
    """List the operators of a model, those of subgraphs and functions included.

    The model's protobuf is walked by hand, so that reading a file needs no `onnx` package.
    """
    found: set[str] = set()
    for number, graph in _fields(onnx):
        if number == _GRAPH:
            _walk(graph, found)
        if number == 25:  # ModelProto.functions
            found.add("<function>")
    return found


def _walk(graph: bytes, found: set[str]) -> None:
    for number, node in _fields(graph):
        if number != _NODE:
            continue
        for member, value in _fields(node):
            if member == _OPERATOR:
                found.add(value.decode("utf-8", "replace"))
            elif member == 7 and value not in (b"", b"ai.onnx"):  # NodeProto.domain
                found.add(f"<domain {value!r}>")
            elif member == _ATTRIBUTE:
                for inner, subgraph in _fields(value):
                    if inner in _SUBGRAPHS:
                        found.add("<subgraph>")
                        _walk(subgraph, found)


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the length-delimited members of a protobuf message."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        wire = key & 7
        if wire == _VARINT:
            _, at = _varint(data, at)
        elif wire in (_FIXED64, _FIXED32):
            at += 8 if wire == _FIXED64 else 4
        elif wire == _BYTES:
            size, at = _varint(data, at)
            if at + size > len(data):
                at = -1
                break
            yield key >> 3, data[at : at + size]
            at += size
        else:
            break
    if at != len(data):
        msg = "a stored network is not a protobuf message: the file is damaged"
        raise CorruptError(msg)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < 70:
        value |= (data[at] & 0x7F) << shift
        at += 1
        if data[at - 1] < 0x80:
            return value, at
        shift += 7
    msg = "a stored network is not a protobuf message: the file is damaged"
    raise CorruptError(msg)
