#include "codecs.hpp"

#include <TBranch.h>
#include <TTree.h>

#include <algorithm>
#include <deque>
#include <mutex>

#include "baskets.hpp"
#include "cursor.hpp"
#include "directories.hpp"
#include "error.hpp"
#include "unzip.hpp"

namespace rootae::root {
namespace {

constexpr std::size_t kPlanMost = std::size_t{1} << 26;
constexpr std::size_t kKept = 8;  // files of one codec are opened one after the other

std::string hexadecimal(const Digest& id) {
  static const char* const digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < 4; ++i) (text += digits[id[i] >> 4]) += digits[id[i] & 15];
  return text;
}

std::string_view view(rootae_text text) { return {text.data, text.size}; }
rootae_bytes bytes(Bytes of) { return {of.data(), of.size()}; }

void put_varint(std::uint64_t value, std::vector<std::uint8_t>& out) {
  for (; value >= 128; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 128));
  out.push_back(static_cast<std::uint8_t>(value));
}

// The sum that a codec's id is: that of the three parts joined.
Digest id_of(Bytes plan, Bytes tables, Bytes networks) {
  std::vector<std::uint8_t> head;
  put_varint(3, head);
  for (const Bytes part : {plan, tables, networks}) put_varint(part.size(), head);
  Sha256 sum;
  for (const Bytes part : {Bytes(head), plan, tables, networks}) sum.add(part);
  return sum.digest();
}

// A row of the branch `codec`.
struct Row {
  explicit Row(Bytes row) {
    Cursor cursor(row);
    const Bytes named = cursor.take(id.size());
    std::copy(named.begin(), named.end(), id.begin());
    plan_size = cursor.varint();
    parts = split(cursor.rest());
    hold(parts.size() == 3, "a codec has other than three parts: the file is damaged");
    hold(plan_size <= kPlanMost, "a codec's plan is too long: the file is damaged");
  }
  Digest id;
  std::uint64_t plan_size;
  std::vector<Bytes> parts;
};

CodecPointer opened(const Row& row) {
  std::vector<std::uint8_t> plan(row.plan_size);
  const std::size_t size =
      unzstd(row.parts[0].data(), row.parts[0].size(), plan.data(), plan.size());
  if (size != plan.size() || id_of(plan, row.parts[1], row.parts[2]) != row.id)
    corrupt("codec " + hexadecimal(row.id) + " is damaged: its checksum does not match");
  const std::string_view text(reinterpret_cast<const char*>(plan.data()), plan.size());
  return std::make_shared<const OpenCodec>(text, row.parts[1], row.parts[2]);
}

// The codecs that were opened last in this process, by the bytes of their rows.
class Recent {
 public:
  CodecPointer open(Bytes row) {
    {
      const std::lock_guard<std::mutex> locked(lock_);
      for (const auto& [bytes, codec] : kept_)
        if (bytes.size() == row.size() && std::equal(bytes.begin(), bytes.end(), row.begin()))
          return codec;
    }
    CodecPointer made = opened(Row(row));
    const std::lock_guard<std::mutex> locked(lock_);
    kept_.emplace_front(std::vector<std::uint8_t>(row.begin(), row.end()), made);
    if (kept_.size() > kKept) kept_.pop_back();
    return made;
  }

 private:
  std::mutex lock_;
  std::deque<std::pair<std::vector<std::uint8_t>, CodecPointer>> kept_;
};

Recent& recent() {
  static auto* const of = new Recent;  // it outlives all that ROOT takes down at the end
  return *of;
}

}  // namespace

OpenCodec::OpenCodec(std::string_view plan, Bytes tables, Bytes networks)
    : handle(plan, bytes(tables), bytes(networks), unzstd) {
  for (std::uint32_t i = 0; i < handle.trees(); ++i)
    trees.emplace(view(handle.tree(i).path), i);
}

std::uint32_t OpenCodec::tree(std::string_view path) const {
  const auto at = trees.find(path);
  hold(at != trees.end(), "its codec does not know this tree: the file is damaged");
  return at->second;
}

Codecs::Codecs(TDirectory& own, const Source& source) {
  read(own, source, "codecs");
  if (damage_ != nullptr) read(own, source, "copies");
}

void Codecs::read(TDirectory& own, const Source& source, const char* name) {
  is_all_read_ = name == std::string_view("copies");
  try {
    const std::unique_ptr<TTree> from = tree(own, name);
    TBranch* const rows = from == nullptr ? nullptr : branch(*from, "codec");
    if (rows == nullptr)
      corrupt(std::string("rootae/") + name + " holds no codec: the file is damaged");
    const Baskets baskets(*rows);
    for (std::size_t i = 0; i < baskets.size(); ++i) {
      const Basket basket = baskets.load(source, i);
      for (std::size_t row = 0; row + 1 < basket.offsets.size(); ++row) try {
          const Bytes stored = basket.entry(row);
          const Row parsed(stored);
          if (found_.count(parsed.id) == 0) found_.emplace(parsed.id, recent().open(stored));
        } catch (const std::exception&) {
          note_damage();
        }
    }
  } catch (const std::exception&) {
    note_damage();
  }
}

// Keeps what was wrong first, unless something says that the file is of another version.
void Codecs::note_damage() {
  try {
    throw;
  } catch (const Refused& refused) {
    if (damage_ == nullptr || refused.kind() == ROOTAE_FORMAT) damage_ = std::current_exception();
  } catch (const std::exception&) {
    if (damage_ == nullptr) damage_ = std::current_exception();
  }
}

CodecPointer Codecs::find(const Digest& id, TDirectory& own, const Source& source) {
  if (found_.count(id) == 0 && !is_all_read_) read(own, source, "copies");
  const auto at = found_.find(id);
  if (at != found_.end()) return at->second;
  if (damage_ != nullptr) std::rethrow_exception(damage_);
  corrupt("blocks need codec " + hexadecimal(id) +
          ", which the file does not hold: merge the files anew with hadd or rootae merge");
}

std::vector<CodecPointer> Codecs::all() const {
  std::vector<CodecPointer> found;
  for (const auto& [id, codec] : found_) found.push_back(codec);
  return found;
}

}  // namespace rootae::root
