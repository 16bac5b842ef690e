"""What a manifest says of one file."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rootae.dataset.checksum import checksum

if TYPE_CHECKING:
    from pathlib import Path

    from rootae.dataset.failure import Failure
    from rootae.dataset.member import Steps

__all__ = ["Record"]


@dataclass(frozen=True)
class Record:
    """One file of a run; without checksums and exception it is still to be done.

    Arguments:
        fname: the input, by its whole path, with the tree if one was named.
        output: the output, relative to the manifest's folder.
        options: key of what was asked, in the manifest's table of options.
        run: the run that claimed the output; empty where a file of that name stood in its way.
        datasets: names of the data sets that it belongs to.
        input_bytes, output_bytes: sizes.
        input_adler32, output_adler32: checksums of whole files, as eight hexadecimal digits.
        codec: id of the codec that the output holds, or None where nothing is coded.
        bounds: key of the columns' bounds, in the manifest's table of bounds.
        num_entries: entries by tree.
        seconds: wall time.
        exception: ``kind`` and ``message`` of what went wrong.
        object_path: the tree that an analysis reads.
        steps: its first entries and those behind the last, block by block.
        uuid: of the output, as uproot gives it.
    """

    fname: str
    output: str
    options: str = ""
    run: str = ""
    datasets: tuple[str, ...] = ()
    input_bytes: int | None = None
    input_adler32: str | None = None
    output_bytes: int | None = None
    output_adler32: str | None = None
    codec: str | None = None
    bounds: str | None = None
    num_entries: dict[str, int] = field(default_factory=dict)
    seconds: float | None = None
    exception: dict[str, str] | None = None
    object_path: str | None = None
    steps: Steps = ()
    uuid: str | None = None

    @property
    def is_done(self) -> bool:
        """Say whether the output was written."""
        return self.output_adler32 is not None and self.exception is None

    def failed(self, failure: Failure) -> Record:
        """Return the record of a file that could not be done."""
        told = {"kind": failure.kind, "message": failure.text}
        kept = {n: getattr(self, n) for n in ("fname", "output", "options", "run", "datasets")}
        return Record(**kept, exception=told)

    def holds(self, source: Path, target: Path) -> bool:
        """Say whether input and output are what they were when this was written down.

        Arguments:
            source: the input.
            target: the output.
        """
        try:
            sizes = source.stat().st_size, target.stat().st_size
            return (
                sizes == (self.input_bytes, self.output_bytes)
                and checksum(target) == self.output_adler32
                and checksum(source) == self.input_adler32
            )
        except OSError:
            return False

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: Any) -> Record:
        """Return the record that JSON holds.

        Raises:
            TypeError, ValueError: it is none.
        """
        known = {f.name: f for f in dataclasses.fields(cls)}
        if not isinstance(data, dict) or not {"fname", "output"} <= set(data) <= set(known):
            msg = "a record has other members"
            raise ValueError(msg)
        made = dict(data)
        for name in ("fname", "output", "options", "run"):
            if not isinstance(made.get(name, ""), str):
                msg = f"{name} of a record is no text"
                raise TypeError(msg)
        if not isinstance(made.get("num_entries", {}), dict):
            msg = "num_entries of a record is no table"
            raise TypeError(msg)
        made["datasets"] = tuple(made.get("datasets") or ())
        made["steps"] = tuple((int(a), int(b)) for a, b in made.get("steps") or ())
        return cls(**made)
