"""Decoder and encoder networks: ONNX bytes, run by onnxruntime. The only importer of it.

A decoder is a chain of integer layers in float tensors, so that every order of summation gives
the same bits (Balle, Johnston and Minnen, *Integer networks*, ICLR 2019). Only operators for which
that can hold are let in, and no model that is larger than its bytes say.
"""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.contexts import shapes
from rootae.codec.contexts.device import CPU, CUDA, settled
from rootae.codec.contexts.model import Model
from rootae.codec.contexts.shapes import DECODER_OPERATORS, ENCODER_OPERATORS
from rootae.errors import CorruptError, MissingDependency, RootaeError
from rootae.extras import needed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rootae.codec.contexts.shapes import Asked

__all__ = ["Network", "usable"]

_ROWS = {CPU: 8192, CUDA: 1 << 17}  # at a time: what a cache holds; a whole block
_WIDE = 128  # numbers a row of any array, beyond which fewer rows are taken at a time
_ON_CUDA, _ON_CPU = "CUDAExecutionProvider", "CPUExecutionProvider"


class Network:
    """One ONNX network that maps (inputs, rows) to (outputs, rows).

    Arguments:
        onnx: the serialised model.
        integer: it is a decoder, so only the operators of exact integer networks are allowed; an
            encoder, which only a writer runs, may choose and convert besides.
        device: ``cpu`` or ``cuda``, where it runs.

    Attributes:
        ends: how many inputs and outputs it has.
        asked: numbers and nodes that it takes to run it.

    Raises:
        CorruptError: the bytes are no model of the closed grammar, or it asks for too much.
    """

    def __init__(self, onnx: bytes, *, integer: bool = True, device: str = CPU) -> None:
        operators = DECODER_OPERATORS if integer else ENCODER_OPERATORS
        model = Model.read(onnx)
        asked = shapes.check(model, operators)
        ends = (model.input[1].shape[0], model.output[1].shape[0])
        self._settle(onnx, device, asked, ends)

    def _settle(self, onnx: bytes, device: str, asked: Asked, ends: tuple[int, int]) -> None:
        self.onnx = onnx
        self.device = device
        self.ends = ends
        self.asked = asked
        self._lock = threading.Lock()
        self._session: Any = None

    def run(self, x: Sequence[NDArray[Any]] | NDArray[Any]) -> NDArray[Any]:
        """Evaluate the network.

        Arguments:
            x: small whole numbers, one array of shape (rows,) an input, any numeric dtype.

        Returns:
            Outputs of shape (outputs, rows), float32 or float64 as the network has it.

        Raises:
            CorruptError: the bytes are no model, or one of other inputs.
            MissingDependency: it is to run on CUDA, and onnxruntime puts it elsewhere.
            RootaeError: the CUDA device fails, for want of memory perhaps.
        """
        session = self._open()
        node = session.get_inputs()[0]
        dtype = np.float64 if node.type == "tensor(double)" else np.float32
        rows, step = len(x[0]), self._at_a_time()
        evaluate = _run if self.device == CPU else _run_bound
        try:
            outputs = [
                evaluate(session, node.name, _batch(x, a, min(a + step, rows), dtype))
                for a in range(0, max(rows, 1), step)
            ]
        except Exception as error:
            raise self._failed(error) from error
        return np.concatenate(outputs, axis=1)

    def on(self, device: str) -> Network:
        """Return the same network for ``cpu`` or ``cuda``."""
        moved = Network.__new__(Network)
        moved._settle(self.onnx, device, self.asked, self.ends)  # noqa: SLF001  one of its own kind
        return moved

    def _at_a_time(self) -> int:
        """Return how many rows fit in memory: a convolution unfolds to many times its ends."""
        return max(_ROWS[self.device] * _WIDE // max(_WIDE, self.asked.widest), 1)

    def _failed(self, error: Exception) -> RootaeError:
        if self.device == CPU:
            return CorruptError(f"a network does not run: {error}")
        return RootaeError(f"a network does not run on CUDA: {error}; device cpu gives the same")

    def _open(self) -> Any:
        with self._lock:
            if self._session is None:
                self._session = (_session if self.device == CPU else _cuda_session)(self.onnx)
        return self._session

    def __getstate__(self) -> tuple[bytes, str, Asked, tuple[int, int]]:
        return self.onnx, self.device, self.asked, self.ends

    def __setstate__(self, state: tuple[bytes, str, Asked, tuple[int, int]]) -> None:
        self._settle(*state)


def usable(device: str | None = None) -> str:
    """Return where onnxruntime runs networks: ``cpu`` or ``cuda``.

    Arguments:
        device: ``cpu``, ``cuda`` or ``auto``; None for what ``ROOTAE_DEVICE`` says.

    Raises:
        NameNotFound: there is no such device.
        MissingDependency: CUDA is asked for and cannot be used.
    """
    return settled(device, _trouble)


@functools.cache
def _trouble() -> str:
    """Say why onnxruntime cannot use CUDA; nothing if it can."""
    ort = _onnxruntime()
    if _ON_CUDA not in ort.get_available_providers():
        return (
            "this onnxruntime was built without CUDA: pip uninstall onnxruntime, "
            "then pip install onnxruntime-gpu"
        )
    try:  # the package says nothing of the machine: a few bytes on the device do
        ort.OrtValue.ortvalue_from_numpy(np.zeros(1, np.float32), "cuda", 0)
    except Exception as error:
        return f"onnxruntime finds no CUDA device that works ({error})"
    return ""


def _batch(
    x: Sequence[NDArray[Any]] | NDArray[Any], start: int, stop: int, dtype: type[Any]
) -> NDArray[Any]:
    """Return some rows of all inputs side by side, converted in the same pass."""
    part = np.empty((len(x), stop - start), dtype)
    for i, column in enumerate(x):
        part[i] = column[start:stop]
    return part


def _run(session: Any, name: str, x: NDArray[Any]) -> NDArray[Any]:
    found: NDArray[Any] = session.run(None, {name: x})[0]
    return found


def _run_bound(session: Any, name: str, x: NDArray[Any], device: str = CUDA) -> NDArray[Any]:
    """Run with input and output bound to a device: each crosses the bus once."""
    binding = session.io_binding()
    binding.bind_cpu_input(name, x)
    binding.bind_output(session.get_outputs()[0].name, device)
    session.run_with_iobinding(binding)
    found: NDArray[Any] = binding.copy_outputs_to_cpu()[0]
    return found


def _onnxruntime() -> Any:
    return needed("onnxruntime", "decoding", "pip install onnxruntime")


def _options() -> Any:
    options = _onnxruntime().SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return options


def _session(onnx: bytes) -> Any:
    ort = _onnxruntime()
    try:
        return ort.InferenceSession(onnx, _options(), providers=[_ON_CPU])
    except Exception as error:
        msg = f"a stored network is not a valid ONNX model: {error}"
        raise CorruptError(msg) from error


def _cuda_session(onnx: bytes) -> Any:
    """Open a session on CUDA, or say why there is none: onnxruntime itself falls back silently.

    TF32 cuts factors to 11 bits, which the proof that sums do not round knows nothing of.
    """
    providers = [(_ON_CUDA, {"use_tf32": "0"}), _ON_CPU]
    try:
        session = _onnxruntime().InferenceSession(
            onnx, _options(), providers=providers, enable_fallback=False
        )
        reason = "" if session.get_providers()[0] == _ON_CUDA else "it took the CPU"
    except Exception as error:
        _session(onnx)  # raises if it is the model that is wrong
        session, reason = None, str(error)
    if reason:
        msg = f"onnxruntime does not run a network on CUDA ({reason}): device cpu gives the same"
        raise MissingDependency(msg)
    return session
