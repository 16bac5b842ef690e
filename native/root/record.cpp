#include "record.hpp"

#include <TBufferFile.h>
#include <TStreamerElement.h>

#include <cstring>

#include "big_endian.hpp"
#include "error.hpp"

namespace rootae::root {
namespace {

constexpr std::uint64_t kMost = std::uint64_t{1} << 30;  // bytes; ROOT counts to twice as many
constexpr std::uint64_t kHeader = 10, kInner = 4;  // bytes before a vector, before one inside
constexpr std::uint32_t kByteCount = 0x40000000;
constexpr std::int16_t kVectorVersion = 9, kBasketVersion = 3, kKeyVersion = 1004;
constexpr int kDefaultBits = 12;  // of the mantissa of a Float16_t

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

std::uint64_t width_of(std::int32_t type) {
  switch (type) {
    case ROOTAE_INT16:
    case ROOTAE_UINT16: return 2;
    case ROOTAE_INT32:
    case ROOTAE_UINT32:
    case ROOTAE_FLOAT32: return 4;
    case ROOTAE_INT64:
    case ROOTAE_UINT64:
    case ROOTAE_FLOAT64: return 8;
    default: return 1;
  }
}

// Bytes of a packed number: steps of a range, a cut mantissa, or a float.
std::uint64_t packed_width(std::int32_t type, const TStreamerElement* packing) {
  if (packing != nullptr && packing->GetFactor() != 0) return 4;
  const int bits = packing == nullptr ? 0 : static_cast<int>(packing->GetXmin());
  return bits != 0 || (type == ROOTAE_FLOAT32 && kDefaultBits != 0) ? 3 : 4;
}

}  // namespace

bool is_packed(const rootae_column& column) {
  const std::string_view kind = view(column.leaf_kind);
  return column.is_exact != 0 && (kind == "TLeafF16" || kind == "TLeafD32");
}

std::string range_of(const rootae_column& column) {
  const std::string code = column.type == ROOTAE_FLOAT32 ? "f[" : "d[";
  std::string title(view(column.leaf_title));
  if (title.compare(0, code.size(), code) == 0) title = "/" + title;  // older leaves have no more
  if (title.find("/" + code) == std::string::npos) return {};
  std::size_t from = title.find('/') + 1;
  for (int brackets = 0; brackets < 2; ++brackets) {
    const std::size_t open = title.find('[', from), close = title.find(']', open);
    if (open == std::string::npos || close == std::string::npos) return {};
    std::string part = title.substr(open, close - open + 1);
    if (part.find(',') != std::string::npos) return part;
    from = close + 1;
  }
  return {};
}

std::string counter_name(const StoredTree& tree, const rootae_column& column) {
  if (column.counter < 0) return {};
  return std::string(view(tree.column(static_cast<std::uint32_t>(column.counter)).name));
}

EntryKind entry_kind(const StoredTree& tree, const rootae_column& column) {
  if (column.counter < 0) return EntryKind::fixed;
  const std::string counter = counter_name(tree, column);
  if (ends_with(counter, "@inner")) return EntryKind::nested;
  return ends_with(counter, "@size") ? EntryKind::vector : EntryKind::counted;
}

Records::Records(const StoredTree& tree, std::uint32_t column)
    : tree_(tree), number_(column), column_(tree.column(column)),
      kind_(entry_kind(tree, column_)), width_(width_of(column_.type)) {
  if (!is_packed(column_)) return;
  const std::string range = range_of(column_);
  const bool is_float = column_.type == ROOTAE_FLOAT32;
  if (!range.empty())
    packing_ = std::make_unique<TStreamerElement>("leaf_Element", range.c_str(), 0, 0,
                                                  is_float ? "Float16_t" : "Double32_t");
  width_ = packed_width(column_.type, packing_.get());
}

Records::~Records() = default;

std::uint64_t Records::data(std::size_t block) const {
  const std::uint64_t entries = tree_.first(block + 1) - tree_.first(block);
  const std::uint64_t numbers = tree_.extent(number_, block).rows * per_row();
  switch (kind_) {
    case EntryKind::vector: return numbers + kHeader * entries;
    case EntryKind::nested: {
      const auto counter = static_cast<std::uint32_t>(column_.counter);
      return numbers + kHeader * entries + kInner * tree_.extent(counter, block).rows;
    }
    default: return numbers;
  }
}

std::uint64_t Records::size(std::size_t block) const {
  const std::uint64_t entries = tree_.first(block + 1) - tree_.first(block);
  const bool has_offsets = kind_ != EntryKind::fixed;
  const std::uint64_t size = kKey + data(block) + (has_offsets ? 4 * (entries + 2) : 0);
  if (size > kMost)
    throw Error(ErrorKind::argument, "column " + std::string(view(column_.name)) + ", block " +
                                         std::to_string(block) +
                                         ": it is too large for a basket of ROOT's: read it with "
                                         "rootae.rdataframe or uproot");
  return size;
}

void Records::write(std::size_t block, std::uint64_t position, const Values& values,
                    std::uint8_t* out) const {
  const std::uint64_t entries = tree_.first(block + 1) - tree_.first(block);
  const std::uint64_t whole = size(block), used = kKey + data(block);
  const bool has_offsets = kind_ != EntryKind::fixed;
  const auto number = [](std::uint64_t of) { return static_cast<std::int32_t>(of); };
  std::uint8_t* const payload =
      BigEndian(out)
          .put(number(whole)).put(kKeyVersion).put(number(whole - kKey)).put(std::int32_t{0})
          .put(static_cast<std::int16_t>(kKey)).put(std::int16_t{1})
          .put(static_cast<std::int64_t>(position)).put(std::int64_t{0})
          .put_text("TBasket").put_text("").put_text("")
          .put(kBasketVersion).put(number(whole))
          .put(has_offsets ? number(entries + 1) : number(per_row()))
          .put(number(entries)).put(number(used)).put(std::uint8_t{0}).at();
  std::uint8_t* const end = kind_ == EntryKind::vector || kind_ == EntryKind::nested
                                ? put_vectors(values, entries, payload)
                                : put_numbers(values, 0, values.rows, payload);
  hold(static_cast<std::uint64_t>(end - out) == used, "counts do not add up: the file is damaged");
  if (has_offsets) put_offsets(values, entries, used, end);
}

std::uint8_t* Records::put_numbers(const Values& values, std::uint64_t first, std::uint64_t count,
                                   std::uint8_t* at) const {
  const std::uint64_t lanes = column_.lanes, plain = width_of(column_.type);
  const std::uint8_t* const from = values.data() + first * lanes * plain;
  if (is_packed(column_)) return put_packed(from, count * lanes, at);
  return BigEndian(at).put_all(from, static_cast<std::size_t>(count * lanes), plain).at();
}

// Packs numbers as ROOT does, and sees to it that it reads the same ones back.
std::uint8_t* Records::put_packed(const std::uint8_t* from, std::uint64_t count,
                                  std::uint8_t* at) const {
  const auto bytes = static_cast<std::size_t>(count * width_);
  const auto numbers = static_cast<Int_t>(count);
  TBufferFile buffer(TBuffer::kWrite, static_cast<Int_t>(bytes) + 64);
  const auto round = [&](auto type, auto put, auto get) {
    std::vector<decltype(type)> values(count), back(count);
    std::memcpy(values.data(), from, count * sizeof type);
    (buffer.*put)(values.data(), numbers, packing_.get());
    hold(static_cast<std::size_t>(buffer.Length()) == bytes, "packed numbers have another width");
    std::memcpy(at, buffer.Buffer(), bytes);
    buffer.SetReadMode();
    buffer.SetBufferOffset(0);
    (buffer.*get)(back.data(), numbers, packing_.get());
    hold(std::memcmp(back.data(), values.data(), count * sizeof type) == 0,
         "values do not fit into Float16_t or Double32_t as they are packed: use rootae "
         "decompress");
  };
  if (count == 0) return at;
  if (column_.type == ROOTAE_FLOAT32)
    round(Float_t{}, &TBufferFile::WriteFastArrayFloat16, &TBufferFile::ReadFastArrayFloat16);
  else
    round(Double_t{}, &TBufferFile::WriteFastArrayDouble32, &TBufferFile::ReadFastArrayDouble32);
  return at + bytes;
}

std::uint8_t* Records::put_vectors(const Values& values, std::uint64_t entries,
                                   std::uint8_t* at) const {
  const bool is_nested = kind_ == EntryKind::nested;
  const std::vector<std::uint64_t>& outer = is_nested ? *values.outer : *values.offsets;
  const std::vector<std::uint64_t>& rows = *values.offsets;
  for (std::uint64_t entry = 0; entry < entries; ++entry) {
    const std::uint64_t from = outer[entry], to = outer[entry + 1];
    const std::uint64_t count = is_nested ? rows[to] - rows[from] : to - from;
    const std::uint64_t bytes = count * per_row() + (is_nested ? kInner * (to - from) : 0);
    BigEndian out(at);
    out.put(static_cast<std::uint32_t>(bytes + kHeader - 4) | kByteCount)
        .put(kVectorVersion)
        .put(static_cast<std::uint32_t>(to - from));
    at = out.at();
    if (!is_nested) at = put_numbers(values, from, count, at);
    for (std::uint64_t inner = from; is_nested && inner < to; ++inner) {
      const std::uint64_t size = rows[inner + 1] - rows[inner];
      at = BigEndian(at).put(static_cast<std::uint32_t>(size)).at();
      at = put_numbers(values, rows[inner], size, at);
    }
  }
  return at;
}

// Where entries begin: so many numbers, each entry's, and where all end.
void Records::put_offsets(const Values& values, std::uint64_t entries, std::uint64_t data,
                          std::uint8_t* at) const {
  const bool is_nested = kind_ == EntryKind::nested;
  const std::vector<std::uint64_t>& outer = is_nested ? *values.outer : *values.offsets;
  BigEndian out(at);
  out.put(static_cast<std::int32_t>(entries + 1));
  for (std::uint64_t entry = 0; entry < entries; ++entry) {
    const std::uint64_t row = is_nested ? (*values.offsets)[outer[entry]] : outer[entry];
    const std::uint64_t before = (kind_ == EntryKind::counted ? 0 : kHeader * entry) +
                                 (is_nested ? kInner * outer[entry] : 0);
    out.put(static_cast<std::int32_t>(kKey + before + row * per_row()));
  }
  out.put(static_cast<std::int32_t>(data));
}

}  // namespace rootae::root
