#include "plan/json.hpp"

#include <algorithm>

#include "error.hpp"
#include "plan/json_text.hpp"

namespace rootae::json {
namespace {

constexpr std::size_t bytes_at_most = std::size_t{1} << 26;
constexpr std::size_t values_at_most = std::size_t{1} << 22;
constexpr std::size_t digits_at_most = 640;  // of a whole number

[[noreturn]] void refuse() { corrupt("the codec's plan is not JSON: the file is damaged"); }

// Returns how many commas and opening brackets there are.
std::size_t measured(std::string_view text) {
  hold(text.size() <= bytes_at_most, "the codec's plan has over 2^26 bytes: the file is damaged");
  std::uint32_t found = 0;
  unsigned char all = 0;
  for (const char c : text) {
    found += static_cast<std::uint32_t>((c == ',') | (c == '[') | (c == '{'));
    all = static_cast<unsigned char>(all | static_cast<unsigned char>(c));
  }
  if (all >= 128) refuse();
  hold(found <= values_at_most, "the codec's plan has over 2^22 values: the file is damaged");
  return found;
}

// Reads values without recursion. The text ends with a NUL, which stands for nothing in JSON.
class Scanner {
 public:
  Scanner(std::string& text, std::vector<Node>& nodes)
      : begin_(text.data()), end_(begin_ + text.size()), at_(begin_), nodes_(nodes) {}

  void scan() {
    value();
    while (!open_.empty()) {
      const bool object = nodes_[open_.back()].kind == Kind::object;
      switch (*space()) {
        case ',':
          ++at_;
          if (object) name();
          value();
          break;
        case '}': close(object); break;
        case ']': close(!object); break;
        default: refuse();
      }
    }
    if (space() != end_) refuse();
  }

 private:
  char* space() {
    while (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r') ++at_;
    return at_;
  }

  void add(Kind kind, const char* first, const char* last) {
    const auto number = static_cast<std::uint32_t>(nodes_.size());
    nodes_.push_back({static_cast<std::uint32_t>(first - begin_),
                      static_cast<std::uint32_t>(last - first), number + 1, kind});
    if (!open_.empty()) ++nodes_[open_.back()].size;
  }

  // Reads a value up to the first one in it that is no container with something in it.
  void value() {
    while (true) {
      const char c = *space();
      if (c != '{' && c != '[') return single(c);
      const bool object = c == '{';
      add(object ? Kind::object : Kind::list, at_, at_);
      open_.push_back(static_cast<std::uint32_t>(nodes_.size() - 1));
      ++at_;
      if (*space() == (object ? '}' : ']')) return close(true);
      if (object) name();
    }
  }

  void name() {
    if (*space() != '"') refuse();
    text();
    --nodes_[open_.back()].size;  // its value is counted
    if (*space() != ':') refuse();
    ++at_;
  }

  void single(char c) {
    switch (c) {
      case '"': return text();
      case 't': return literal("true", Kind::boolean);
      case 'f': return literal("false", Kind::boolean);
      case 'n': return literal("null", Kind::null);
      default: break;
    }
    const char* const first = at_;
    const char* const last = number_end(at_);
    if (last == nullptr) refuse();
    const std::string_view number(first, static_cast<std::size_t>(last - first));
    if (number.size() > digits_at_most && number.find_first_of(".eE") == number.npos &&
        number.size() - (number[0] == '-') > digits_at_most)
      corrupt("the codec's plan has a number of over 640 digits: the file is damaged");
    add(Kind::number, first, last);
    at_ += last - first;
  }

  void text() {
    char* const first = at_ + 1;
    const auto [content, after] = unescaped(first);
    if (after == nullptr) refuse();
    add(Kind::text, first, content);
    at_ = after;
  }

  void literal(std::string_view word, Kind kind) {
    if (std::string_view(at_, static_cast<std::size_t>(end_ - at_)).substr(0, word.size()) != word)
      refuse();
    add(kind, at_, at_ + word.size());
    at_ += word.size();
  }

  void close(bool right) {
    if (!right) refuse();
    const auto number = open_.back();
    open_.pop_back();
    ++at_;
    nodes_[number].next = static_cast<std::uint32_t>(nodes_.size());
    if (nodes_[number].kind == Kind::object && !ascends(number) && repeats(number))
      corrupt("the codec's plan has a member twice: the file is damaged");
  }

  [[nodiscard]] std::string_view content(std::uint32_t number) const {
    return {begin_ + nodes_[number].at, nodes_[number].size};
  }

  // Members that are sorted, as a writer has them, are seen to differ at once.
  [[nodiscard]] bool ascends(std::uint32_t object) const {
    const std::uint32_t behind = nodes_[object].next;
    std::string_view before;
    for (std::uint32_t i = object + 1; i < behind; i = nodes_[i + 1].next) {
      const std::string_view name = content(i);
      if (i > object + 1 && name <= before) return false;
      before = name;
    }
    return true;
  }

  [[nodiscard]] bool repeats(std::uint32_t object) const {
    std::vector<std::string_view> names;
    names.reserve(nodes_[object].size);
    const std::uint32_t behind = nodes_[object].next;
    for (std::uint32_t i = object + 1; i < behind; i = nodes_[i + 1].next)
      names.push_back(content(i));
    std::sort(names.begin(), names.end());
    return std::adjacent_find(names.begin(), names.end()) != names.end();
  }

  char* begin_;
  char* end_;
  char* at_;
  std::vector<Node>& nodes_;
  std::vector<std::uint32_t> open_;
};

}  // namespace

Document::Document(std::string_view text) {
  nodes_.reserve(2 * measured(text) + 2);
  text_ = text;
  Scanner(text_, nodes_).scan();
}

std::string Value::place() const {
  std::string found = "plan";
  for (std::uint32_t outer = 0; outer != number_;) {
    const bool object = of_->nodes_[outer].kind == Kind::object;
    Value item(*of_, outer + 1);
    std::string_view name;
    for (std::size_t i = 0;; ++i, item = item.next()) {
      if (object) {
        name = item.content();
        item = item.next();
      }
      if (item.node().next > number_) {
        found += object ? "." + std::string(name) : "[" + std::to_string(i) + "]";
        break;
      }
    }
    outer = item.number_;
  }
  return found;
}

bool Value::is_shallow(std::size_t most) const {
  std::vector<std::uint32_t> ends;
  for (std::uint32_t i = number_; i < node().next; ++i) {
    while (!ends.empty() && i >= ends.back()) ends.pop_back();
    if (ends.size() >= most) return false;
    const Node& here = of_->nodes_[i];
    if (here.kind == Kind::object || here.kind == Kind::list) ends.push_back(here.next);
  }
  return true;
}

}  // namespace rootae::json
