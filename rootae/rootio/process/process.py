"""ROOT in a process of its own: what it says is read, and what goes wrong is an error here."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from rootae.errors import MissingDependency, UnsupportedError
from rootae.paths import leftovers
from rootae.rootio.process.server import SERVER

if TYPE_CHECKING:
    from rootae.rootio.process.job import Job

__all__ = ["installed", "merge_files", "merged", "readable", "rewrite"]

_WORKERS = "rootae.rootio.process"
_SERVED = sys.platform == "linux"  # elsewhere processes are not copied safely
_LINES = 3  # of what ROOT said that an error repeats


def installed() -> bool:
    """Say whether ROOT can be imported."""
    return importlib.util.find_spec("ROOT") is not None


def rewrite(job: Job) -> dict[str, Any]:
    """Let ROOT write a file.

    Arguments:
        job: what to write.

    ROOT also complains where nothing is lost, as about classes without a dictionary that it only
    has to copy: whoever calls this holds the result against the original, see `checks.passthrough`.

    Returns:
        What `rootae.rootio.process.rewrite.rewrite` returns.

    Raises:
        MissingDependency: ROOT is not installed.
        UnsupportedError: ROOT could not do it.
    """
    if not installed():
        msg = "the ROOT backend needs ROOT: pip install 'rootae[root]', or any ROOT with Python"
        raise MissingDependency(msg)
    done = _run("rewrite", job.to_json())
    if _has_crashed(done):  # as it does over baskets without offsets, which it reads well
        done = _run("rewrite", dataclasses.replace(job, fast=False).to_json())
    if done.returncode:
        msg = f"{job.source}: ROOT could not rewrite it: {_complaints(done.stderr)}"
        raise UnsupportedError(msg)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def readable(path: str, tree: str, names: list[str]) -> list[str]:
    """Return the branches that ROOT, which is installed, can read from end to end.

    Arguments:
        path: the file.
        tree: the tree's path in it.
        names: the branches.
    """
    done = _run("read", json.dumps({"path": path, "tree": tree, "names": names}))
    answer: list[str] = [] if done.returncode else json.loads(done.stdout)
    return answer


def merged(paths: list[str], names: list[str], target: str) -> list[str]:
    """Let ROOT, which is installed, merge objects of several files as hadd does.

    Arguments:
        paths: the files.
        names: paths of objects in them.
        target: the file to write, in a folder that is there for this alone.

    Returns:
        The names that were merged; ROOT puts no others of them together.

    Raises:
        UnsupportedError: ROOT could not do it.
    """
    shown = ", ".join(names[:_LINES]) + (" and others" if len(names) > _LINES else "")
    return _merge({"paths": paths, "names": names, "target": target}, shown)


def merge_files(paths: list[str], target: str, compression: int) -> None:
    """Let ROOT, which is installed, merge files with all that they hold, as hadd does.

    Arguments:
        paths: the files.
        target: the file to write; it is replaced.
        compression: ROOT's algorithm * 100 + level.

    Raises:
        UnsupportedError: ROOT could not do it.
    """
    job = {"paths": paths, "target": target, "compression": compression}
    _merge(job, f"{paths[0]} and others")


def _merge(job: dict[str, Any], shown: str) -> list[str]:
    done = _run("merge", json.dumps(job))
    errors = [line for line in done.stderr.splitlines() if line.startswith("Error in <")]
    if done.returncode or errors:
        msg = f"{shown}: ROOT could not merge what the files hold: {_complaints(done.stderr)}"
        raise UnsupportedError(msg)
    answer: list[str] = json.loads(done.stdout)
    return answer


def _has_crashed(done: subprocess.CompletedProcess[str]) -> bool:
    return done.returncode not in (0, 1)  # Python itself ends with 1


def _complaints(text: str) -> str:
    said = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in said if line.startswith(("Error in <", "*** Break ***"))]
    return "; ".join(errors[:_LINES] or said[-1:]) or "it was ended"


def _run(worker: str, asked: str) -> subprocess.CompletedProcess[str]:
    name = f"{_WORKERS}.{worker}"
    return (SERVER.run(name, asked) if _SERVED else None) or _started(name, asked)


def _started(name: str, asked: str) -> subprocess.CompletedProcess[str]:
    """Start ROOT for one job: where processes cannot be copied, or the one that has ROOT ended."""
    command = [sys.executable, "-P", "-W", "ignore", "-m", name]
    with (
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        ) as process,
        leftovers.undone(process.kill),
    ):
        out, err = process.communicate(asked)
    return subprocess.CompletedProcess(command, process.returncode, out, err)
