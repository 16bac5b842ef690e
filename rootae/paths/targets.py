"""Output files that appear whole or not at all, and never over what they must not replace."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from rootae.errors import ArgumentError, RootaeError
from rootae.paths.leftovers import private
from rootae.paths.regular import odd_kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Output", "check_target", "forget", "identity", "written"]

_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV, errno.EACCES}
_begun: list[Output] = []


class Output:
    """A file to be written: it appears as a whole, over nothing but what is there now.

    Arguments:
        path: where it goes.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> output = Output(folder / "a.txt")
        >>> with output.atomic() as part:
        ...     _ = part.write_text("whole")
        >>> [p.name for p in folder.iterdir()]
        ['a.txt']
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen = identity(path)
        self._made: tuple[int, ...] = ()

    @property
    def is_written(self) -> bool:
        """Say whether what was made is at its place."""
        found = identity(self.path)
        return found is not None and found[:2] == self._made

    @contextlib.contextmanager
    def atomic(self) -> Iterator[Path]:
        """Give a new, empty file beside the path; move it there only if all went well.

        Raises:
            RootaeError: another program wrote a file of that name meanwhile.
            OSError: the file cannot be made or moved.
        """
        with private(self.path) as part:
            mode = _create(part)
            yield part
            with part.open("rb") as file:
                os.fchmod(file.fileno(), mode)  # ROOT makes its files anew, for their owner only
                os.fsync(file.fileno())
            self.publish(part)

    def publish(self, part: Path) -> None:
        """Move a file of the same file system to its place.

        Raises:
            RootaeError: another program wrote a file of that name meanwhile.
            OSError: it cannot be moved.
        """
        _begun.append(self)
        found = part.lstat()
        with _alone(self.path.parent):
            if identity(self.path) != self._seen:
                raise self._lost()
            self._made = (found.st_dev, found.st_ino)
            if self._seen is None:
                self._link(part)
            else:
                part.replace(self.path)
            self._seen = identity(self.path)

    def _link(self, part: Path) -> None:
        """Move a file to where none is."""
        try:
            os.link(part, self.path)
        except FileExistsError as error:
            raise self._lost() from error
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            self._reserve()
            part.replace(self.path)

    def _reserve(self) -> None:
        try:
            _create(self.path)
        except FileExistsError as error:
            raise self._lost() from error

    def _lost(self) -> RootaeError:
        msg = f"output {self.path}: another program wrote it meanwhile: its file was left there"
        return RootaeError(msg)


def check_target(target: str | Path, sources: Sequence[str | Path], *, force: bool) -> Output:
    """Refuse an output that would overwrite an input, or what it must not replace.

    Arguments:
        target: where the output goes.
        sources: files in use.
        force: a regular file may be replaced.

    Raises:
        ArgumentError: the target cannot be written.
    """
    path = Path(target)
    for source in map(Path, sources):
        if _are_same(path, source):
            msg = f"output and input are the same file {source}: choose another output"
            raise ArgumentError(msg)
    kind = odd_kind(path, follow=False)
    if kind is not None:
        msg = f"output {path} is {kind}: name a file"
        raise ArgumentError(msg)
    output = Output(path)
    if identity(path) is not None and not force:
        msg = f"output {path} exists: use -f to overwrite it"
        raise ArgumentError(msg)
    if not path.parent.is_dir():
        msg = f"output {path}: there is no directory {path.parent}"
        raise ArgumentError(msg)
    return output


def identity(path: Path) -> tuple[int, ...] | None:
    """Return what tells a file from another that takes its place, or None if there is none."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return (found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size)


def forget() -> None:
    """Begin to count anew what was written."""
    _begun.clear()


def written() -> list[Path]:
    """Return the outputs that appeared since `forget`."""
    return list(dict.fromkeys(o.path for o in _begun if o.is_written))


def _are_same(a: Path, b: Path) -> bool:
    if a.exists() and b.exists():
        return a.samefile(b)
    return a.resolve() == b.resolve()


def _create(path: Path) -> int:
    """Make an empty file where none is; return its permissions, which follow the umask."""
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC
    file = os.open(path, flags, 0o666)
    try:
        return stat.S_IMODE(os.fstat(file).st_mode)
    finally:
        os.close(file)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other outputs out of a folder for a moment, where its file system has locks."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
