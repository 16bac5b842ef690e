"""Vectors of vectors: coded like all other numbers, and read as if nothing had happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import awkward as ak
import numpy as np
import pytest
import uproot
from hypothesis import given
from hypothesis import strategies as st
from samples import same

import rootae
import rootae.source.tree
from rootae.errors import BoundError, CorruptError, UnsupportedError
from rootae.planner.rules import rules_of
from rootae.planner.survey import survey
from rootae.schema.column import INNER, SIZES, Column
from rootae.schema.values import Values
from rootae.source.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from rooted import Script

TREE = """
import os
ROOT.gInterpreter.Declare('''
#include <TCollectionProxyInfo.h>
template <typename T> struct Nested {
   std::vector<std::vector<T>> values;
   Nested(TTree &t, const char *name) {
      using V = std::vector<std::vector<T>>;
      using Info = ROOT::Detail::TCollectionProxyInfo;
      auto type = TClass::GetClass<V>();
      if (!type->HasDictionary())
         type->SetCollectionProxy(*Info::Generate(typename Info::Pushback<V>()));
      t.Branch(name, &values);
   }
   void fill(TRandom &r) {
      values.assign(r.Integer(4), {});
      for (auto &v : values)
         for (int i = r.Integer(4); i > 0; --i) v.push_back(T(r.Exp(20)));
   }
};
void fill(TTree &t, int entries) {
   Nested<float> f(t, "f"); Nested<double> d(t, "d"); Nested<int> i(t, "i");
   Nested<unsigned> ui(t, "ui"); Nested<Long64_t> l(t, "l"); Nested<ULong64_t> ul(t, "ul");
   Nested<short> s(t, "s"); Nested<unsigned short> us(t, "us"); Nested<char> c(t, "c");
   Nested<unsigned char> uc(t, "uc"); Nested<bool> b(t, "b");
   std::vector<std::string> text; t.Branch("text", &text);
   float x; t.Branch("x", &x);
   TRandom3 r(3);
   for (int n = 0; n < entries; ++n) {
      f.fill(r); d.fill(r); i.fill(r); ui.fill(r); l.fill(r); ul.fill(r); s.fill(r); us.fill(r);
      c.fill(r); uc.fill(r); b.fill(r); x = r.Gaus(); text = {"a", "bc"};
      t.Fill();
   }
   t.ResetBranchAddresses();
}
''')
f = ROOT.TFile(sys.argv[1], "recreate", "", 505)
t = ROOT.TTree("t", "vectors of vectors"); ROOT.fill(t, 3000); t.Write()
f.Close(); sys.stdout.flush(); os._exit(0)
"""
FRAME = """
import rootae
frame = rootae.rdataframe(sys.argv[1], "t")
print(frame.GetColumnType("v"))
print(int(frame.Sum("x").GetValue()), int(frame.Define("n", "v.size()").Sum("n").GetValue()))
"""
TYPES = {
    "f": "float", "d": "double", "i": "int32_t", "ui": "uint32_t", "l": "int64_t", "ul": "uint64_t",
    "s": "int16_t", "us": "uint16_t", "c": "int8_t", "uc": "uint8_t", "b": "bool",
}  # fmt: skip


def lists(entries: int, seed: int, dtype: str = "f4") -> ak.Array:
    """Return vectors of vectors of numbers."""
    rng = np.random.default_rng(seed)
    outer = rng.integers(0, 4, entries)
    inner = rng.integers(0, 5, outer.sum())
    flat = rng.exponential(30, inner.sum()).astype(dtype)
    return ak.unflatten(ak.unflatten(ak.Array(flat), inner), outer)


def written(path: Path, entries: int = 9000, seed: int = 0) -> ak.Array:
    """Write a file of them that uproot can write, and return them."""
    v, x = lists(entries, seed), np.arange(entries) % 977
    with uproot.recreate(path) as file:
        file.mkrntuple("t", {"v": v, "x": x.astype("i4")})
    return v


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[ak.Array, Path]:
    """Return the values of a column, and a compressed file of several blocks."""
    folder = tmp_path_factory.mktemp("nested")
    v = written(folder / "in.root")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rootae.source.tree, "ROWS_AT_MOST", 5000)
        rootae.train([folder / "in.root"], folder / "codec.root", family="plain")
        codec = folder / "codec.root"  # what is asked for is coded, whether it pays or not
        rootae.compress(folder / "in.root", folder / "small.root", codec=codec)
    return v, folder / "small.root"


@given(st.lists(st.lists(st.lists(st.integers(-9, 9), max_size=4), max_size=4), max_size=6))
def test_values_and_lengths_are_the_array(data: list[list[list[int]]]) -> None:
    array = ak.values_astype(ak.Array([[[0]], *data])[1:], "int32")
    column = Column("v", "int32", counter=f"v{INNER}")
    outer, inner = (Values.lengths(array, c.name) for c in column.sizes())
    values = Values.from_array(array, column)
    assert outer.flat.tolist() == [len(entry) for entry in data]
    assert inner.flat.tolist() == [len(v) for entry in data for v in entry]
    assert values.counts is not None
    assert values.counts.tolist() == [sum(map(len, entry)) for entry in data]
    assert same(ak.Array(values.to_array(inner)), ak.Array(array))
    with pytest.raises(CorruptError):
        Values(np.append(values.flat, 1), values.counts).to_array(inner)


def test_every_range_is_read_as_it_was(pair: tuple[ak.Array, Path]) -> None:
    v, path = pair
    with uproot.open(path) as file:
        branch = file["t"]["v"]
        assert branch.typename == "std::vector<std::vector<float>>"
        assert same(branch.array(), v)
        for start, stop in [(0, 0), (0, 1), (17, 18), (1000, 8000), (8999, 9000)]:
            assert same(branch.array(entry_start=start, entry_stop=stop), v[start:stop])
        parts = [p["v"] for p in file["t"].iterate(["v"], step_size=777)]
        assert same(ak.concatenate(parts), v)
        assert file["t"].arrays(["v", "x"], cut="x > 900", library="ak").fields == ["v", "x"]
        assert same(ak.materialize(file["t"].arrays(virtual=True)["v"]), v)
        assert branch.interpretation.awkward_form(file.file).type == v.layout.form.type


def test_numpy_gets_the_objects_that_uproot_gives(pair: tuple[ak.Array, Path]) -> None:
    v, path = pair
    found = rootae.open(path)["t"]["v"].array(library="np", entry_stop=50)
    assert found.dtype == object
    assert {type(x) for x in found} == {uproot.containers.STLVector}
    assert [x.tolist() for x in found] == v[:50].tolist()


def test_dask_reads_them(pair: tuple[ak.Array, Path]) -> None:
    pytest.importorskip("dask_awkward")
    v, path = pair
    assert same(ak.Array(uproot.dask({path: "t"})["v"].compute()), v)


def test_bounds_hold_and_sizes_are_exact(tmp_path: Path) -> None:
    v = written(tmp_path / "in.root")
    rootae.compress(tmp_path / "in.root", tmp_path / "out.root", family="plain",
                    bounds={"v": "rel:1e-2"})  # fmt: skip
    rootae.verify(tmp_path / "out.root", against=tmp_path / "in.root")
    found = rootae.open(tmp_path / "out.root")["t"]["v"].array()
    assert ak.array_equal(ak.num(found, axis=2), ak.num(v, axis=2))
    assert float(ak.max(abs(found - v) / v, axis=None)) <= 1e-2
    assert not ak.array_equal(found, v)


def test_verify_tells_other_inner_vectors_of_the_same_total(
    pair: tuple[ak.Array, Path], tmp_path: Path
) -> None:
    v, path = pair
    flat = ak.flatten(ak.flatten(v, axis=1), axis=1)
    inner = ak.to_numpy(ak.flatten(ak.num(v, axis=2))).copy()
    ends = np.cumsum(ak.to_numpy(ak.num(v, axis=1)))  # of entries, among inner vectors
    at = next(k for k in range(len(inner)) if k + 1 not in ends and inner[k] != inner[k + 1])
    inner[[at, at + 1]] = inner[[at + 1, at]]
    other = ak.unflatten(ak.unflatten(flat, inner), ak.num(v, axis=1))
    assert not ak.array_equal(ak.num(other, axis=2), ak.num(v, axis=2))
    with uproot.recreate(tmp_path / "other.root") as file:
        file.mkrntuple("t", {"v": other, "x": (np.arange(9000) % 977).astype("i4")})
    with pytest.raises(BoundError, match=f"v{INNER}"):
        rootae.verify(path, against=tmp_path / "other.root")


def test_merged_and_skimmed_files_hold_them(pair: tuple[ak.Array, Path], tmp_path: Path) -> None:
    v, path = pair
    rootae.merge([path, path], tmp_path / "two.root")
    assert same(rootae.open(tmp_path / "two.root")["t"]["v"].array(), ak.concatenate([v, v]))
    rootae.skim(path, tmp_path / "few.root", cut="x < 100", keep=["v"])
    few = v[np.arange(9000) % 977 < 100]
    with rootae.open(tmp_path / "few.root") as file:
        assert file["t"].keys() == ["v"]
        assert same(file["t"]["v"].array(), few)


def test_hadd_keeps_them(pair: tuple[ak.Array, Path], hadd: Script, tmp_path: Path) -> None:
    v, path = pair
    done = hadd("-f", tmp_path / "two.root", path, path)
    assert done.returncode == 0, done.stderr
    assert same(rootae.open(tmp_path / "two.root")["t"]["v"].array(), ak.concatenate([v, v]))


def test_kept_plain_they_leave_nothing_coded_behind(
    pair: tuple[ak.Array, Path], tmp_path: Path
) -> None:
    _, path = pair
    with Source.open(path.with_name("in.root")) as source:
        tree = source.tree("t")
        plan = survey(tree.schema, tree.values(0, 500), rules_of({}), keep={"v"})
    assert [c.name for c in plan.columns] == ["x"]
    assert {g.name for g in plan.groups} == {""}


def test_uproot_alone_cannot_give_the_branch_back(
    pair: tuple[ak.Array, Path], tmp_path: Path
) -> None:
    with pytest.raises(UnsupportedError, match="uproot cannot write v"):
        rootae.decompress(pair[1], tmp_path / "back.root", backend="uproot")


@pytest.mark.slow
def test_root_gives_every_kind_back(root_script: Script, tmp_path: Path) -> None:
    path, small, back = (tmp_path / f"{n}.root" for n in ("in", "small", "back"))
    root_script(TREE, path)
    rootae.compress(path, small, family="plain")
    with uproot.open(small) as file:
        tree = file["t"]
        assert set(rootae.open(small).bounds["t"]) == {*TYPES, "x"}  # strings pass through
        assert tree["text"].array(library="np")[0].tolist() == ["a", "bc"]
    rootae.verify(small, against=path)
    rootae.decompress(small, back)
    with uproot.open(path) as a, uproot.open(small) as b, uproot.open(back) as c:
        for name, kind in TYPES.items():
            original = a["t"][name].array()
            for other in (b, c):
                assert other["t"][name].typename == f"std::vector<std::vector<{kind}>>"
                assert same(other["t"][name].array(), original), name


@pytest.mark.slow
def test_rdataframe_shows_them(pair: tuple[ak.Array, Path], root_script: Script) -> None:
    kind, sums = root_script(FRAME, pair[1]).stdout.splitlines()
    assert kind == "ROOT::VecOps::RVec<vector<float>>"
    assert sums == f"{(np.arange(9000) % 977).sum()} {ak.count(ak.num(pair[0], axis=2))}"


def test_names_of_sizes_are_no_branches() -> None:
    assert not Column(f"v{SIZES}", "int64").has_branch
    assert not Column(f"v{INNER}", "int64", counter=f"v{SIZES}").is_vector
    assert Column("v", "float32", counter=f"v{INNER}").is_nested
