"""Files that are not compressed, other modes and other names: the plug-in changes nothing."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
import uproot
from plugged import interpreted, three_blocks

if TYPE_CHECKING:
    from pathlib import Path

_BEGIN = 100  # of the first record
# Whatever is printed or written is the same with the plug-in and without.
PLAIN = """
#include <TFile.h>
#include <TKey.h>
#include <TMemFile.h>
#include <TTree.h>
void shown(const char* name, const char* mode) {
   std::unique_ptr<TFile> file(TFile::Open(name, mode));
   if (!file) {
      printf("%s %s: none\\n", name, mode);
      return;
   }
   printf("%s %s: %s ", name, mode, file->ClassName());
   printf("%d %lld\\n", file->IsWritable(), file->GetSize());
   for (TObject* each : *file->GetListOfKeys())
      printf("%s %s, ", each->GetName(), each->GetTitle());
   auto* tree = file->Get<TTree>("Events");
   if (!tree) return;
   for (TObject* each : *tree->GetListOfBranches()) printf("%s ", each->GetName());
   printf("%lld %d\\n", tree->GetEntries(), file->GetDirectory("rootae") != nullptr);
   tree->GetEntry(5);
}
void written(const char* name, const char* mode) {
   const std::string url = std::string(name) + "?reproducible=same";
   std::unique_ptr<TFile> file(TFile::Open(url.c_str(), mode, "a title", 505));
   if (!file) {
      printf("%s %s: none\\n", name, mode);
      return;
   }
   TTree tree("t", "of numbers");
   int x = 0;
   tree.Branch("x", &x);
   for (x = 0; x < 1000; ++x) tree.Fill();
   tree.Write();
   printf("%s %s: %s %d\\n", name, mode, file->GetTitle(), file->GetCompressionSettings());
}
void plain() {
   for (const char* name : {"events.root", "events.root?old=1", "events.data"})
      for (const char* mode : {"", "READ", "read"}) shown(name, mode);
   shown("small.data", "READ");
   shown("small.root", "UPDATE");
   shown("none.root", "READ");
   shown("text.root", "READ");
   for (const char* mode : {"NEW", "CREATE", "NEW", "RECREATE"}) written("made.root", mode);
}
"""


def written(path: Path) -> tuple[bytes, list[str]]:
    """Return a file's records, and which classes it describes.

    ROOT describes these in the order that it met them, which any library changes; so what says
    where the description ends, the first record among it, is left out.
    """
    data = path.read_bytes()
    first = _BEGIN + int.from_bytes(data[_BEGIN : _BEGIN + 4], "big")
    with uproot.open(path) as file:
        return data[first : file.file.fSeekInfo], sorted(file.file.streamers)


@pytest.mark.slow
def test_nothing_is_otherwise_with_the_plug_in(plugin: Path, tmp_path: Path) -> None:
    three_blocks(tmp_path, 1500)
    shutil.copy(tmp_path / "events.root", tmp_path / "events.data")
    shutil.copy(tmp_path / "small.root", tmp_path / "small.data")
    (tmp_path / "text.root").write_text("this is no file of ROOT's" * 100)
    macro = tmp_path / "plain.C"
    macro.write_text(PLAIN)
    said, files = [], []
    for way in (None, plugin):
        (tmp_path / "made.root").unlink(missing_ok=True)
        done = interpreted(way, macro, tmp_path)
        assert done.returncode == 0, done.stderr
        said.append((done.stdout, done.stderr))
        files.append(written(tmp_path / "made.root"))
    assert said[0] == said[1]
    assert "Jet_pt__rae" in said[0][0]
    assert files[0] == files[1]
