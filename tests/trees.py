"""Trees of random schema: drawn here as JSON, made by ROOT in a process of its own."""

from __future__ import annotations

import json
import random
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rooted import SERVER

from rootae.rootio.process.worker import root_with

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Described = dict[str, Any]  # a file, a tree or a branch, as in JSON
KERNELS = Path(__file__).with_suffix(".cxx")
INTEGERS, FLOATS = "BbSsIiLlGg", "FD"
LONG = {"G": "L", "g": "l"}  # and what uproot writes in their place
STYLES = ("constant", "few", "cut", "gauss", "bits")
VECTORS = (
    "float", "double", "int", "unsigned int", "short", "unsigned short", "char", "unsigned char",
    "Long64_t", "ULong64_t", "long", "unsigned long", "bool", "std::string",
)  # fmt: skip
NESTED = ("float", "double", "int", "Long64_t", "unsigned char", "std::string")
OBJECTS = ("TLorentzVector", "TVector3", "TAttLine")
RANGES = ("", "[0,10]", "[-10,10,12]", "[0,0,10]", "[-pi,pi,16]", "[0,0,16]", "[0,1,32]")
TITLES = ("", "pt (GeV)", "a title with ünïcode", "100%, \"quoted\" 'and' \\ $x_{i}^{2}$")
ODD = (
    "a.b", "a[2]", "x/y", "x:y", "with a blank", "é", "p-t", "a*", "q?", "x;1", "end.", "comma,",
    "[bold]", "(p)", "100%", "n@x", "0", "__rae", "ä/ö:ü;2",
)  # fmt: skip


class Drawn:
    """Schemas of one seed.

    Arguments:
        seed: of what is drawn.
        modest: only what uproot can write.
    """

    def __init__(self, seed: int, *, modest: bool = False) -> None:
        self.dice = random.Random(seed)
        self.modest = modest
        self.number = 0

    def file(self, trees: int) -> Described:
        """Return a file of so many trees: its title, its keys in order."""
        keys = [self.tree() for _ in range(trees)]
        names = [key["name"] for key in keys]
        for kind in self.dice.sample(("TH1F", "TObjString", "TNamed", "TGraph", "TParameter"), 2):
            shared = not self.modest and self.draws(0.3)
            name = self.dice.choice(names) if shared else f"beside{kind}"
            where = self.dice.choice(keys)["where"]
            key = {"kind": kind, "where": where, "name": name, "title": self.title()}
            keys.insert(self.dice.randrange(len(keys) + 1), key)
        return {"title": "" if self.modest else self.title(), "keys": keys}

    def draws(self, chance: float) -> bool:
        """Throw the dice."""
        return self.dice.random() < chance

    def odd(self) -> str:
        """Draw the beginning of a name; uproot gives keys none of a slash or a semicolon."""
        return self.dice.choice([name for name in ODD if not (self.modest and {*"/;"} & {*name})])

    def tree(self) -> Described:
        self.number += 1
        odd = self.draws(0.2)
        name = self.odd() + str(self.number) if odd else f"t{self.number}"
        if not self.modest and self.number > 1 and self.draws(0.1):
            name = f"t{self.dice.randrange(1, self.number)}"
        entries = self.dice.choice((0, 1, 2, 17, 100, 1000, self.dice.randrange(3000), 3000))
        tree: Described = {
            "kind": "TTree", "where": self.where(), "name": name, "title": self.title(),
            "entries": entries, "seed": self.dice.randrange(1, 1 << 30), "saved": 0,
            "weight": 1.0, "aliases": [], "info": [], "offsets": True,
            "branches": self.branches(),
        }  # fmt: skip
        if not self.modest:
            tree |= self.attached(entries)
        # without offsets what counts a branch's elements has to be as long, and ROOT misreads
        # elements of several values and truncated ones, and what an autosave left in memory
        lists = [branch.get("list", "") for branch in tree["branches"]]
        misread = any(re.search(r"\[n\w+\](\[|/[fd])", each) for each in lists)
        if misread or tree["saved"] or any(b["share"] != 1 for b in tree["branches"]):
            tree["offsets"] = True
        return tree

    def attached(self, entries: int) -> Described:
        chance = self.dice.random
        return {
            "saved": entries // 2 if chance() < 0.1 else 0,
            "offsets": chance() < 0.9,
            "weight": 1.0 if chance() < 0.8 else round(chance(), 3),
            "aliases": [["twice", "2*x"]] if chance() < 0.2 else [],
            "info": [["note", self.title()]] if chance() < 0.2 else [],
        }

    def where(self) -> list[list[str]]:
        if self.modest:
            return self.dice.choice(([], [["deep", "deep"]]))
        deep = [["deep", "a folder"], ["er, with a blank", ""]]
        return deep[: self.dice.choice((0, 0, 1, 2))]

    def title(self) -> str:
        return "x[3]/F" if self.draws(0.1) else self.dice.choice(TITLES)

    def branches(self) -> list[Described]:
        drawn: list[Described] = []
        for _ in range(self.dice.randrange(1, 9)):
            drawn += self.kind()(f"b{len(drawn)}")
        if not self.modest and self.draws(0.1):
            drawn[self.dice.randrange(len(drawn))]["share"] = self.dice.choice((0, 0.5, 1.5))
        return [self.named(branch) for branch in drawn]

    def kind(self) -> Callable[[str], list[Described]]:
        plain = [self.scalar, self.scalar, self.fixed, self.counted, self.text]
        others = [self.packed, self.several, self.several_counted, self.vector, self.vector]
        others += [self.nested, self.object, self.clones]
        return self.dice.choice(plain if self.modest else plain + others)

    def named(self, branch: Described) -> Described:
        fixed = branch.pop("fixed name", False)
        if not (self.modest or fixed) and self.draws(0.15):
            branch["name"] = self.odd() + branch["name"]
        style = self.dice.choice(STYLES)
        title = self.title() if self.dice.random() < 0.3 else None
        return {"style": style, "share": 1, "most": 4, "title": title} | branch

    def letter(self) -> str:
        drawn = self.dice.choice(INTEGERS + FLOATS * 3 + "O")
        return LONG.get(drawn, drawn) if self.modest else drawn

    def scalar(self, name: str) -> list[Described]:
        other = not self.modest and self.draws(0.5)
        leaf = self.dice.choice(("x", "value")) if other else name
        return [{"kind": "leaves", "name": name, "list": f"{leaf}/{self.letter()}"}]

    def fixed(self, name: str) -> list[Described]:
        shape = self.dice.choice(("[3]", "[2][3]", "[1]"))
        return [{"kind": "leaves", "name": name, "list": f"{name}{shape}/{self.letter()}"}]

    def counter(self, name: str) -> Described:
        letter = "I" if self.modest else self.dice.choice("IIIisSlLbB")
        leaves = f"n{name}/{letter}"
        return {"kind": "leaves", "name": f"n{name}", "list": leaves, "fixed name": True}

    def counted(self, name: str) -> list[Described]:
        shape = "" if self.modest else self.dice.choice(("", "", "[3]", "[2][2]"))
        counter = self.counter(name)
        arrays = [
            {"kind": "leaves", "name": f"{name}_{k}", "list": f"{name}_{k}[n{name}]{shape}/{x}"}
            for k, x in enumerate(self.letter() for _ in range(self.dice.randrange(1, 4)))
        ]
        return [counter, *arrays]

    def text(self, name: str) -> list[Described]:
        return [{"kind": "leaves", "name": name, "list": f"{name}/C"}]

    def packed(self, name: str) -> list[Described]:
        shape = self.dice.choice(("", "", "[3]", f"[n{name}]", f"[n{name}][3]"))
        leaf = f"{name}{shape}/{self.dice.choice('fd')}{self.dice.choice(RANGES)}"
        before = [self.counter(name)] if "[n" in shape else []
        return [*before, {"kind": "leaves", "name": name, "list": leaf}]

    def several(self, name: str) -> list[Described]:
        leaves = [
            f"{'xyzuvw'[k]}{self.dice.choice(('', '', '[3]'))}/{self.letter()}"
            for k in range(self.dice.randrange(2, 5))
        ]
        return [{"kind": "leaves", "name": name, "list": ":".join(leaves)}]

    def several_counted(self, name: str) -> list[Described]:
        leaves = f"m{name}/I:z[m{name}]/{self.dice.choice(FLOATS)}"
        return [{"kind": "leaves", "name": name, "list": leaves}]

    def vector(self, name: str) -> list[Described]:
        inner = self.dice.choice(VECTORS)
        return [{"kind": "object", "name": name, "of": f"std::vector<{inner}>"}]

    def nested(self, name: str) -> list[Described]:
        inner = self.dice.choice(NESTED)
        return [{"kind": "nested", "name": name, "inner": inner}]

    def object(self, name: str) -> list[Described]:
        split = self.dice.choice((0, 99))
        of = self.dice.choice((*OBJECTS, "std::string"))
        return [{"kind": "object", "name": name, "of": of, "split": split}]

    def clones(self, name: str) -> list[Described]:
        return [{"kind": "clones", "name": name, "split": self.dice.choice((0, 99))}]


def make(files: Mapping[Path, Described]) -> None:
    """Make files, each as `Drawn.file` says: a mapping of path to it."""
    asked = json.dumps({str(path): file for path, file in files.items()})
    done = SERVER.run(__name__, asked)
    if done is None:
        msg = "ROOT's process ended"
        raise OSError(msg)
    done.check_returncode()


class Making:
    """One file under way, in ROOT's process."""

    def __init__(self, root: Any, path: str, file: Described) -> None:
        self.root = root
        self.target = root.TFile(path, "RECREATE", file["title"], 505)
        for key in file["keys"]:
            self.directory(key["where"]).cd()
            self.tree(key) if key["kind"] == "TTree" else self.other(key)
        self.target.Close()

    def directory(self, where: list[list[str]]) -> Any:
        here = self.target
        for name, title in where:
            here = here.GetDirectory(name) or here.mkdir(name, title)
        return here

    def other(self, key: Described) -> None:
        root, kind, name, title = self.root, key["kind"], key["name"], key["title"]
        if kind == "TH1F":
            made = root.TH1F(name, title, 5, 0, 1)
            made.Fill(0.5)
        elif kind == "TParameter":
            made = root.TParameter["int"](name, 3)
        else:
            made = {"TObjString": root.TObjString, "TGraph": root.TGraph}.get(kind, root.TNamed)()
        made.Write(name)
        if kind == "TH1F":
            made.SetDirectory(root.nullptr)

    def tree(self, key: Described) -> None:
        tree = self.root.TTree(key["name"], key["title"])
        self.root.SetOwnership(tree, False)
        if not key["offsets"]:
            features = self.root.TIOFeatures()
            features.Set(self.root.Experimental.EIOFeatures.kGenerateOffsetMap)
            tree.SetIOFeatures(features)
        maker = self.root.trees.Maker(tree)
        for branch in key["branches"]:
            self.branch(maker, branch)
            if branch["title"] is not None:
                tree.GetListOfBranches().Last().SetTitle(branch["title"])
        maker.fill(key["entries"], key["seed"], key["saved"])
        self.attach(tree, key)
        tree.ResetBranchAddresses()
        tree.Write()
        tree.SetDirectory(self.root.nullptr)

    def attach(self, tree: Any, key: Described) -> None:
        if key["weight"] != 1:
            tree.SetWeight(key["weight"])
        for alias in key["aliases"]:
            tree.SetAlias(*alias)
        for text in key["info"]:
            note = self.root.TNamed(*text)
            self.root.SetOwnership(note, False)
            tree.GetUserInfo().Add(note)

    def branch(self, maker: Any, branch: Described) -> None:
        name, split = branch["name"], branch.get("split", 99)
        how = branch["style"], branch["share"]
        if branch["kind"] == "leaves":
            maker.leaves(name, branch["list"], *how, branch["most"])
        elif branch["kind"] == "clones":
            maker.clones(name, *how, split)
        elif branch["kind"] == "nested":
            self.root.trees.know_nested[branch["inner"]]()
            of = f"std::vector<std::vector<{branch['inner']}>>"
            maker.object[of](name, *how, split)
        else:
            maker.object[branch["of"]](name, *how, split)


def prepare(_times: int) -> None:
    """Compile what makes trees."""
    root_with(KERNELS)


def main() -> None:
    """Be the process that ROOT runs in."""
    root = root_with(KERNELS)
    root.gErrorIgnoreLevel = root.kError
    for path, file in json.loads(sys.stdin.read()).items():
        Making(root, path, file)
