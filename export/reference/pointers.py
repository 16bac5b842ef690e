"""Section 3: what a plan points to exists and is of the right kind, and nothing rests on itself."""

from __future__ import annotations

import math
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

from reference.damage import Damaged, hold
from reference.grids import check_grid, type_of
from reference.plan import INTEGERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from reference.networks import Network

__all__ = ["check_networks", "check_tree", "encoders_of"]

_Json = dict[str, Any]
_LANES_OF = {"one": 0, "lane": 1}  # a term of another kind names four
_WHOLE = 2.0**53
_OF_DIAGRAM, _OF_STAGE = 2**8, 2**16  # contexts at most


def encoders_of(plan: _Json) -> set[int]:
    """Return the numbers of networks that are encoders."""
    groups = [g for tree in plan["trees"] for g in tree["groups"]]
    encoders = {g["encoder"]["network"] for g in groups if g["encoder"] is not None}
    stages = {c["network"] for g in groups for c in g["contexts"] if c["kind"] == "stage"}
    hold(not encoders & stages, "a network that is an encoder's and a stage's")
    return encoders


def check_tree(tree: _Json, tables: Sequence[NDArray[np.int64]], networks: int) -> None:
    """Hold a tree's plan against itself.

    Arguments:
        tree: the tree's plan.
        tables: the codec's.
        networks: how many of them the codec has.
    """
    columns = {c["name"]: c for c in tree["columns"]}
    groups = {g["name"]: g for g in tree["groups"]}
    hold(len(columns) == len(tree["columns"]), "two columns of one name")
    hold([*groups] == sorted(g["name"] for g in tree["groups"]), "groups that are not in order")
    coded = [b["name"] for b in tree["branches"] if b["coded"]]
    hold(len({*coded}) == len(coded) and {*coded} <= {*columns}, "branches that are no columns")
    for column in columns.values():
        _check_column(column, columns, groups)
    for group in groups.values():
        hold(group["name"] in ("", *columns), f"a group {group['name']} that nothing counts")
        lanes = all(x["column"] in columns for x in group["lanes"])
        hold(lanes, "a lane of no column")
        counters = {columns[x["column"]]["counter"] or "" for x in group["lanes"]}
        hold(counters <= {group["name"]}, "a lane in another group than its column")
        for link in group["links"]:
            _check_link(link, group, groups, columns)
        _Group(group, tables, networks).check()
    _acyclic({n: [x["group"] for x in g["links"]] for n, g in groups.items()}, "groups")


def _check_column(column: _Json, columns: _Json, groups: _Json) -> None:
    name, counter = column["name"], column["counter"]
    hold((counter or "") in groups, f"column {name} has no group")
    lanes = [x for x in groups[counter or ""]["lanes"] if x["column"] == name]
    elements = [x["element"] for x in lanes] == list(range(len(lanes)))
    elements = elements and len(lanes) == math.prod(column["inner_shape"])
    hold(elements, f"column {name} lacks elements")
    types = {type_of(x["grid"]).name for x in lanes}
    hold(types == {column["dtype"]}, f"column {name} has grids of another type")
    if counter is not None:
        hold(_counts(columns.get(counter)), f"column {name} is counted by no flat integers")
        outer = columns[counter]["counter"]
        if outer is None:
            hold(not counter.endswith("@inner"), f"column {name} lacks its sizes")
        else:
            nested = outer == f"{name}@size" and counter.endswith("@inner")
            nested = nested and _counts(columns.get(outer)) and columns[outer]["counter"] is None
            hold(nested, f"column {name} has the sizes of something else")


def _counts(column: _Json | None) -> bool:
    right = column is not None and column["dtype"] in INTEGERS[1:] and not column["inner_shape"]
    return right and column is not None and column["is_counter"] is True


def _check_link(link: _Json, group: _Json, groups: _Json, columns: _Json) -> None:
    other = groups.get(link["group"]) if link["group"] and group["name"] else None
    lanes = other["lanes"] if other is not None else []
    aim = (link["column"], link["element"])
    right = aim in [(x["column"], x["element"]) for x in lanes]
    right = right and all(columns[g["name"]]["counter"] is None for g in (group, other) if g)
    right = right and link["grid"]["kind"] != "rank" and link["column"] in columns
    hold(right, f"a link to {link['group'][:40]} that leads nowhere")
    hold(type_of(link["grid"]).name == columns[link["column"]]["dtype"], "a link of another type")


class _Group:
    """One group, and what it may point to."""

    def __init__(self, group: _Json, tables: Sequence[NDArray[np.int64]], networks: int) -> None:
        self.group, self.tables, self.networks = group, tables, networks
        self.lanes, self.links = group["lanes"], group["links"]

    def check(self) -> None:
        for link in self.links:
            self._own(link["by"])
            check_grid(link["grid"], self.tables)
            by = self.lanes[link["by"]]["grid"]["kind"]
            hold(by == "integer", "a link by a lane that is not of integers")
        for lane in self.lanes:
            self._check_lane(lane)
        for number, contexts in enumerate(self.group["contexts"]):
            hold(contexts["inputs"], "contexts without inputs")
            self._check_features(contexts["inputs"])
            (self._check_stage if contexts["kind"] == "stage" else self._check_diagram)(contexts)
            if contexts["kind"] == "stage":
                mine = {i for i, x in enumerate(self.lanes) if x["contexts"] == number}
                hold(mine <= {t["lane"] for t in contexts["targets"]}, "a lane without a target")
        if self.group["encoder"] is not None:
            self._check_encoder(self.group["encoder"])
        _acyclic({i: self._sources(x) for i, x in enumerate(self.lanes)}, "lanes")

    def _own(self, lane: int) -> None:
        hold(lane < len(self.lanes), f"there is no lane {lane}")

    def _seen(self, lane: int) -> None:
        hold(lane < len(self.lanes) + len(self.links), f"there is no lane {lane}")

    def _table(self, number: int) -> NDArray[np.int64]:
        hold(number < len(self.tables), f"there is no table {number}")
        return self.tables[number]

    def _edges(self, number: int) -> NDArray[np.int64]:
        table = self._table(number)
        hold((table[1:] >= table[:-1]).all(), f"table {number} is not ascending")
        return table

    def _check_lane(self, lane: _Json) -> None:
        grid, rule, centre = lane["grid"], lane["derived"], lane["centre"]
        check_grid(grid, self.tables)
        if lane["contexts"] is not None:
            hold(lane["contexts"] < len(self.group["contexts"]), "there are no such contexts")
        if rule is not None:
            hold(rule["terms"], "a rule that names no lane")
            for i, factor in rule["terms"]:
                self._own(i)
                self._check_term(lane, self.lanes[i], float.fromhex(factor))
        if centre is not None:
            self._check_centre(lane, centre)

    def _check_term(self, lane: _Json, source: _Json, factor: float) -> None:
        hold(source["derived"] is None, "a rule that names a lane with a rule")
        if type_of(lane["grid"]).name in INTEGERS:
            whole = type_of(source["grid"]).name in INTEGERS and factor.is_integer()
            hold(whole and abs(factor) < _WHOLE, "a rule of whole numbers by others")

    def _check_centre(self, lane: _Json, centre: _Json) -> None:
        sources = [i for t in centre["terms"] for i in t["lanes"]]
        hold(sources and centre["low"] <= centre["high"], "a centre without lanes or range")
        for term in centre["terms"]:
            many = _LANES_OF.get(term["kind"], 4)
            hold(len(term["lanes"]) == many, "a term with another number of lanes")
        for i in sources:
            self._seen(i)
        for one in (lane, *(self.lanes[i] for i in sources if i < len(self.lanes))):
            right = one["derived"] is None and one["grid"]["kind"] != "rank"
            hold(right, "a centre by, or of, a lane with a rule or without a bound")

    def _check_features(self, inputs: Iterable[_Json]) -> None:
        latents = self.group["encoder"]["latents"] if self.group["encoder"] is not None else 0
        for of, by in ((f["of"], f["by"]) for f in inputs):
            i = of["index"]
            if of["kind"] == "latent":
                hold(i < latents, f"there is no latent {i}")
            elif of["kind"] == "centre":
                self._own(i)
                hold(self.lanes[i]["centre"] is not None, "there is no such centre")
            else:
                self._seen(i)
                rule = i < len(self.lanes) and self.lanes[i]["derived"] is not None
                hold(not rule, "a feature of a lane that has a rule")
            if by["kind"] == "edges":
                self._edges(by["table"])

    def _check_stage(self, stage: _Json) -> None:
        hold(stage["network"] < self.networks, "there is no such network")
        lanes = [t["lane"] for t in stage["targets"] if t["lane"] is not None]
        hold(len({*lanes}) == len(lanes), "two targets for one lane")
        for target in stage["targets"]:
            bins = [len(self._edges(target[k])) + 1 for k in ("location", "scale")]
            if target["lane"] is not None:
                self._own(target["lane"])
                coded = self.lanes[target["lane"]]["bound"]["kind"] != "none"
                few = bins[0] * bins[1] <= _OF_STAGE
                hold(few or not coded, "a target of too many contexts")

    def _check_diagram(self, diagram: _Json) -> None:
        inputs, states = diagram["inputs"], 1
        by_edges = all(f["by"]["kind"] == "edges" for f in inputs)
        hold(by_edges and len(inputs) == len(diagram["tables"]), "other inputs than tables")
        for f, number in zip(inputs, diagram["tables"], strict=True):
            table, bins = self._table(number), len(self._edges(f["by"]["table"])) + 1
            right = len(table) >= states * bins and int(table.min()) >= 0
            hold(right, "a diagram with states that a table has no row for")
            states = int(table.max()) + 1
        hold(states <= _OF_DIAGRAM, f"a diagram of {states} contexts")

    def _check_encoder(self, encoder: _Json) -> None:
        hold(encoder["network"] < self.networks, "there is no such network")
        sources = [f["of"] for f in encoder["inputs"]]
        own = all(s["index"] < len(self.lanes) for s in sources if s["kind"] == "lane")
        hold(own and all(s["kind"] != "latent" for s in sources), "an encoder of other than lanes")
        self._check_features(encoder["inputs"])

    def _sources(self, lane: _Json) -> list[int]:
        """Return the own lanes that one is decoded from."""
        found = [i for i, _ in lane["derived"]["terms"]] if lane["derived"] is not None else []
        centres = [lane["centre"]]
        if lane["contexts"] is not None:
            looked_at = [f["of"] for f in self.group["contexts"][lane["contexts"]]["inputs"]]
            found += [of["index"] for of in looked_at if of["kind"] == "lane"]
            wanted = [of["index"] for of in looked_at if of["kind"] == "centre"]
            centres += [self.lanes[i]["centre"] for i in wanted]
        found += [i for c in centres if c is not None for t in c["terms"] for i in t["lanes"]]
        own = len(self.lanes)
        return [i if i < own else self.links[i - own]["by"] for i in found]


def _acyclic(graph: dict[Any, list[Any]], what: str) -> None:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        msg = f"{what} that follow from themselves"
        raise Damaged(msg) from error


def check_networks(plan: _Json, networks: Sequence[Network]) -> None:
    """Hold networks against the stages and encoders that use them."""
    for group in (g for tree in plan["trees"] for g in tree["groups"]):
        stages = [c for c in group["contexts"] if c["kind"] == "stage"]
        wanted = [(c, 2 * len(c["targets"])) for c in stages]
        if group["encoder"] is not None:
            wanted.append((group["encoder"], group["encoder"]["latents"]))
        for user, outputs in wanted:
            hold(user["network"] < len(networks), "there is no such network")
            network, inputs = networks[user["network"]], len(user["inputs"])
            fits = (network.inputs, network.outputs) == (inputs, outputs)
            hold(fits, f"a network of other than {inputs} inputs and {outputs} outputs")
