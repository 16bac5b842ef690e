"""A codec: a plan, its tables and its networks; it turns blocks of entries into bytes and back."""

from __future__ import annotations

import copy
import functools
import hashlib
from typing import TYPE_CHECKING, Any

from rootae.codec import native, packed, tables
from rootae.codec.block_decoder import BlockDecoder
from rootae.codec.contexts.device import CPU
from rootae.codec.contexts.network import Network, usable
from rootae.codec.layout import Layout
from rootae.codec.native_codec import NativeCodec
from rootae.codec.native_decoder import NativeDecoder
from rootae.codec.plan.check import encoders_of
from rootae.codec.plan.plan import Plan
from rootae.codec.streams import stream, zstd
from rootae.codec.tree import TreeCoder
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from rootae.codec.decoder import Decoder
    from rootae.codec.directory import Directory
    from rootae.codec.native_codec import NativeTree
    from rootae.codec.plan.plan import TreePlan

__all__ = ["Codec"]

_NETWORKS, _NODES = 1 << 15, 1 << 17  # of a codec, at most
_WORK = 1 << 25  # numbers a row that all networks together make, or multiply and add


class Codec:
    """A trained compressor for one file schema.

    Arguments:
        plan: what it does.
        tables: int64 arrays that the plan points into.
        networks: serialised ONNX models that the plan points into.

    Raises:
        CorruptError: a network is none, or all together ask for more than any codec does.

    Example:
        >>> Codec(Plan(())).id[:8]
        'd80ab105'
    """

    def __init__(
        self,
        plan: Plan,
        tables: Sequence[NDArray[np.int64]] = (),
        networks: Sequence[bytes] = (),
    ) -> None:
        self.plan = plan
        self.tables = tuple(tables)
        encoders = encoders_of(plan)
        self.networks = tuple(_networks(networks, encoders))
        self.device = CPU
        self._coders: dict[str, TreeCoder] = {}
        self._layouts: dict[str, Layout] = {}
        self._native: NativeCodec | None = None
        self._elsewhere: dict[str, Codec] = {}

    def on(self, device: str) -> Codec:
        """Return this codec with its networks on a device; contexts are the same on all.

        Arguments:
            device: ``cpu``, ``cuda`` or ``auto``, which takes CUDA where there is any.

        Raises:
            MissingDependency: CUDA is asked for and cannot be used.
        """
        where = usable(device)
        return self if where == self.device else self._moved(where)

    def _moved(self, device: str) -> Codec:
        """Return a copy on a device, made once: its sessions serve all files of the codec."""
        if device not in self._elsewhere:
            moved = copy.copy(self)
            moved.device = device
            moved.networks = tuple(n.on(device) for n in self.networks)
            moved._coders, moved._elsewhere = {}, {}  # noqa: SLF001  one of its own kind
            moved._native = None  # noqa: SLF001
            self._elsewhere[device] = moved
        return self._elsewhere[device]

    @functools.cached_property
    def parts(self) -> tuple[bytes, bytes, bytes]:
        """Return the plan as text, and tables and networks as a file has them."""
        networks = packed.pack(n.onnx for n in self.networks)
        return self.plan.to_json().encode(), tables.pack(self.tables), networks

    @functools.cached_property
    def packed_plan(self) -> bytes:
        """Return the plan's text in a zstd frame, as a file has it."""
        return zstd.compress(self.parts[0], 19)

    @classmethod
    def from_parts(
        cls, plan: bytes, numbers: bytes, networks: bytes, packed_plan: bytes | None = None
    ) -> Codec:
        """Rebuild a codec.

        Arguments:
            plan, numbers, networks: its parts.
            packed_plan: the frame that the plan was in: to make another takes long.

        Raises:
            CorruptError: the bytes are damaged.
            FormatError: a newer rootae wrote them.
        """
        parsed = Plan.from_json(plan.decode("utf-8", "replace"))
        arrays = tables.unpack(numbers)
        codec = cls(parsed, arrays, packed.unpack(networks, "networks", _NETWORKS))
        codec.__dict__["parts"] = plan, numbers, networks  # its id is that of what was read
        if packed_plan is not None:
            codec.__dict__["packed_plan"] = packed_plan
        return codec

    @functools.cached_property
    def digest(self) -> bytes:
        """Return the sha256 of plan, tables and networks."""
        return hashlib.sha256(stream.join(self.parts)).digest()

    @property
    def id(self) -> str:
        """Return the digest in hexadecimal."""
        return self.digest.hex()

    def tree(self, path: str) -> TreeCoder:
        """Return the coder of one tree, made once."""
        if path not in self._coders:
            plan = self._plan(path)
            self._coders[path] = TreeCoder(plan, self.tables, self.networks, self.native)
        return self._coders[path]

    def layout(self, path: str) -> Layout:
        """Return where the lanes and blobs of a tree's blocks stand."""
        if path not in self._layouts:
            self._layouts[path] = Layout(self._plan(path))
        return self._layouts[path]

    def checked(self, path: str) -> TreePlan:
        """Return a tree's plan, after all that a reader of it relies on was checked.

        Raises:
            CorruptError: the codec is damaged, or knows no such tree.
        """
        plan = self._plan(path)
        return plan if self.native(path) is not None else self.tree(path).plan

    def decoder(
        self,
        path: str,
        found: Directory,
        head: bytes,
        where: str,
        fetch: Callable[[Sequence[int]], Sequence[bytes]],
    ) -> Decoder:
        """Return a decoder of a block.

        Arguments:
            path: its tree's.
            found: its directory, read.
            head: the bytes of that.
            where: file, tree and block, for messages.
            fetch: gives blobs by their numbers, see `rootae.codec.layout`.

        Raises:
            CorruptError: the block is damaged.
        """
        native = self.native(path)
        if native is None:
            return BlockDecoder(self.tree(path), found, fetch)
        return NativeDecoder(native, self._plan(path), self.layout(path), found, head, where, fetch)

    def native(self, path: str) -> NativeTree | None:
        """Return a tree as the native core has it; None where it is not used, or not the CPU."""
        if self.device != CPU or not native.is_used():
            return None
        if self._native is None:
            self._native = NativeCodec(self.parts)
        return self._native.tree(self.plan, path, self.layout(path))

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what only this process has: dask and multiprocessing send codecs."""
        return self.__dict__ | {"_native": None}

    def _plan(self, path: str) -> TreePlan:
        plan = self.plan.tree(path)
        if plan is None:
            msg = f"codec {self.id[:8]} knows no tree {path!r}: the file is damaged"
            raise CorruptError(msg)
        return plan

    def __repr__(self) -> str:
        trees = ", ".join(f"{t.path}: {len(t.columns)} columns" for t in self.plan.trees)
        return f"Codec({self.id[:8]}, {trees or 'no trees'})"


def _networks(models: Sequence[bytes], encoders: Container[int]) -> Iterator[Network]:
    """Read networks, each of which may ask for much with few bytes, until they ask for too much."""
    nodes = work = 0
    for i, model in enumerate(models):
        network = Network(model, integer=i not in encoders)
        nodes, work = nodes + network.asked.nodes, work + network.asked.work
        if i >= _NETWORKS or nodes > _NODES or work > _WORK:
            msg = "the networks of a codec ask for too much together: the file is damaged"
            raise CorruptError(msg)
        yield network
