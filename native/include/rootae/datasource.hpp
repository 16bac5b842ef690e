// ROOT's RDataSource over compressed files: blocks are decoded straight to what RDataFrame reads.
// Files that are not compressed, and branches that are not coded, are read as ROOT does.
#pragma once

#include <ROOT/RDataFrame.hxx>
#include <ROOT/RDataSource.hxx>
#include <RVersion.h>

#if ROOT_VERSION_CODE < ROOT_VERSION(6, 36, 0)
#error "rootae/dataframe.hpp needs ROOT 6.36; older ones read compressed files by the plug-in alone"
#endif

#include <ROOT/RTTreeDS.hxx>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>
#include <vector>

#include "rootae/rdf/files.hpp"
#include "rootae/rdf/ranges.hpp"
#include "rootae/rdf/slot.hpp"

namespace rootae {

class DataSource final : public ROOT::RDF::RDataSource {
 public:
  // tree: its path in each file; files: names and URLs, with wildcards; columns: those to show, all
  // where none are named. Throws Refused, and std::runtime_error where there is no such tree.
  DataSource(const std::string& tree, const std::vector<std::string>& files,
             const std::vector<std::string>& columns = {})
      : files_(tree, files), listing_(files_.chain()) {
    const auto shown = [&](const std::vector<std::string>& names) {
      std::vector<std::string> kept;
      std::copy_if(names.begin(), names.end(), std::back_inserter(kept),
                   [&](const std::string& name) { return is_shown(name, columns); });
      return kept;
    };
    namespace Inside = ROOT::Internal::RDF;
    names_ = shown(listing_.GetColumnNames());
    names_once_ = shown(Inside::GetColumnNamesNoDuplicates(listing_));
    names_on_top_ = shown(Inside::GetTopLevelFieldNames(listing_));
  }

  void SetNSlots(unsigned int count) override {
    RDataSource::SetNSlots(count);
    for (unsigned int i = 0; i < count; ++i)
      slots_.push_back(std::make_unique<rdf::Slot>(files_, listing_));
  }

  [[nodiscard]] std::size_t GetNFiles() const override { return files_.all().size(); }
  [[nodiscard]] const std::vector<std::string>& GetColumnNames() const override { return names_; }
  [[nodiscard]] bool HasColumn(std::string_view name) const override {
    return std::find(names_.begin(), names_.end(), name) != names_.end();
  }
  [[nodiscard]] std::string GetTypeName(std::string_view name) const override {
    return listing_.GetTypeName(name);
  }

  std::unique_ptr<rdf::Reader> GetColumnReaders(unsigned int slot, std::string_view name,
                                                const std::type_info& asked) override {
    return slots_[slot]->reader(std::string(name), asked);
  }

  void Initialize() override {
    is_begun_ = false;
    for (auto& slot : slots_) slot->reset();
  }
  std::vector<std::pair<ULong64_t, ULong64_t>> GetEntryRanges() override {
    if (!std::exchange(is_begun_, true))
      waiting_ = rdf::ranges_of(files_, slots_.size(), fGlobalEntryRange);
    return rdf::next_of(waiting_, files_, slots_.size());
  }
  bool SetEntry(unsigned int slot, ULong64_t entry) override {
    slots_[slot]->go(entry);
    return true;
  }
  void Finalize() override {
    for (auto& slot : slots_) slot->reset();
  }

  std::string GetLabel() override { return "rootae"; }

 protected:
  std::string AsString() override { return "rootae data source"; }
  Record_t GetColumnReadersImpl(std::string_view, const std::type_info&) override { return {}; }

  [[nodiscard]] std::string GetTypeNameWithOpts(std::string_view name,
                                                bool vector_as_rvec) const override {
    return ROOT::Internal::RDF::GetTypeNameWithOpts(listing_, name, vector_as_rvec);
  }
  [[nodiscard]] const std::vector<std::string>& GetTopLevelFieldNames() const override {
    return names_on_top_;
  }
  [[nodiscard]] const std::vector<std::string>& GetColumnNamesNoDuplicates() const override {
    return names_once_;
  }
  std::string DescribeDataset() override {
    return "Dataframe from rootae: " + listing_.DescribeDataset();
  }

 private:
  // Says whether a column is among those that are named, or a part of one.
  static bool is_shown(const std::string& name, const std::vector<std::string>& columns) {
    const auto is_of = [&](const std::string& column) {
      return name == column || name.rfind(column + ".", 0) == 0;
    };
    return columns.empty() || std::any_of(columns.begin(), columns.end(), is_of);
  }

  rdf::Files files_;
  ROOT::Internal::RDF::RTTreeDS listing_;
  std::vector<std::string> names_, names_once_, names_on_top_;
  std::vector<std::unique_ptr<rdf::Slot>> slots_;
  std::vector<rdf::Range> waiting_;
  bool is_begun_ = false;
};

}  // namespace rootae
