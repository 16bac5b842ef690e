// JSON is read as RFC 8259 has it, and nothing else; floats in one spelling.
#include <cmath>
#include <string>

#include "check.hpp"
#include "error.hpp"
#include "plan/hexadecimal.hpp"
#include "plan/json.hpp"

using rootae::from_hexadecimal;
using rootae::json::Document;
using rootae::json::Kind;
using rootae::json::Value;

namespace {

std::string repeated(const std::string& what, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += what;
  return all;
}

std::string content(const std::string& text) {
  return std::string(Document(text).root().content());
}

void values() {
  const Document document(R"( {"a" : [1, -2.5e+3 ,"x"], "b":{},"c":[ ], "d":true,"e" : null} )");
  const Value root = document.root();
  CHECK(root.kind() == Kind::object && root.size() == 5);
  const Value a = root.first().next();
  CHECK(a.kind() == Kind::list && a.size() == 3 && a.first().content() == "1");
  const Value x = a.first().next().next();
  CHECK(x.kind() == Kind::text && x.content() == "x" && x.place() == "plan.a[2]");
  const Value b = a.next().next(), c = b.next().next(), d = c.next().next(), e = d.next().next();
  CHECK(b.kind() == Kind::object && b.size() == 0 && c.kind() == Kind::list && c.size() == 0);
  CHECK(d.kind() == Kind::boolean && d.content() == "true" && e.kind() == Kind::null);
  CHECK(e.place() == "plan.e" && root.place() == "plan");
}

void texts() {
  CHECK(content(R"("a\"\\\/\b\f\n\r\tz")") == "a\"\\/\b\f\n\r\tz");
  CHECK(content(R"("\u0041\u00e9\u20AC")") == "A\xc3\xa9\xe2\x82\xac");
  CHECK(content(R"("\ud83d\ude00!")") == "\xf0\x9f\x98\x80!");
  CHECK(content(R"("\udc80\udcff")") == "\xed\xb2\x80\xed\xb3\xbf");  // bytes that are not UTF-8
  CHECK(content(R"("\u0000")") == std::string(1, '\0'));
  CHECK(content("\"\x7f\"") == "\x7f");
}

void damage() {
  for (const char* text :
       {"", " ", "{", "[", "[1,]", "[,]", "{,}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}",
        "{1:1}", "[1}", "{\"a\":1]", "[1 2]", "1 2", "]", "}", "[]]", "tru", "nul", "True", "NaN",
        "-Infinity", "Infinity", "+1", "01", "-", "-01", "1.", ".5", "1e", "1e+", "0x1", "'a'",
        "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud83d\\u\"", "\"\n\"",
        "\"\\ud83d\\u0041\"", "\"\\udcff\\ud83d\"", "\"\\udc7f\"", "\"\\udd00\"",
        "\"\x1f\"", "\"\xc3\xa9\"", "\xef\xbb\xbf[]", "[]\f", "/**/[]", "[1]//", "\v1", "[\"a\":1]"})
    REFUSED(Document{text}, corrupt);
  REFUSED(Document(std::string_view("[]\0", 3)), corrupt);
  REFUSED(Document(std::string_view("\"\0\"", 3)), corrupt);
  REFUSED(Document(std::string_view("[\0]", 3)), corrupt);
  for (const char* text :
       {"{\"a\":1,\"a\":2}", "{\"a\":1,\"b\":1,\"a\":2}", "{\"b\":1,\"a\":1,\"b\":2}",
        "{\"a\":1,\"\\u0061\":2}", "[{\"x\":{\"\":0,\"\":0}}]"})
    REFUSED(Document{text}, corrupt);
  Document(R"({"a":{"a":1},"b":{"a":{"a":2}}})");
  Document("{\"b\":1,\"a\":1,\"\":0,\"ab\":2}");
}

void limits() {
  constexpr std::size_t values = std::size_t{1} << 22, bytes = std::size_t{1} << 26;
  Document("[" + repeated("0,", values - 1) + "0]");
  REFUSED(Document("[" + repeated("0,", values) + "0]"), corrupt);
  Document("\"" + std::string(values, ',') + "\"");
  REFUSED(Document("\"" + std::string(values + 1, '{') + "\""), corrupt);
  Document("0" + std::string(bytes - 1, ' '));
  REFUSED(Document("0" + std::string(bytes, ' ')), corrupt);
  const std::size_t deep = 1000000;
  const Document nested(std::string(deep, '[') + std::string(deep, ']'));
  CHECK(nested.root().is_shallow(deep) && !nested.root().is_shallow(deep - 1));
  REFUSED(Document(std::string(deep, '[')), corrupt);
  REFUSED(Document(repeated("{\"a\":", deep)), corrupt);
  Document("-" + std::string(640, '9'));
  REFUSED(Document(std::string(641, '9')), corrupt);
  Document(std::string(100000, '9') + ".5");
  // as many members of one object as there may be, not in order
  std::string many = "{";
  for (std::size_t i = 0; i < values / 4; ++i) many += "\"" + std::to_string(7 * i) + "\":0,";
  Document(many + "\"x\":0}");
  REFUSED(Document(many + "\"7\":0}"), corrupt);
}

void depths() {
  CHECK(Document("{}").root().is_shallow(1));
  CHECK(Document("{\"a\":1}").root().is_shallow(2) && !Document("{\"a\":1}").root().is_shallow(1));
  CHECK(Document("[[],[[]],{}]").root().is_shallow(3));
  CHECK(!Document("[[],[[]],{}]").root().is_shallow(2));
}

void floats() {
  CHECK(from_hexadecimal("0x1.8000000000000p+1") == 3.0);
  CHECK(from_hexadecimal("-0x1.0000000000000p-2") == -0.25);
  CHECK(from_hexadecimal("0x1.fffffffffffffp+1023") == 0x1.fffffffffffffp+1023);
  CHECK(from_hexadecimal("0x1.0000000000000p-1022") == 0x1p-1022);
  CHECK(from_hexadecimal("0x0.0000000000001p-1022") == 0x1p-1074);
  CHECK(from_hexadecimal("0x0.0p+0") == 0.0 && !std::signbit(*from_hexadecimal("0x0.0p+0")));
  CHECK(from_hexadecimal("-0x0.0p+0") == 0.0 && std::signbit(*from_hexadecimal("-0x0.0p+0")));
  for (const char* text :
       {"", "-", "0", "1.5", "inf", "nan", "0x1p+0", "0x1.8p+1", "0x1.0p+0", "0x1.8000000000000p1",
        "0x1.8000000000000p+01", "0x1.8000000000000p-0", "0x1.8000000000000P+1",
        "0x1.8000000000000p+1024", "0x1.8000000000000p-1023", "0x1.800000000000Ap+1",
        "0X1.8000000000000p+1", "0x1.80000000000000p+1", "0x1.8000000000000p+1 ",
        " 0x1.8000000000000p+1", "+0x1.8000000000000p+1", "0x2.0000000000000p+1",
        "0x0.0000000000000p-1022", "0x0.0000000000000p+0", "0x0.8000000000000p-1021", "0x0.0p-0",
        "0x0.0p+00", "0x1.8000000000000p+", "0x1.8000000000000", "0x1.8000000000000p+99999",
        "0x1.8000000000000p+1x", "--0x0.0p+0", "0x1.800000000000\0p+1"})
    CHECK(!from_hexadecimal(text));
}

}  // namespace

int main() {
  values();
  texts();
  damage();
  limits();
  depths();
  floats();
}
