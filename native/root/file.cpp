#include "file.hpp"

#include <TList.h>
#include <TUUID.h>
#include <sys/stat.h>

#include <memory>
#include <string>

#include "directories.hpp"
#include "key.hpp"
#include "reads.hpp"
#include "remote.hpp"
#include "source.hpp"

namespace rootae::root {
namespace {

// What a local file is told by: one that was written anew at the same place is another.
std::string key_of(const TFile& file) {
  struct stat found {};
  fstat(file.GetFd(), &found);
  std::string key = file.GetUUID().AsString();
  for (const long long part :
       {static_cast<long long>(found.st_dev), static_cast<long long>(found.st_ino),
        static_cast<long long>(found.st_size), static_cast<long long>(found.st_mtim.tv_sec),
        static_cast<long long>(found.st_mtim.tv_nsec)})
    key += " " + std::to_string(part);
  return key;
}

}  // namespace

CodedFile::CodedFile(const char* name, Option_t* option, const char* title, Int_t compress)
    : TFile(name, option, title, compress) {
  if (IsZombie() || IsArchive() || GetArchive() != nullptr || IsWritable() || GetFd() < 0 ||
      newest(*this, "rootae", "TDirectoryFile") == nullptr)
    return;
  const std::string key = key_of(*this);
  if (containers().find(key) == nullptr && shown_directory(*this) == nullptr) return;
  container_ = containers().get(key, true, [&] {
    return std::make_shared<Container>(GetName(), local_source(*this));
  });
  own_.hide(*this);
  hook(*this, container_);
}

Bool_t CodedFile::ReadBuffer(char* buffer, Long64_t position, Int_t size) {
  if (container_ == nullptr || !is_virtual(position))
    return TFile::ReadBuffer(buffer, position, size);
  fOffset = position + size;
  return Request(*container_).read(buffer, position, size);
}

Bool_t CodedFile::ReadBuffer(char* buffer, Int_t size) {
  if (container_ == nullptr || !is_virtual(fOffset)) return TFile::ReadBuffer(buffer, size);
  return ReadBuffer(buffer, fOffset, size);
}

Bool_t CodedFile::ReadBuffers(char* buffer, Long64_t* positions, Int_t* sizes, Int_t count) {
  const auto others = [&](char* into, Long64_t* at, Int_t* of, Int_t some) {
    return TFile::ReadBuffers(into, at, of, some);
  };
  if (container_ == nullptr) return others(buffer, positions, sizes, count);
  return read_all(*container_, buffer, positions, sizes, count, others);
}

void CodedFile::Seek(Long64_t offset, ERelativeTo from) {
  if (container_ != nullptr && from == kBeg && is_virtual(offset)) fOffset = offset;
  else TFile::Seek(offset, from);
}

Int_t CodedFile::ReOpen(Option_t* mode) {
  if (container_ != nullptr && std::string(mode).find_first_of("uU") == 0) {
    Error("ReOpen", "%s is compressed by rootae: it cannot be updated where it shows decoded "
          "columns", GetName());
    return -1;
  }
  return TFile::ReOpen(mode);
}

Int_t CodedFile::ReadKeys(Bool_t force) {
  const Int_t found = TFile::ReadKeys(force);
  if (container_ == nullptr) return found;
  own_.hide(*this);
  hook(*this, container_);
  return found;
}

TDirectory* own_directory(TFile& file) {
  if (auto* const local = dynamic_cast<CodedFile*>(&file)) return local->own();
  auto* const remote = dynamic_cast<RemoteFile*>(&file);
  return remote == nullptr ? nullptr : remote->own();
}

ContainerPointer container_of(TFile& file) {
  if (auto* const local = dynamic_cast<CodedFile*>(&file)) return local->container();
  auto* const remote = dynamic_cast<RemoteFile*>(&file);
  return remote == nullptr ? nullptr : remote->container();
}

}  // namespace rootae::root
