"""The blocks of one tree: a row each in a tree of their own beside it, and its layout.

`export/FORMAT.md` is the normative description; the two change together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np

from rootae.codec.directory import block_id, directory
from rootae.rootio.directories import make_directory
from rootae.rootio.sink import RowBranch, finish, tree_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rootae.codec.block import Block
    from rootae.codec.codec import Codec

__all__ = [
    "BLOBS",
    "BLOCK",
    "BYTES",
    "CARRIER",
    "CARRIER_VALUE",
    "CODECS",
    "COPIES",
    "DIRECTORY",
    "ENTRY",
    "FILES",
    "HEAD",
    "MODULUS",
    "NOTICE",
    "TREES",
    "SideTree",
    "bytes_branch",
    "bytes_rows",
    "is_own_name",
]

CARRIER = "__rae"
CARRIER_VALUE = 0xAE
BLOCK, ENTRY = "rootae_block", "rootae_entry"
MODULUS = 251
DIRECTORY = "rootae"
NOTICE = "coded by rootae: pip install rootae, then import rootae"  # for whoever lacks it
TREES = f"{DIRECTORY}/trees"
CODECS, FILES = f"{DIRECTORY}/codecs", f"{DIRECTORY}/files"
COPIES = f"{DIRECTORY}/copies"  # of the codecs, elsewhere in the file
HEAD, BLOBS = "head", "blobs"  # branches: the blocks' directories, and what these list
BYTES = ak.types.ListType(ak.types.NumpyType("uint8"))  # as an object: parsing text takes 30 ms


class SideTree:
    """Writes the blocks of one tree, a row each.

    Arguments:
        file: the uproot file under way.
        codec: the codec of blocks that name no other.
        path: the tree's path.
    """

    def __init__(self, file: Any, codec: Codec, path: str) -> None:
        self._codec = codec
        make_directory(file, DIRECTORY, NOTICE)
        branches = [bytes_branch(HEAD), bytes_branch(BLOBS)]
        self._tree = tree_of(file, f"{TREES}/{path}", f"rootae blocks of {path}", branches)
        self._tree.compression = None

    def add(
        self,
        block: Block,
        digest: bytes | None = None,
        content: Mapping[int, int] | None = None,
    ) -> int:
        """Write one block.

        Arguments:
            block: the block.
            digest: of its codec, if it is another one.
            content: checksums of branches that pass through, by the crc32 of their names.

        Returns:
            The block's id.
        """
        head = directory(block, self._codec.digest if digest is None else digest, content)
        self.copy({HEAD: head, BLOBS: b"".join(block.blobs)})
        return block_id(head)

    def close(self) -> None:
        """Write what the tree says of itself: it is none before."""
        finish(self._tree)

    def copy(self, row: Mapping[str, bytes]) -> None:
        """Write one block as it stands in another file, see `StoredTree.row`."""
        self._tree.extend({name: bytes_rows([data]) for name, data in row.items()})


def bytes_branch(name: str) -> RowBranch:
    """Return a branch of byte strings."""
    return RowBranch(name, BYTES, counter=f"n{name}")


def is_own_name(name: str) -> bool:
    """Say whether a branch is called as those that rootae adds to a tree.

    Example:
        >>> is_own_name("x__rae"), is_own_name("rootae_block"), is_own_name("x")
        (True, True, False)
    """
    return name.endswith(CARRIER) or name in (BLOCK, ENTRY)


def bytes_rows(blobs: list[bytes]) -> ak.Array:
    """Return byte strings as rows of `var * uint8`."""
    offsets = np.concatenate([[0], np.cumsum([len(b) for b in blobs])]).astype(np.int64)
    content = ak.contents.NumpyArray(np.frombuffer(b"".join(blobs), np.uint8))
    return ak.Array(ak.contents.ListOffsetArray(ak.index.Index64(offsets), content))
