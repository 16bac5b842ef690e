"""Whether a file is kept whole: what ROOT and uproot see of it, before and after."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import awkward as ak
from samples import same

import rootae
from rootae.checks.passthrough import differences
from rootae.container.side_tree import NOTICE
from rootae.source.source import Source

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = """
import json, os
ROOT.gErrorIgnoreLevel = ROOT.kError
def branches(found):
    return [[b.GetName(), b.GetTitle(), b.ClassName(), str(b.GetClassName()),
             [[l.ClassName(), l.GetName(), l.GetLeafCount().GetName() if l.GetLeafCount() else "",
               l.GetTypeName()] for l in b.GetListOfLeaves()], branches(b.GetListOfBranches())]
            for b in found]
def tree(t):
    told = {"entries": t.GetEntries(), "title": t.GetTitle(), "class": t.ClassName()}
    told["aliases"] = sorted([a.GetName(), a.GetTitle()] for a in t.GetListOfAliases() or [])
    told["info"] = [[x.ClassName(), x.GetName(), x.GetTitle()] for x in t.GetUserInfo()]
    told["friends"] = [[x.GetName(), x.GetTitle()] for x in t.GetListOfFriends() or []]
    index = t.GetTreeIndex()
    told["index"] = [index.GetMajorName(), index.GetMinorName(), index.GetN()] if index else []
    told["branches"] = branches(t.GetListOfBranches())
    return told
def keys(d, path=""):
    for k in d.GetListOfKeys():
        name, kind = path + k.GetName(), k.GetClassName()
        told = [f"{name};{k.GetCycle()}", kind, k.GetTitle()]
        if kind.startswith("TDirectory"):
            told.append(k.ReadObj().GetTitle()); yield told
            yield from keys(k.ReadObj(), name + "/")
        else:
            inherits = ROOT.TClass.GetClass(kind) and ROOT.TClass.GetClass(kind).InheritsFrom
            told.append(tree(k.ReadObj()) if inherits and inherits("TTree") else None); yield told
found = []
for path in sys.argv[1:]:
    f = ROOT.TFile.Open(path); found.append(list(keys(f)))
out = json.dumps(found); print(out); sys.stdout.flush(); os._exit(0)
"""

Digest = Callable[..., list[Any]]  # describes each of some files as ROOT sees it
NAMES = ("rootae_block", "rootae_entry")


def uncoded(told: list[Any], coded: Mapping[str, Sequence[str]] | None = None) -> list[Any]:
    """Take out what compressing adds and changes; of an original, the branches that are coded.

    Arguments:
        told: a file as ROOT sees it.
        coded: names of coded branches by tree, or None to go by the carriers.
    """
    told = [k for k in json.loads(json.dumps(told)) if k[0].split("/")[0] != "rootae"]
    told = [k for k in told if k[0] != "rootae;1"]
    newest = {k[0].rsplit(";", 1)[0]: k[0] for k in reversed(told)}
    for found in told:
        key, tree = found[0], found[-1]
        if isinstance(tree, dict):
            path = key.rsplit(";", 1)[0]
            mine = (coded or {}).get(path, ())
            if any(b[0].endswith("__rae") for b in tree["branches"]):
                assert found[2] == tree["title"] == NOTICE, key
            if found[2] == NOTICE or (mine and newest[path] == key):
                found[2] = tree["title"] = NOTICE
            rest = [b for b in tree["branches"] if b[0] not in NAMES]
            tree["order"] = [b[0].removesuffix("__rae") for b in rest]
            kept = [b for b in rest if b[0] not in mine and not b[0].endswith("__rae")]
            tree["branches"] = kept
    return told


def carried(told: list[Any]) -> dict[str, list[str]]:
    """Return the names of coded branches by tree."""
    trees = {k[0].rsplit(";", 1)[0]: k[3] for k in told if isinstance(k[3], dict)}
    return {
        path: [b[0].removesuffix("__rae") for b in t["branches"] if b[0].endswith("__rae")]
        for path, t in trees.items()
    }


def assert_whole(path: Path, small: Path, again: Path, digest: Digest) -> None:
    """Hold a compressed file, and what decompress makes of it, against the original."""
    rootae.verify(small, against=path)
    rootae.decompress(small, again, backend="root", force=True)
    before, after, back = digest(path, small, again)
    coded = carried(after)
    assert uncoded(after) == uncoded(before, coded), path
    assert [k[:3] for k in back] == [k[:3] for k in before], path
    with Source.open(path) as a, Source.open(again) as b:
        assert differences(a, b, coded) == [], path
        assert_equal_columns(a, b, coded)


def assert_equal_columns(a: Source, b: Source, coded: Mapping[str, Sequence[str]]) -> None:
    """Hold what was decoded against the original: values bit for bit, types and titles."""
    for path, names in coded.items():
        if not path.startswith("rootae/"):
            for name in names:
                x, y = a.file[path][name], b.file[path][name]
                assert (x.name, x.title) == (y.name, y.title)
                assert x.typename == y.typename or x.typename.startswith("Double32_t")
                assert same(ak.Array(x.array()), ak.Array(y.array())), (a.path, name)
