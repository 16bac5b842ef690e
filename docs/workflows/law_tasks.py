r"""A data set as a workflow of law: a branch for each file, here or on a batch system.

    PYTHONPATH=. law run law_tasks.Compress \
        --sources mc --codec codec.root --folder small --local-scheduler

With `law.htcondor.HTCondorWorkflow` as a base beside `law.LocalWorkflow` branches are jobs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import law
import luigi

import rootae


class Compress(law.LocalWorkflow):  # type: ignore[misc]
    """Compresses each file of a folder, with a codec at hand."""

    sources = luigi.Parameter()
    codec = luigi.Parameter()
    folder = luigi.Parameter()

    def create_branch_map(self) -> Any:
        """Return the file of each branch."""
        return dict(enumerate(map(str, sorted(Path(self.sources).glob("*.root")))))

    def output(self) -> Any:
        """Return where a branch's file goes."""
        name = Path(self.branch_data).name
        return law.LocalFileTarget(str(Path(self.folder).absolute() / name))  # law's begin at /

    def run(self) -> None:
        """Compress a branch's file; what goes wrong is an exception, and the branch failed."""
        self.output().parent.touch()
        rootae.compress(self.branch_data, self.output().abspath, codec=self.codec, lossy=True)
