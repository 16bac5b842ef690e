"""Files merged by ROOT as hadd merges them, where they hold what uproot cannot write."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootae.checks.branch_bytes import Sums, joined
from rootae.checks.compatible import codes_alike
from rootae.checks.merged import Share
from rootae.errors import UnsupportedError
from rootae.reader.decoded import DecodedSource, blocks_of, coded_of
from rootae.reader.restored import checksum
from rootae.rootio.branch_values import read
from rootae.rootio.compression import code_of
from rootae.rootio.process import process
from rootae.rootio.titles import recreate
from rootae.source.particulars import title_of_file
from rootae.writer.losses import uncopied
from rootae.writer.objects import Objects

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rootae.codec.codec import Codec
    from rootae.codec.plan.plan import TreePlan

__all__ = ["Joining"]

_ENTRIES = "number of entries"


class Joining:
    """Files with trees of the same branches and coded columns, on their way into one.

    ROOT adds baskets and rows of blocks one after the other, which is right where all files code
    the same columns.

    Arguments:
        paths: the files.
        plans: by tree, what its coded columns are.
        device: where networks run.
    """

    def __init__(
        self, paths: Sequence[Path], plans: Mapping[str, TreePlan | None], device: str | None
    ) -> None:
        self._paths, self._plans, self._device = paths, plans, device
        self.shares: list[dict[str, Share]] = []
        self.codecs: dict[bytes, Codec] = {}
        self.notes: list[str] = []
        self._sums: dict[str, Sums] = {name: {} for name in plans}
        self._ends = dict.fromkeys(plans, (0, 0))  # entries and blocks of the files before

    def is_possible(self) -> bool:
        """Say whether ROOT is there, and adds to these files what is right."""
        return process.installed() and all(map(self._is_alike, self._paths))

    def _is_alike(self, path: Path) -> bool:
        with DecodedSource.open(path, self._device) as source:
            if source.ntuples() or set(uncopied(source)) - source.superseded():
                return False
            for name, plan in self._plans.items():
                mine = coded_of(source.tree(name))
                if (mine is None) != (plan is None):
                    return False
                if mine is not None and plan is not None and not codes_alike(mine.stored, plan):
                    return False
        return True

    def run(self, part: Path, compression: Any) -> Objects:
        """Merge the files, and hold trees against them.

        Arguments:
            part: the file to write.
            compression: an uproot setting.

        Returns:
            What objects it has to hold.

        Raises:
            UnsupportedError: ROOT could not do it, or would lose something.
        """
        process.merge_files(
            [str(p.resolve()) for p in self._paths], str(part), code_of(compression)
        )
        with (
            tempfile.TemporaryDirectory(prefix="rootae-") as folder,
            recreate(Path(folder) / "objects.root", "", compression=compression) as file,
        ):
            objects = Objects(file, len(self._paths) > 1, trees=False)
            for path in self._paths:
                with DecodedSource.open(path, self._device) as source:
                    objects.add(source)
                    self._add(source)
            objects.write()
        with DecodedSource.open(part, self._device) as made:
            self._hold(made)
        return objects

    def _add(self, source: DecodedSource) -> None:
        """Take down what an input's trees hold, and where their blocks come to lie."""
        shares = {}
        for name, plan in self._plans.items():
            tree, (entries, blocks) = source.tree(name), self._ends[name]
            mine = coded_of(tree)
            more = len(blocks_of(tree)) if plan is not None else 0
            if mine is not None:
                self.codecs |= {c.digest: c for c in mine.stored.codecs}
            shares[name] = Share(entries, blocks, more, copied=True)
            self._ends[name] = entries + tree.entries, blocks + more
            self._sums[name] = joined(self._others(source, name), self._sums[name])
        self.shares.append(shares)

    def _others(self, source: DecodedSource, name: str) -> list[Any]:
        """Return the branches that are not coded."""
        plan = self._plans[name]
        carried = set(plan.carried) if plan is not None else set()
        return [b for b in source.opened(name).branches if str(b.name) not in carried]

    def _hold(self, made: DecodedSource) -> None:
        lost = []
        with DecodedSource.open(self._paths[0], self._device) as first:
            for name, sums in self._sums.items():
                again = joined(self._others(made, name), {})
                places = {k[0] for k, v in sums.items() if again.get(k) != v}
                lost += [f"{name}:{b}" for b in self._other_values(made, name, sorted(places))]
                told = first.particulars_of(name).differences(made.particulars_of(name))
                lost += [f"{name}: its {what}" for what in told if what != _ENTRIES]
            if title_of_file(first.file) != title_of_file(made.file):
                self.notes.append(f"the title of {first.path} was not kept")
            for name in set(first.directories()) & set(made.directories()):
                if first.title_of(name) != made.title_of(name):
                    self.notes.append(f"{name}: its title was not kept")
        if lost:
            shown = ", ".join(lost[:10])
            msg = f"{self._paths[0]} and others: ROOT, as hadd, would not keep {shown}"
            raise UnsupportedError(msg)

    def _other_values(self, made: DecodedSource, name: str, places: list[int]) -> list[str]:
        """Return the branches whose values differ, or cannot be read, among those of other bytes.

        ROOT may write objects again, of a newer version of their class.
        """
        mine, entry, lost = self._others(made, name), 0, set[str]()
        for path in self._paths if places else ():
            with DecodedSource.open(path, self._device) as source:
                theirs = self._others(source, name)
                entries = source.tree(name).entries
                for place in places:
                    if not _same_values(mine[place:], theirs[place:], entry, entries):
                        lost.add(str(theirs[place].name))
                entry += entries
        return sorted(lost)


def _same_values(mine: list[Any], theirs: list[Any], entry: int, entries: int) -> bool:
    """Compare the first of some branches with that of others."""
    try:
        found, wanted = read(mine[0], entry, entry + entries), read(theirs[0], 0, entries)
        return checksum(found) == checksum(wanted)
    except Exception:  # of what uproot cannot read
        return False
