#include "baskets.hpp"

#include <TBasket.h>
#include <TBranch.h>
#include <TBuffer.h>

#include <algorithm>
#include <utility>

#include "big_endian.hpp"
#include "error.hpp"
#include "unzip.hpp"

namespace rootae::root {
namespace {

constexpr std::size_t kKey = 14;  // where a record says how many bytes its key has
// What stands at the end of a basket's key: version, two sizes, entries, where they end, a flag.
constexpr std::size_t kTail = 19, kEntries = 10, kLast = 14;

const char* const kDamaged = "a basket is damaged: its record is not that of a basket";

// A basket that is part of a tree: its bytes are those that it would have in a file.
std::vector<std::uint8_t> inside(TBranch& branch, int number) {
  TBasket* const basket = branch.GetBasket(number);
  TBuffer* const buffer = basket == nullptr ? nullptr : basket->GetBufferRef();
  hold(buffer != nullptr, "a basket is damaged: it cannot be read");
  const int key = basket->GetKeylen(), last = basket->GetLast(), entries = basket->GetNevBuf();
  hold(key >= static_cast<int>(kTail + kKey) && key <= INT16_MAX && last >= key && last <= buffer->BufferSize() && entries >= 0,
       kDamaged);
  const auto* const from = reinterpret_cast<const std::uint8_t*>(buffer->Buffer());
  std::vector<std::uint8_t> record(from, from + last);
  BigEndian(record.data() + kKey).put(static_cast<std::int16_t>(key));
  BigEndian(record.data() + key - kTail + kEntries).put(entries).put(last);
  if (const int* const offsets = basket->GetEntryOffset()) {
    record.resize(static_cast<std::size_t>(last) + 4 * (static_cast<std::size_t>(entries) + 1));
    BigEndian out(record.data() + last);
    out.put(entries + 1);
    for (int i = 0; i < entries; ++i) out.put(offsets[i]);
  }
  return record;
}

// Takes a basket's entries from its record, whose key is as it lies in the file.
Basket parsed(Bytes key, std::vector<std::uint8_t> payload, std::size_t expected) {
  hold(key.size() >= kTail, kDamaged);
  const std::uint8_t* const tail = key.data() + key.size() - kTail;
  const auto entries = big_endian<std::uint32_t>(tail + kEntries);
  const auto last = big_endian<std::uint32_t>(tail + kLast);
  hold(entries == expected && last >= key.size() && last - key.size() <= payload.size(), kDamaged);
  Basket found;
  found.data = last - key.size();
  if (const std::size_t rest = payload.size() - found.data; rest != 0) {
    hold(rest / 4 > entries, kDamaged);
    const std::uint8_t* const table = payload.data() + found.data + 4;
    for (std::size_t i = 0; i < entries; ++i) {
      const auto at = big_endian<std::uint32_t>(table + 4 * i);
      hold(at >= key.size() && at <= last && (i == 0 || at - key.size() >= found.offsets.back()),
           kDamaged);
      found.offsets.push_back(at - static_cast<std::uint32_t>(key.size()));
    }
    found.offsets.push_back(static_cast<std::uint32_t>(found.data));
  }
  found.bytes = std::move(payload);
  return found;
}

}  // namespace

Baskets::Baskets(TBranch& branch) {
  const int written = branch.GetWriteBasket();
  const auto entries = static_cast<std::uint64_t>(std::max<Long64_t>(branch.GetEntries(), 0));
  hold(written >= 0 && written < branch.GetMaxBaskets(), "a branch is damaged: it has no baskets");
  for (int i = 0; i <= written; ++i) {
    const Long64_t first = branch.GetBasketEntry()[i], at = branch.GetBasketSeek(i);
    const int size = branch.GetBasketBytes()[i];
    const bool lies_apart = at > 0;
    if (i == written && (static_cast<std::uint64_t>(first) >= entries || first < 0)) break;
    if (i == written && !lies_apart && branch.GetListOfBaskets()->UncheckedAt(i) == nullptr) break;
    hold(first >= 0 && (first_.empty() ? first == 0
                                       : static_cast<std::uint64_t>(first) >= first_.back()),
         "a branch is damaged: its baskets do not follow on one another");
    hold(!lies_apart || size > 0, "a branch is damaged: a basket has no bytes");
    places_.push_back(lies_apart ? Range{static_cast<std::uint64_t>(at), std::size_t(size)}
                                 : Range{0, 0});
    first_.push_back(static_cast<std::uint64_t>(first));
    inside_.push_back(lies_apart ? std::vector<std::uint8_t>() : inside(branch, i));
  }
  hold(first_.empty() ? entries == 0 : entries >= first_.back(),
       "a branch is damaged: its baskets do not follow on one another");
  first_.push_back(entries);
}

std::size_t Baskets::of(std::uint64_t entry) const {
  const auto behind = std::upper_bound(first_.begin(), first_.end() - 1, entry);
  return static_cast<std::size_t>(behind - first_.begin()) - 1;
}

Record Baskets::record(Bytes beginning, Range place) {
  hold(beginning.size() >= kBeginning, kDamaged);
  const auto bytes = big_endian<std::uint32_t>(beginning.data());
  const auto whole = big_endian<std::int32_t>(beginning.data() + 6);
  const auto key = big_endian<std::int16_t>(beginning.data() + kKey);
  hold(bytes == place.size && whole >= 0 && key > 0 && static_cast<std::size_t>(key) <= place.size,
       kDamaged);
  return {static_cast<std::size_t>(key), static_cast<std::size_t>(whole)};
}

Basket Baskets::load(const Source& source, std::size_t basket) const {
  const std::size_t entries = static_cast<std::size_t>(first_[basket + 1] - first_[basket]);
  const Range place = places_[basket];
  const std::vector<std::uint8_t> bytes = lies_apart(basket) ? source.fetch(place) : inside_[basket];
  const Bytes all(bytes);
  if (!lies_apart(basket)) {
    const auto key = static_cast<std::size_t>(big_endian<std::uint16_t>(all.data() + kKey));
    hold(key <= all.size(), kDamaged);
    return parsed(all.part(0, key), {all.begin() + key, all.end()}, entries);
  }
  const Record found = record(all, place);
  return parsed(all.part(0, found.key),
                unzipped(all.part(found.key, all.size() - found.key), found.whole), entries);
}

}  // namespace rootae::root
