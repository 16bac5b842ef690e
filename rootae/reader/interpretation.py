"""How uproot reads a coded column: interpretations that decode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from uproot.containers import AsVector, STLVector
from uproot.interpretation.custom import CustomInterpretation
from uproot.interpretation.jagged import AsJagged, JaggedArray
from uproot.interpretation.numerical import AsDtype
from uproot.interpretation.objects import AsObjects

from rootae.reader.carriers import COLUMN

if TYPE_CHECKING:
    from rootae.reader.tree import CodedTree
    from rootae.schema.values import Values

__all__ = ["AsCoded", "AsCodedJagged"]


class AsCoded(CustomInterpretation):  # type: ignore[misc]  # uproot has no annotations
    """Interprets a carrier as the column it stands for."""

    @classmethod
    def match_branch(cls, branch: Any, context: Any, simplify: Any) -> bool:
        """Say whether a branch is the carrier of a column with one value an entry."""
        return _is_jagged(branch) is False

    @property
    def _coded(self) -> CodedTree:
        tree: CodedTree = self._branch.__dict__[COLUMN]
        return tree

    @property
    def _plain(self) -> Any:
        """Return what uproot would have used for the original branch."""
        column = self._coded.column(self._branch.name)
        dtype = np.dtype(column.dtype).newbyteorder(">")
        if column.is_nested:
            return AsObjects(AsVector(True, AsVector(False, dtype)), self._branch)
        inner = AsDtype(np.dtype((dtype, column.inner_shape)) if column.inner_shape else dtype)
        return inner if column.counter is None else AsJagged(inner, typename=column.typename)

    @property
    def typename(self) -> str:
        """Return the original branch's type."""
        return self._coded.column(self._branch.name).typename

    @property
    def cache_key(self) -> str:
        """Return a key that is the same for the same column."""
        return f"AsCoded({self._branch.name})"

    @property
    def numpy_dtype(self) -> Any:
        """Return the dtype as uproot's numpy library gives it."""
        return self._plain.numpy_dtype

    def __repr__(self) -> str:
        return f"AsCoded({self._plain!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AsCoded) and other.cache_key == self.cache_key

    def __hash__(self) -> int:
        return hash(self.cache_key)

    def awkward_form(self, file: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the original's form."""
        return self._plain.awkward_form(file, *args, **kwargs)

    def basket_array(
        self,
        data: Any,
        byte_offsets: Any,
        basket: Any,
        branch: Any,
        context: Any,
        cursor_offset: Any,
        library: Any,
        interp_options: Any,
    ) -> Any:
        """Return nothing of use: carriers hold a constant."""
        return data

    def final_array(
        self,
        basket_arrays: Any,
        entry_start: int,
        entry_stop: int,
        entry_offsets: Any,
        library: Any,
        branch: Any,
        options: Any,
    ) -> Any:
        """Decode the column over a range of entries."""
        self._coded.check_carrier(self._branch)
        name, stop = self._branch.name, max(entry_start, entry_stop)
        column, values = self._coded.column(name), self._coded.values(name, entry_start, stop)
        output: Any = values.flat
        if column.is_nested:
            inner = self._coded.values(str(column.counter), entry_start, stop)
            output = _nested(values, inner, library)
        elif values.counts is not None:
            output = JaggedArray(self._coded.offsets.of(values.counts), output)
        original = self._plain
        return library.finalize(output, branch, original, entry_start, entry_stop, options)


class AsCodedJagged(AsCoded, AsJagged):  # type: ignore[misc]
    """Interprets a carrier as a jagged column: ``how="zip"`` looks for `AsJagged`."""

    @classmethod
    def match_branch(cls, branch: Any, context: Any, simplify: Any) -> bool:
        """Say whether a branch is the carrier of a jagged column."""
        return _is_jagged(branch) is True

    @property
    def content(self) -> Any:
        """Return the interpretation of the lists' values."""
        return self._plain.content

    @property
    def header_bytes(self) -> int:
        """Return how many bytes stand before each list: carriers have none."""
        return 0

    @property
    def original(self) -> None:
        """Return nothing: the interpretation was not simplified from another."""


def _is_jagged(branch: Any) -> bool | None:
    """Say whether uproot calls a carrier's column jagged; None if the branch is no carrier."""
    mark = branch.__dict__.get(COLUMN)
    column = None if mark is None else mark.column(branch.name)
    return None if column is None else column.counter is not None and not column.is_nested


def _nested(values: Values, inner: Values, library: Any) -> Any:
    """Return vectors of vectors as a library takes them from uproot."""
    array = values.to_array(inner)
    if library.name != "np":
        return array.layout
    found = np.empty(len(array), dtype=object)
    for i, vectors in enumerate(array):
        parts = np.empty(len(vectors), dtype=object)
        parts[:] = [STLVector(np.asarray(v)) for v in vectors]
        found[i] = STLVector(parts)
    return found
