#include "decoded_block.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "error.hpp"

namespace rootae::root {
namespace {

std::atomic<std::uint64_t> decoded{0};

template <class T>
std::vector<std::uint64_t> sums(const Values& counts) {
  std::vector<std::uint64_t> found(counts.rows + 1, 0);
  for (std::size_t i = 0; i < counts.rows; ++i) {
    T count;
    std::memcpy(&count, counts.data() + i * sizeof count, sizeof count);
    found[i + 1] = found[i] + static_cast<std::uint64_t>(count);
  }
  return found;
}

std::vector<std::uint64_t> sums(const Values& counts, std::int32_t type) {
  switch (type) {
    case ROOTAE_INT8: return sums<std::int8_t>(counts);
    case ROOTAE_INT16: return sums<std::int16_t>(counts);
    case ROOTAE_INT32: return sums<std::int32_t>(counts);
    case ROOTAE_INT64: return sums<std::int64_t>(counts);
    case ROOTAE_UINT8: return sums<std::uint8_t>(counts);
    case ROOTAE_UINT16: return sums<std::uint16_t>(counts);
    case ROOTAE_UINT32: return sums<std::uint32_t>(counts);
    default: return sums<std::uint64_t>(counts);
  }
}

}  // namespace

std::uint64_t decoded_columns() noexcept { return decoded; }

std::vector<ValuesPointer> DecodedBlock::get(const std::vector<std::uint32_t>& columns) {
  const std::lock_guard<std::mutex> locked(lock_);
  std::vector<std::uint32_t> wanted;
  for (const std::uint32_t column : columns) add(column, wanted);
  try {
    if (!wanted.empty()) decode(wanted);
  } catch (const std::exception& error) {
    handle_.reset();  // what it kept may be lost
    corrupt(tree_.where() + ", block " + std::to_string(block_) + ": " + error.what());
  }
  std::vector<ValuesPointer> found;
  for (const std::uint32_t column : columns) found.push_back(values_.at(column));
  return found;
}

// Adds a column that is not there yet, behind what counts it.
void DecodedBlock::add(std::uint32_t column, std::vector<std::uint32_t>& wanted) const {
  if (values_.count(column) != 0 ||
      std::find(wanted.begin(), wanted.end(), column) != wanted.end())
    return;
  const std::int32_t counter = tree_.column(column).counter;
  if (counter >= 0) add(static_cast<std::uint32_t>(counter), wanted);
  wanted.push_back(column);
}

void DecodedBlock::decode(const std::vector<std::uint32_t>& columns) {
  if (!handle_) handle_.emplace(tree_.open(block_));
  const std::vector<std::uint32_t> numbers = tree_.numbers(block_, columns);
  const Fetched fetched = tree_.fetch(block_, handle_->needs(numbers));
  std::vector<rootae_bytes> blobs;
  for (const Bytes part : fetched.parts) blobs.push_back({part.data(), part.size()});
  std::vector<std::shared_ptr<Values>> made;
  std::vector<rootae_out> outs;
  for (const std::uint32_t column : columns) {
    const rootae_extent& extent = tree_.extent(column, block_);
    auto values = std::make_shared<Values>();
    values->bytes = static_cast<std::size_t>(extent.bytes);
    values->memory.reset(new std::uint64_t[values->bytes / 8 + 1]);
    values->rows = extent.rows;
    outs.push_back({values->memory.get(), values->bytes});
    made.push_back(std::move(values));
  }
  handle_->decode(numbers, blobs, outs);
  std::size_t more = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    link(columns[i], *made[i]);
    values_.emplace(columns[i], made[i]);
    more += made[i]->bytes;
  }
  decoded += columns.size();
  bytes_ += more;
}

Offsets DecodedBlock::offsets_by(std::uint32_t counter) {
  Offsets& found = offsets_[counter];
  if (found == nullptr) {
    found = std::make_shared<const std::vector<std::uint64_t>>(
        sums(*values_.at(counter), tree_.column(counter).type));
    bytes_ += found->size() * sizeof(std::uint64_t);
  }
  return found;
}

void DecodedBlock::link(std::uint32_t column, Values& values) {
  const std::int32_t counter = tree_.column(column).counter;
  if (counter < 0) return;
  values.offsets = offsets_by(static_cast<std::uint32_t>(counter));
  const std::int32_t above = tree_.column(static_cast<std::uint32_t>(counter)).counter;
  if (above >= 0) values.outer = offsets_by(static_cast<std::uint32_t>(above));
  hold(values.offsets->back() == values.rows, "counts do not add up: the file is damaged");
}

}  // namespace rootae::root
