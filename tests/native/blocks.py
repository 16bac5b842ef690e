"""Codecs and blocks by the native core's C ABI."""

from __future__ import annotations

import ctypes
from ctypes import (
    POINTER,
    Structure,
    byref,
    c_char,
    c_char_p,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
)
from typing import TYPE_CHECKING, Any

import numpy as np
from native.coded import TYPES, zstd
from native.core import library

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["ARGUMENT", "CORRUPT", "FORMAT", "Native", "NativeBlock", "Refused"]

CORRUPT, FORMAT, ARGUMENT = 1, 2, 3
GUARD = 0x5A


class Refused(Exception):
    """What the core does not take.

    Arguments:
        kind: of error.
        message: what is wrong.
    """

    def __init__(self, kind: int, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class _Error(Structure):
    _fields_ = (("kind", c_int32), ("message", c_char * 512))


class _Text(Structure):
    _fields_ = (("data", c_void_p), ("size", c_size_t))

    def __str__(self) -> str:
        return ctypes.string_at(self.data, self.size).decode()


class _Tree(Structure):
    _fields_ = (
        ("path", _Text),
        ("title", _Text),
        ("columns", c_uint32),
        ("groups", c_uint32),
        ("branches", c_uint32),
    )


class _Column(Structure):
    _fields_ = (
        ("name", _Text),
        ("type_name", _Text),
        ("title", _Text),
        ("type", c_int32),
        ("counter", c_int32),
        ("group", c_uint32),
        ("lanes", c_uint32),
        ("inner_shape", POINTER(c_uint64)),
        ("dimensions", c_size_t),
        ("is_counter", c_int32),
        ("is_exact", c_int32),
        ("leaf_kind", _Text),
        ("leaf_name", _Text),
        ("leaf_title", _Text),
        ("leaf_of", _Text),
    )


class _Span(Structure):
    _fields_ = (
        ("offset", c_uint64),
        ("size", c_uint32),
        ("crc32", c_uint32),
        ("number", c_uint32),
    )


class _Bytes(Structure):
    _fields_ = (("data", c_char_p), ("size", c_size_t))


class _Out(Structure):
    _fields_ = (("data", c_void_p), ("size", c_size_t))


class _Extent(Structure):
    _fields_ = (
        ("rows", c_uint64),
        ("bytes", c_uint64),
        ("stored", c_uint64),
        ("most", c_uint32),
    )


def called(name: str, *arguments: Any) -> None:
    """Call a function of the library, and raise what it refuses."""
    error = _Error()
    kind = getattr(library(), name)(*arguments, byref(error))
    message = error.message.decode()
    assert kind == error.kind
    assert (kind == 0) == (message == "")
    assert "\n" not in message
    if kind:
        raise Refused(kind, message)


class Native:
    """A codec, of which one tree is looked at.

    Arguments:
        parts: plan, tables and networks.
        path: the tree's.
    """

    def __init__(self, parts: tuple[bytes, bytes, bytes], path: str = "t") -> None:
        given = [x for part in parts for x in (part, c_size_t(len(part)))]
        self.handle = c_void_p()
        called("rootae_codec_open", *given, zstd, byref(self.handle))
        self.tree, tree = self._find(path)
        self.columns: dict[str, _Column] = {}
        for i in range(tree.columns):
            column = _Column()
            called("rootae_codec_column", self.handle, self.tree, c_uint32(i), byref(column))
            self.columns[str(column.name)] = column
        self.names = [*self.columns]

    def _find(self, path: str) -> tuple[c_uint32, _Tree]:
        tree = _Tree()
        for i in map(c_uint32, range(library().rootae_codec_trees(self.handle))):
            called("rootae_codec_tree", self.handle, i, byref(tree))
            if str(tree.path) == path:
                return i, tree
        raise Refused(CORRUPT, f"the codec has no tree {path}")

    def __del__(self) -> None:
        library().rootae_codec_close(self.handle)


class NativeBlock:
    """A block of the codec's tree.

    Arguments:
        codec: the codec.
        head, blobs: as a file has them.
    """

    def __init__(self, codec: Native, head: bytes, blobs: bytes) -> None:
        self.codec, self.blobs = codec, blobs
        self.handle = c_void_p()
        size = c_size_t(len(head))
        called("rootae_block_open", codec.handle, codec.tree, head, size, byref(self.handle))

    def __del__(self) -> None:
        library().rootae_block_close(self.handle)

    def extent(self, name: str) -> _Extent:
        """Say what the block has of a column."""
        found = _Extent()
        number = c_uint32(self.codec.names.index(name))
        called("rootae_block_extent", self.handle, number, byref(found))
        return found

    def needs(self, names: Sequence[str]) -> list[tuple[int, int, int]]:
        """Return offset, size and crc32 of the blobs that columns take."""
        count, columns = c_size_t(), self._numbers(names)
        given = (self.handle, columns, c_size_t(len(names)))
        called("rootae_block_needs", *given, None, c_size_t(0), byref(count))
        spans = (_Span * count.value)()
        called("rootae_block_needs", *given, spans, count, byref(count))
        return [(s.offset, s.size, s.crc32) for s in spans]

    def _numbers(self, names: Sequence[str]) -> Any:
        return (c_uint32 * len(names))(*(self.codec.names.index(n) for n in names))

    def decode(
        self,
        names: Sequence[str],
        *,
        keep: bool = False,
        inside: Sequence[str] = (),
        threads: int = 1,
    ) -> dict[str, NDArray[Any]]:
        """Decode columns, some of them inside only.

        Arguments:
            names: which.
            keep: have the others inside, too.
            inside: those that no memory is given for.
            threads: by how many, at most.
        """
        spans = self.needs(names)
        held = [self.blobs[start : start + size] for start, size, _ in spans]
        blobs = (_Bytes * len(held))(*[_Bytes(b, len(b)) for b in held])
        memory = {n: self.memory(n) for n in names if n not in inside}
        outs = [
            _Out(memory[n].ctypes.data, len(memory[n]) - 8) if n in memory else _Out(None, 0)
            for n in names
        ]
        called(
            "rootae_block_decode",
            self.handle,
            self._numbers(names),
            c_size_t(len(names)),
            blobs,
            c_size_t(len(held)),
            (_Out * len(names))(*outs),
            int(keep),
            c_uint32(threads),
        )
        return {n: self._typed(n, m) for n, m in memory.items()}

    def memory(self, name: str) -> NDArray[np.uint8]:
        """Return memory for a column, and eight bytes that nobody may write."""
        return np.full(self.extent(name).bytes + 8, GUARD, np.uint8)

    def _typed(self, name: str, memory: NDArray[np.uint8]) -> NDArray[Any]:
        assert (memory[-8:] == GUARD).all()
        return memory[:-8].view(TYPES[self.codec.columns[name].type])

    def values(self, name: str) -> NDArray[Any]:
        """Return the values of a column that is kept inside."""
        out, number = self.memory(name), c_uint32(self.codec.names.index(name))
        size = c_size_t(len(out) - 8)
        called("rootae_block_values", self.handle, number, c_void_p(out.ctypes.data), size)
        return self._typed(name, out)

    def latents(self, group: int, latents: int, rows: int) -> NDArray[np.int64]:
        """Return a group's latents, shape (latents, rows)."""
        span, number = _Span(), c_uint32(group)
        called("rootae_block_latents_span", self.handle, number, byref(span))
        blob = self.blobs[span.offset : span.offset + span.size]
        out = np.zeros((latents, rows), np.int64)
        address = out.ctypes.data_as(POINTER(c_int64))
        given = (blob, c_size_t(len(blob)), address, c_size_t(out.size))
        called("rootae_block_latents", self.handle, number, *given)
        return out
