"""What a key's class makes of it: a tree, a directory or an object, by the bases the file tells."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from uproot.model import Model

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["DIRECTORIES", "NTUPLE", "Kind", "bases_of", "holds_baskets", "kinds_of", "tree_of"]

NTUPLE = "ROOT::RNTuple"
_TREE = "TTree"
_TREES = (_TREE, "TNtuple", "TNtupleD")
_CHAIN = "TChain"  # inherits from TTree, but says only which files its entries are in
DIRECTORIES = ("TDirectory", "TDirectoryFile")  # Geant4 and old versions of ROOT say the latter
_CLEAR = {NTUPLE, *_TREES, *DIRECTORIES, _CHAIN}
_KNOWN = {  # bases of ROOT's own classes, which not every file describes
    "TNtuple": (_TREE,),
    "TNtupleD": (_TREE,),
    "TTreeSQL": (_TREE,),
    _CHAIN: (_TREE,),
    "TProofChain": (_CHAIN,),
    "TFile": ("TDirectoryFile",),
    "TMemFile": ("TFile",),
    "RooWorkspace::WSDir": ("TDirectoryFile",),
}
_OBJECTS = re.compile(  # whose bases need no look at what the file describes
    r"TH[123][CDFILS]|TProfile[23]?D?|TH[23]Poly|T(Named|Object|ObjString|List|HashList|ObjArray|Map)"
    r"|TGraph\w*|TMultiGraph|TF[123]|TEfficiency|TParameter<[\w ]+>|T(Matrix|Vector)T\w*<\w+>"
    r"|TCanvas|TProcessID|TMacro|TDatime|TUUID|string|(std::)?vector<[\w: ]+>"
)
_BRANCH = b"\xff\xff\xff\xffTBranch"  # a class as a streamed object names it first


class Kind(StrEnum):
    """What a key is, by its class.

    `DERIVED` is a tree of a class that ROOT does not have, `FOLDER` a directory of one that is
    neither TDirectory nor TDirectoryFile.
    """

    TREE = "tree"
    DERIVED = "derived"
    NTUPLE = "ntuple"
    DIRECTORY = "directory"
    FOLDER = "folder"
    OBJECT = "object"


def kinds_of(file: Any, classes: set[str]) -> dict[str, Kind]:
    """Sort classes by what the file's descriptions say that they inherit from.

    Arguments:
        file: the opened file as uproot has it.
        classes: names of classes.

    Example:
        >>> kinds_of(None, {"TNtuple", "TChain", "TH1F"})["TNtuple"]
        <Kind.TREE: 'tree'>
    """
    clear = all(name in _CLEAR or _OBJECTS.fullmatch(name) for name in classes)
    known = _KNOWN if clear else {**_KNOWN, **_described(file)}  # reading these takes a while
    return {name: _kind(name, bases_of(name, known)) for name in classes}


def _kind(name: str, bases: set[str]) -> Kind:
    if name == NTUPLE:
        return Kind.NTUPLE
    if name in _TREES:
        return Kind.TREE
    if name in DIRECTORIES:
        return Kind.DIRECTORY
    if _CHAIN in bases | {name}:
        return Kind.OBJECT
    if _TREE in bases:
        return Kind.DERIVED
    return Kind.FOLDER if bases.intersection(DIRECTORIES) else Kind.OBJECT


def bases_of(name: str, known: Mapping[str, tuple[str, ...]]) -> set[str]:
    """Return the names of all classes that a class inherits from.

    Arguments:
        name: the class.
        known: the direct bases of classes.

    Example:
        >>> sorted(bases_of("Mine", {"Mine": ("TNtuple",), "TNtuple": ("TTree",)}))
        ['TNtuple', 'TTree']
    """
    found: set[str] = set()
    waiting = [name]
    while waiting:
        new = set(known.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return found


def _described(file: Any) -> dict[str, tuple[str, ...]]:
    """Return the direct bases of every class that a file describes, of all versions together."""
    try:
        streamers = file.file.streamers if file is not None else {}
    except Exception:  # descriptions may be damaged, or missing: names have to do
        return {}
    return {
        name: tuple(b for info in versions.values() for b in _bases(info))
        for name, versions in streamers.items()
    }


def _bases(info: Any) -> Iterator[str]:
    for element in info.elements:
        if str(element.member("fTypeName", none_if_missing=True)) == "BASE":
            yield str(element.name)


def tree_of(key: Any) -> Any:
    """Return the tree that an object of a derived class is, attached to its file.

    Arguments:
        key: the key as uproot has it.

    Raises:
        Exception: whatever uproot raises where it cannot read the object.
    """
    chunk, cursor = key.get_uncompressed_chunk_cursor()
    context = {"breadcrumbs": (), "TKey": key}
    model = key.file.class_named(key.fClassName)
    found = model.read(chunk, cursor, context, key.file, key.file, key)
    return next(m for m in _models(found) if m.classname == _TREE)


def holds_baskets(key: Any) -> bool:
    """Say whether an object holds a tree whose baskets lie elsewhere in the file.

    One that cannot be read but holds branches is taken for such.
    """
    chunk, cursor = key.get_uncompressed_chunk_cursor()
    if _BRANCH not in bytes(chunk.raw_data[cursor.index :]):
        return False
    try:
        branches = [m for m in _models(key.get()) if "fBasketSeek" in m._members]
    except Exception:  # of a class that uproot cannot read
        return True
    return not branches or any(_is_on_disk(b) for b in branches)


def _is_on_disk(branch: Any) -> bool:
    count = int(branch.member("fWriteBasket"))
    return bool(branch.member("fBasketSeek")[:count].any())


def _models(found: Any) -> Iterator[Any]:
    """Yield an object as uproot has it, and everything in it."""
    waiting, seen = [found], set[int]()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, Model):
            yield each
            waiting += [*each._bases, *each._members.values(), *getattr(each, "_data", ())]
        elif isinstance(each, list | tuple):
            waiting += each
