// The codecs of a file, each stored twice: whichever copy is whole is taken. FORMAT.md, section 2.3.
#pragma once

#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rootae/rootae.hpp"
#include "sha256.hpp"
#include "source.hpp"

class TDirectory;

namespace rootae::root {

// A codec that is open. It may be used by any number of threads.
struct OpenCodec {
  OpenCodec(std::string_view plan, Bytes tables, Bytes networks);

  // The number of a tree; throws corrupt where the codec does not know it.
  [[nodiscard]] std::uint32_t tree(std::string_view path) const;
  [[nodiscard]] bool knows(std::string_view path) const { return trees.count(path) != 0; }

  CodecHandle handle;
  std::map<std::string, std::uint32_t, std::less<>> trees;
};

using CodecPointer = std::shared_ptr<const OpenCodec>;

class Codecs {
 public:
  // Reads `codecs` of a file's directory `rootae`, and `copies` where something is wrong with it.
  Codecs(TDirectory& own, const Source& source);

  // Looks into `copies`, too, where it has to. Throws corrupt where there is none of that id, format
  // where it is of another version.
  [[nodiscard]] CodecPointer find(const Digest& id, TDirectory& own, const Source& source);
  [[nodiscard]] std::vector<CodecPointer> all() const;

 private:
  void read(TDirectory& own, const Source& source, const char* name);
  void note_damage();  // called as it is caught

  bool is_all_read_ = false;
  std::map<Digest, CodecPointer> found_;
  std::exception_ptr damage_;  // what is wrong with a copy
};

}  // namespace rootae::root
