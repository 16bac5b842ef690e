"""Texts as ROOT stores them: empty ones, long ones, and bytes in no encoding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ways import BACKENDS, CODED, held, sent

from rootae.source.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from rooted import Script

TEXTS = [b"", b"a", b"", b"", b"\xc3\xbc", b"x" * 254, b"y" * 255, b"z" * 700, b"\xff\xfe", b""]
MAKE = """
import ast, os
ROOT.gInterpreter.Declare('''
#include <string>
#include <vector>
void make(const char *path, const std::vector<std::string> &all) {
   TFile f(path, "recreate"); TTree t("t", ""); static char room[999]; int x;
   t.Branch("c", room, "c/C"); t.Branch("x", &x); TRandom3 r(1);
   for (int i = 0; i < 5000; ++i) {
      auto &each = all[i % all.size()];
      std::copy(each.c_str(), each.c_str() + each.size() + 1, room);
      x = r.Gaus() * 100; t.Fill();
   }
   t.Write(); f.Close();
}
''')
all = ROOT.std.vector("std::string")()
for text in ast.literal_eval(sys.argv[2]): all.push_back(text)
ROOT.make(sys.argv[1], all); sys.stdout.flush(); os._exit(0)
"""


@pytest.fixture(scope="module")
def written(root_script: Script, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("texts") / "in.root"
    root_script(MAKE, path, repr(TEXTS))
    return path


def test_texts_are_read_as_root_wrote_them(written: Path) -> None:
    with Source.open(written) as source:
        read = source.tree("t").arrays(5, 15, ["c"])["c"]
    assert [bytes(text) for text in read.layout] == [*TEXTS[5:], *TEXTS[:5]]


def test_texts_come_back(written: Path, tmp_path: Path) -> None:
    found = held(sent(written, tmp_path))
    assert {way.name: (way.outcome, way.lost, way.named) for way in found} == {
        f"{there} -> {back}": (CODED, [], []) for there in BACKENDS for back in BACKENDS
    }
