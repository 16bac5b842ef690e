// ROOT's RDataFrame over compressed files, at full speed: blocks are decoded straight to what it
// reads. Files that are not compressed, and branches that are not coded, are read as ROOT does.
//
//   gSystem->Load(...)  // the line that `rootae root` prints
//   #include "rootae/dataframe.hpp"
//   auto frame = rootae::dataframe("Events", "small.root");
//   auto h = frame.Filter("nMuon == 2").Histo1D("Muon_pt");
//
// Arrays of coded columns lie in memory that threads share: read them, and copy what you change.
#pragma once

#include <ROOT/RDataFrame.hxx>

#include <memory>
#include <string>
#include <vector>

#ifndef __CLING__
#include "rootae/datasource.hpp"
#endif

namespace rootae {
namespace library {

// The plug-in has it compiled, as a just-in-time compiler takes seconds for it.
ROOT::RDataFrame dataframe(const std::string& tree, const std::vector<std::string>& files,
                           const std::vector<std::string>& columns);

}  // namespace library

// Opens a tree of several files.
//   tree: its path in each; files: names and URLs, with wildcards
//   columns: those to show, all where none are named
// Throws Refused where a file is damaged, std::runtime_error where there is no such tree.
[[nodiscard]] inline ROOT::RDataFrame dataframe(const std::string& tree,
                                                const std::vector<std::string>& files,
                                                const std::vector<std::string>& columns = {}) {
#ifdef __CLING__
  return library::dataframe(tree, files, columns);
#else
  return ROOT::RDataFrame(std::make_unique<DataSource>(tree, files, columns));
#endif
}

// The same of one file.
[[nodiscard]] inline ROOT::RDataFrame dataframe(const std::string& tree, const std::string& file,
                                                const std::vector<std::string>& columns = {}) {
  return dataframe(tree, std::vector<std::string>{file}, columns);
}

}  // namespace rootae
