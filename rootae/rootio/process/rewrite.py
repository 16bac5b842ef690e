"""The process in which ROOT writes a file.

``python -m rootae.rootio.process.rewrite < job.json``
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rootae.rootio.kinds import Kind, kinds_of
from rootae.rootio.process.job import Job, TreeJob
from rootae.rootio.process.rehearsal import WRITTEN, written
from rootae.rootio.process.worker import answer, root_with, tree_at

__all__ = ["main", "prepare", "rewrite"]

_KERNELS = Path(__file__).with_name("rewrite.cxx")
_SMALL = 1 << 16  # bytes of a tree's baskets: so much may stand in the file twice
_PROCESS_ID = "TProcessID"  # ROOT writes them with the trees whose references they are of


class _Rewriting:
    """One file under way.

    Arguments:
        root: the module of ROOT, with `rewrite.cxx` compiled.
        job: what is to be written.
    """

    def __init__(self, root: Any, job: Job) -> None:
        self._root = root
        self._kernels = root.rootae
        self._job = job
        self._source = self._opened(job.source)
        self._donor = self._opened(job.donor)
        title = self._source.GetTitle()
        self._target = self._opened(job.target, "RECREATE", title, job.compression)
        if job.uuid is not None:
            self._kernels.set_uuid(self._target, job.uuid)
        self.autosaves: list[str] = []

    def _opened(self, path: str, *how: Any) -> Any:
        file = self._root.TFile.Open(path, *how)
        if not file or file.IsZombie():
            msg = f"ROOT cannot open {path}"
            raise OSError(msg)
        return file

    def run(self) -> None:
        """Write everything and close the file."""
        for file in (self._source, self._donor):
            self._kernels.copy_class_descriptions(file, self._target)
        self._copy(self._source, self._target, "", self._job.leave_out)
        keys = [k.GetName() for k in self._donor.GetListOfKeys()]
        others = tuple(n for n in keys if n not in self._job.add)
        self._copy(self._donor, self._target, "", others)
        self._drop_process_ids()
        self._target.Close()

    def _copy(self, source: Any, target: Any, path: str, leave_out: tuple[str, ...] = ()) -> None:
        """Copy a directory; the cycles of a name from the oldest on, as ROOT wants to add them."""
        keys = list(source.GetListOfKeys())
        place = {k.GetName(): i for i, k in reversed(list(enumerate(keys)))}
        for key in sorted(keys, key=lambda k: (place[k.GetName()], k.GetCycle())):
            name = str(key.GetName())
            if f"{path}{name}" in leave_out:
                continue
            kind = self._kind(key)
            if kind == Kind.DIRECTORY:
                made = target.mkdir(name, key.GetTitle())
                if not made:
                    msg = f"{path}{name}: ROOT makes no directory beside another thing of that name"
                    raise OSError(msg)
                self._copy(key.ReadObj(), made, f"{path}{name}/", leave_out)
            elif kind == Kind.DERIVED:
                self._copy_derived(key, target, f"{path}{name}")
            elif kind == Kind.TREE:
                same = (k for k in keys if k.GetName() == name and self._kind(k) == Kind.TREE)
                newest = max(same, key=lambda k: k.GetCycle())
                self._copy_tree(key, newest, target, f"{path}{name}")
            else:
                self._kernels.copy_key(key, target, key.GetCycle())

    def _drop_process_ids(self) -> None:
        """Drop what ROOT wrote beside the copies: it does not know how often these are referred to.

        Where it numbered them anew, readers need its own.
        """
        keys = self._target.GetListOfKeys()
        for key in [k for k in keys if k.GetClassName() == _PROCESS_ID]:
            made = self._target.GetKey(key.GetName())  # the newest
            if made.GetCycle() != key.GetCycle():
                extra = made if made.GetTitle() == key.GetTitle() else key
                extra.Delete()
                keys.Remove(extra)

    def _kind(self, key: Any) -> str:
        name = str(key.GetClassName())  # the donor has ROOT's own classes only
        return self._job.kinds.get(name) or kinds_of(None, {name})[name]

    def _copy_derived(self, key: Any, target: Any, path: str) -> None:
        if not self._kernels.copy_derived(key, target, key.GetCycle()):
            msg = f"ROOT cannot copy {path}, of class {key.GetClassName()}"
            raise OSError(msg)

    def _copy_tree(self, key: Any, newest: Any, target: Any, path: str) -> None:
        tree = key.ReadObj()
        job = TreeJob()
        if key.GetCycle() == newest.GetCycle():
            job = self._job.trees.get(path, job)
        elif tree.GetZipBytes() > _SMALL and self._kernels.is_autosave(tree, newest.ReadObj()):
            self.autosaves.append(f"{path};{key.GetCycle()}")
            return
        model = tree_at(self._root, self._donor, path) if job.order else tree
        copy = self._kernels.copy_tree(tree, model, target, list(job.without), self._job.fast)
        if not copy:
            msg = f"ROOT cannot copy tree {path}"
            raise OSError(msg)
        if job.order:
            self._change(copy, target, path, job)
            pairs = job.renamed.items()
            names = [[now for _, now in pairs], [before for before, _ in pairs]]
            self._kernels.arrange_leaves(copy, tree, *names)
        self._write(copy, target, str(key.GetName()), key.GetCycle())

    def _write(self, tree: Any, target: Any, name: str, cycle: int) -> None:
        target.cd()
        tree.Write(name)
        tree.SetDirectory(self._root.nullptr)
        written = target.GetKey(name)
        if written.GetCycle() != cycle:
            self._kernels.copy_key(written, target, cycle)
            written.Delete()
            target.GetListOfKeys().Remove(written)

    def _change(self, copy: Any, target: Any, path: str, job: TreeJob) -> None:
        donor = tree_at(self._root, self._donor, path)
        parts = self._kernels.copy_tree(donor, donor, target, [], True)
        self._kernels.adopt(copy, parts, list(job.adopt))
        parts.SetDirectory(self._root.nullptr)
        for name, kind in job.vectors.items():
            self._kernels.add_vector[kind](copy, donor, name)
        for name, (kind, lengths) in job.nested.items():
            self._kernels.add_nested[kind](copy, donor, name, lengths)
        for name, leaves in job.leaves.items():
            self._kernels.add_leaves(copy, donor, name, leaves)
        self._kernels.link_counters(copy)
        for name, title in job.titles.items():
            copy.GetBranch(name).SetTitle(title)
        for name, texts in job.leaf_names.items():
            copy.GetBranch(name).GetListOfLeaves().At(0).SetNameTitle(*texts)
        if job.title is not None:
            copy.SetTitle(job.title)
        self._kernels.arrange(copy, list(job.order))


def rewrite(job: Job) -> dict[str, Any]:
    """Write a file with ROOT.

    Returns:
        ``autosaves``: older cycles of trees that hold nothing that the newest does not hold.

    Raises:
        OSError: ROOT cannot read or write something.
    """
    root = root_with(_KERNELS)
    root.gErrorIgnoreLevel = root.kError  # classes without a dictionary are only copied
    work = _Rewriting(root, job)
    work.run()
    return {"autosaves": work.autosaves}


def prepare(times: int) -> None:
    """Compile what `main` needs, and all that it calls for whoever asks a second time."""
    root = root_with(_KERNELS)
    if times == 1:
        with written(root) as (source, donor, target):
            change = TreeJob(("x",), ("b_n", "b_v"), order=("b_n", "b_v", "a_n", "a_v"))
            kinds = {name: str(kind) for name, kind in WRITTEN.items()}
            rewrite(Job(source, donor, target, 505, {"t": change}, ("o",), ("b_d",), kinds))


def main() -> None:
    """Read a job, do it, and say what came of it."""
    answer(lambda asked: rewrite(Job.from_json(asked)))


if __name__ == "__main__":
    main()
