// What one thread of an event loop is at.
#pragma once

#include <ROOT/RDataSource.hxx>
#include <TChain.h>
#include <TTreeReader.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <vector>

#include "rootae/rdf/files.hpp"
#include "rootae/rdf/readers.hpp"

namespace rootae::rdf {

// A slot's file and block, and the columns that are read of it. Columns that the block before was
// asked for are decoded together as the next one begins, others once they are asked for.
class Slot final : public Place {
 public:
  // listing: ROOT's own data source of the same files, which makes readers of what is not coded.
  Slot(const Files& files, ROOT::RDF::RDataSource& listing) : files_(files), listing_(listing) {}

  // Makes the reader of a column.
  [[nodiscard]] std::unique_ptr<Reader> reader(const std::string& name,
                                               const std::type_info& asked) {
    auto& column = uses_.emplace_back();
    column.name = name;
    column.asked = &asked;
    column.values.is_asked = true;
    if (is_open_) find(column);
    tree_reader_.reset();  // which takes no more columns once it has begun
    last_ = first;
    const auto known = files_.coded().find(name);
    if (known != files_.coded().end())
      if (auto made = Maker(*this, column, asked).made(known->second.shape)) return made;
    return std::make_unique<PlainReader>(*this, column);
  }

  // Begins an event loop, or ends it: nothing is kept but what was asked for.
  void reset() {
    tree_reader_.reset();
    held_.clear();
    for (auto& column : uses_) column.values.is_decoded = false;
    first = last_ = 0;
  }

  // Goes to an entry.
  void go(std::uint64_t entry) {
    if (entry < first || entry >= last_) enter(entry);
  }

  bool decode(Use& use) override {
    auto& column = static_cast<Column&>(use);
    if (!column.coded) return false;
    decode(std::vector<Column*>{&column});
    return true;
  }

  void* plain(Use& use, Long64_t entry) override {
    if (!tree_reader_) begin_reading();
    if (tree_reader_->GetCurrentEntry() != entry) tree_reader_->SetEntry(entry);
    return use.plain->TryGet<void>(entry);
  }

 private:
  struct Column : Use {
    std::string name;
    const std::type_info* asked = nullptr;
    const Coded* coded = nullptr;  // in the file that the slot is in
  };

  void enter(std::uint64_t entry) {
    const auto number = files_.at(entry);
    if (number >= files_.all().size()) throw std::runtime_error("rootae: there is no such entry");
    const auto& edges = files_.all()[number].edges;
    held_.clear();
    if (number != file_ || !is_open_) open(number);
    const auto behind = std::upper_bound(edges.begin(), edges.end(), entry);
    first = *(behind - 1);
    last_ = *behind;
    block_ = static_cast<std::uint64_t>(behind - edges.begin()) - 1;
    std::vector<Column*> wanted;
    for (auto& column : uses_) {
      column.values.is_decoded = false;
      if (column.coded && column.values.is_asked) wanted.push_back(&column);
      column.values.is_asked = false;
    }
    if (!wanted.empty()) decode(wanted);
  }

  void open(std::size_t number) {
    is_open_ = false;
    tree_.reset();
    columns_.clear();
    if (files_.all()[number].is_coded) {
      tree_ = files_.opened(number);
      columns_ = columns_of(*tree_);
    }
    for (auto& column : uses_) find(column);
    file_ = number;
    is_open_ = true;
  }

  void find(Column& column) {
    const auto found = columns_.find(column.name);
    column.coded = found == columns_.end() ? nullptr : &found->second;
  }

  void decode(const std::vector<Column*>& wanted) {
    std::vector<std::uint32_t> numbers;
    for (const auto* column : wanted) numbers.push_back(column->coded->number);
    try {
      held_.push_back(tree_->decoded(block_, numbers));
    } catch (const Refused& error) {  // of a class that PyROOT knows, or it loses what is said
      throw std::runtime_error(error.what());
    }
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const auto& found = held_.back().values()[i];
      auto& values = wanted[i]->values;
      values.data = static_cast<const char*>(found.data);
      values.offsets = found.offsets;
      values.outer = found.outer;
      values.lanes = wanted[i]->coded->lanes;
      values.is_decoded = true;
    }
  }

  void begin_reading() {
    if (!chain_) chain_ = files_.chain();
    tree_reader_ = std::make_unique<TTreeReader>(chain_.get());
    for (auto& column : uses_)
      column.plain = ROOT::Internal::RDF::CreateColumnReader(listing_, 0, column.name,
                                                             *column.asked, tree_reader_.get());
  }

  const Files& files_;
  ROOT::RDF::RDataSource& listing_;
  std::deque<Column> uses_;  // readers hold on to them
  std::size_t file_ = 0;
  bool is_open_ = false;
  std::shared_ptr<const CodedTree> tree_;
  Columns columns_;
  std::uint64_t block_ = 0, last_ = 0;
  std::vector<Decoded> held_;
  std::shared_ptr<TChain> chain_;
  std::unique_ptr<TTreeReader> tree_reader_;
};

}  // namespace rootae::rdf
