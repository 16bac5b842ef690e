// JSON (RFC 8259) as a plan is written in: ASCII, bounded, no member twice. FORMAT.md, section 3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rootae::json {

enum class Kind : std::uint8_t { null, boolean, number, text, list, object };

// A value, or the name of a member. Containers come before what they hold.
struct Node {
  std::uint32_t at, size;  // characters in the text; of a container how many items or members
  std::uint32_t next;      // the node behind this one and all that it holds
  Kind kind;
};

class Document;

// A value of a document, which has to outlive it.
class Value {
 public:
  Value() = default;
  Value(const Document& of, std::uint32_t number) : of_(&of), number_(number) {}
  [[nodiscard]] Kind kind() const;
  // A text with its escapes undone, UTF-8 (half a surrogate pair as three bytes); of a number or a
  // boolean what is written.
  [[nodiscard]] std::string_view content() const;
  // Items of a list, members of an object.
  [[nodiscard]] std::size_t size() const;
  // The first item of a list, or the first name of an object; there has to be one.
  [[nodiscard]] Value first() const { return {*of_, number_ + 1}; }
  // What comes next in the same list; in an object values follow their names.
  [[nodiscard]] Value next() const;
  // Where it stands: plan.trees[0].path.
  [[nodiscard]] std::string place() const;
  // Whether objects and lists, and what they hold, lie at most so deep in one another.
  [[nodiscard]] bool is_shallow(std::size_t most) const;

 private:
  [[nodiscard]] const Node& node() const;
  const Document* of_ = nullptr;
  std::uint32_t number_ = 0;
};

// A text, read. Takes memory of 16 bytes a value, and a copy of the text.
class Document {
 public:
  // Throws corrupt where the text is not JSON, not ASCII, above 2^26 bytes, or has more than 2^22
  // commas and opening brackets.
  explicit Document(std::string_view text);
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;
  [[nodiscard]] Value root() const { return {*this, 0}; }

 private:
  friend class Value;
  std::string text_;  // escapes are undone in their place
  std::vector<Node> nodes_;
};

inline const Node& Value::node() const { return of_->nodes_[number_]; }
inline Kind Value::kind() const { return node().kind; }
inline std::size_t Value::size() const { return node().size; }
inline Value Value::next() const { return {*of_, node().next}; }
inline std::string_view Value::content() const {
  return {of_->text_.data() + node().at, node().size};
}

}  // namespace rootae::json
