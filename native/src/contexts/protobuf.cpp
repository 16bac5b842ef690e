#include "protobuf.hpp"

#include <cstring>

#include "../error.hpp"

namespace rootae {
namespace {

constexpr std::size_t kMostBytes = 10;  // of a varint
constexpr const char* kDamaged = "a stored network is not a protobuf message: the file is damaged";

std::uint64_t varint(Bytes data, std::size_t& at) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < kMostBytes && at < data.size(); ++i) {
    const std::uint64_t byte = data[at++];
    hold(i + 1 < kMostBytes || byte <= 1, kDamaged);  // the tenth byte has one bit left
    value |= (byte & 0x7F) << (7 * i);
    if (byte < 0x80) return value;
  }
  corrupt(kDamaged);
}

}  // namespace

bool Members::next(Member& member) {
  if (at_ == message_.size()) return false;
  const std::size_t first = at_;
  const std::uint64_t tag = varint(message_, at_);
  const std::size_t shortest = tag > 0x7F ? 2 : 1;
  hold(tag <= 0xFF && at_ - first == shortest && tag >> 3 != 0, kDamaged);
  member = Member{};
  member.number = static_cast<std::uint32_t>(tag >> 3);
  member.wire = static_cast<Wire>(tag & 7);
  std::uint64_t size = 0;
  switch (member.wire) {
    case Wire::varint: member.value = varint(message_, at_); return true;
    case Wire::bytes: size = varint(message_, at_); break;
    case Wire::fixed32: size = 4; break;
    default: corrupt(kDamaged);
  }
  hold(size <= message_.size() - at_, kDamaged);
  member.data = message_.part(at_, static_cast<std::size_t>(size));
  at_ += static_cast<std::size_t>(size);
  return true;
}

bool Packed::next(std::uint64_t& value) {
  if (at_ == data_.size()) return false;
  value = varint(data_, at_);
  return true;
}

std::int64_t signed_of(std::uint64_t value) noexcept {
  std::int64_t same;
  std::memcpy(&same, &value, sizeof same);
  return same;
}

}  // namespace rootae
