"""A data set as luigi's tasks: one codec, a task for each file.

    luigi --module luigi_tasks Production --sources mc --folder small --local-scheduler

What failed is done again by the same line; what is there is whole.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import luigi

import rootae

LOSSY = True  # what is promised, for the codec and for each file


def _files(folder: str) -> list[Path]:
    return sorted(Path(folder).glob("*.root"))


class Codec(luigi.Task):  # type: ignore[misc]
    """One codec, learned from entries of all files."""

    sources = luigi.Parameter()
    folder = luigi.Parameter()

    def output(self) -> Any:
        """Return where the codec goes: it appears as a whole."""
        return luigi.LocalTarget(f"{self.folder}/codec.rootae")

    def run(self) -> None:
        """Train it."""
        self.output().makedirs()
        rootae.train(_files(self.sources), self.output().path, lossy=LOSSY, force=True)


class Compress(luigi.Task):  # type: ignore[misc]
    """One file: its output appears once every value was read back within its bound."""

    source = luigi.Parameter()
    sources = luigi.Parameter()
    folder = luigi.Parameter()

    def requires(self) -> Any:
        """Return what has to be there before."""
        return Codec(sources=self.sources, folder=self.folder)

    def output(self) -> Any:
        """Return where the file goes."""
        return luigi.LocalTarget(f"{self.folder}/{Path(self.source).name}")

    def run(self) -> None:
        """Compress it; what goes wrong is an exception, and the task failed."""
        rootae.compress(self.source, self.output().path, codec=self.input().path, lossy=LOSSY)


class Production(luigi.WrapperTask):  # type: ignore[misc]
    """All files of a folder."""

    sources = luigi.Parameter()
    folder = luigi.Parameter()

    def requires(self) -> Any:
        """Return a task for each file."""
        for source in _files(self.sources):
            yield Compress(source=str(source), sources=self.sources, folder=self.folder)
