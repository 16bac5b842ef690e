"""ROOT in a process of its own: what it says is read, and what goes wrong is an error here."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from rootae.errors import MissingDependency, UnsupportedError

if TYPE_CHECKING:
    from rootae.backend.job import Job

__all__ = ["installed", "rewrite"]

_WORKER = ("-W", "ignore", "-m", "rootae.backend.rewriting")
_LINES = 3  # of what ROOT said that an error repeats


def installed() -> bool:
    """Say whether ROOT can be imported."""
    return importlib.util.find_spec("ROOT") is not None


def rewrite(job: Job) -> dict[str, Any]:
    """Let ROOT write a file.

    Arguments:
        job: what to write.

    ROOT also complains where nothing is lost, as about classes without a dictionary that it only
    has to copy: whoever calls this holds the result against the original, see `kept`.

    Returns:
        What `rootae.backend.rewriting.rewrite` returns.

    Raises:
        MissingDependency: ROOT is not installed.
        UnsupportedError: ROOT could not do it.
    """
    if not installed():
        msg = "the ROOT backend needs ROOT: pip install 'rootae[root]', or any ROOT with Python"
        raise MissingDependency(msg)
    done = subprocess.run(
        [sys.executable, *_WORKER],
        input=job.to_json(),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        errors = [line for line in said if line.startswith("Error in <")]
        told = "; ".join(errors[:_LINES] or said[-1:]) or "it was ended"
        msg = f"{job.source}: ROOT could not rewrite it: {told}"
        raise UnsupportedError(msg)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
