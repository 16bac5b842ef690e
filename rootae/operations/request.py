"""What compress was asked for, checked and frozen before anything takes long."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootae.codec.codec import Codec
from rootae.container.container import read_codec
from rootae.rootio.compression import setting_of
from rootae.writer.backend import AUTO, checked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rootae.planner.promises import Promises
    from rootae.source.source import Source
    from rootae.training.options import Options

__all__ = ["Request"]


@dataclass(frozen=True)
class Request:
    """What is wanted of one file.

    Arguments:
        promises: what is promised of it, and which trees are meant.
        by: the codec that was given, or how to learn one: there is no learning beside a codec.
        asked: what the file's record says of both.
        backend: ``uproot``, ``root`` or ``auto``.
        setting: compression of what passes through.
        recompressed: that setting was asked for: it is not the input's own.
        drop: leave out what cannot be written, by name.
    """

    promises: Promises
    by: Codec | Options
    asked: Mapping[str, Any]
    backend: str = AUTO
    setting: Any = None
    recompressed: bool = False
    drop: bool = False

    @classmethod
    def of(
        cls,
        source: Source,
        options: Options,
        codec: Codec | str | Path | None = None,
        *,
        backend: str = AUTO,
        compression: int | None = None,
        drop_unsupported: bool = False,
    ) -> Request:
        """Make a request of the arguments of `rootae.compress`.

        Raises:
            ArgumentError: there is no such compression, or the codec is no codec.
            NameNotFound: there is no such backend.
            MissingDependency: ROOT is to write and is not installed.
        """
        setting = setting_of(compression, source.compression)
        given = read_codec(codec) if isinstance(codec, str | Path) else codec
        return cls(
            options.promises, options if given is None else given, options.asked(),
            checked(backend), setting, compression is not None, drop_unsupported,
        )  # fmt: skip

    @property
    def codec(self) -> Codec | None:
        """The codec that was given."""
        return self.by if isinstance(self.by, Codec) else None

    @property
    def kept(self) -> tuple[str, ...]:
        """Globs of the columns that stay ordinary branches, a given codec's among them."""
        trained = {} if self.codec is None else self.codec.plan.training.get("options", {})
        return (*self.promises.keep_plain, *trained.get("keep_plain", ()))
