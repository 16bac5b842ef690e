#include "remote.hpp"

#include <TList.h>
#include <TROOT.h>
#include <TUUID.h>
#include <TVirtualMutex.h>

#include <string>
#include <utility>

#include "key.hpp"
#include "reads.hpp"
#include "source.hpp"

namespace rootae::root {

// With the option WEB a TFile opens nothing by itself.
RemoteFile::RemoteFile(std::unique_ptr<TFile> inner, const char* url, Option_t* option)
    : TFile(url, "WEB"), inner_(std::move(inner)), lock_(std::make_shared<std::mutex>()) {
  {
    R__LOCKGUARD(gROOTMutex);
    gROOT->GetListOfFiles()->Remove(inner_.get());
  }
  fD = -2;
  fOption = "READ";
  fWritable = kFALSE;
  if (std::string(option).find("WITHOUT") != std::string::npos) fGlobalRegistration = false;
  Init(kFALSE);
  if (IsZombie()) return;
  const std::string key =
      std::string(url) + " " + GetUUID().AsString() + " " + std::to_string(GetEND());
  container_ = containers().get(key, false, [&] {
    return std::make_shared<Container>(url, shared_source(inner_, lock_));
  });
  own_.hide(*this);
  hook(*this, container_);
}

RemoteFile::~RemoteFile() { RemoteFile::Close(); }

void RemoteFile::Close(Option_t* option) {
  if (inner_ == nullptr) return;
  TFile::Close(option);
  fD = -1;
  inner_.reset();
}

Long64_t RemoteFile::GetSize() const { return inner_ == nullptr ? -1 : inner_->GetSize(); }

void RemoteFile::Seek(Long64_t offset, ERelativeTo from) {
  fOffset = from == kBeg ? offset : from == kCur ? fOffset + offset : fEND - offset;
}

Int_t RemoteFile::SysStat(Int_t, Long_t* id, Long64_t* size, Long_t* flags, Long_t* time) {
  *id = *flags = *time = 0;
  *size = GetSize();
  return 0;
}

// Has the inner file read, and counts what it read as this one's.
template <class Work>
bool RemoteFile::counted(Work&& work) {
  const std::lock_guard<std::mutex> locked(*lock_);
  const Long64_t before = inner_->GetBytesRead();
  const bool is_wrong = work(*inner_);
  fBytesRead += inner_->GetBytesRead() - before;
  ++fReadCalls;
  return is_wrong;
}

Bool_t RemoteFile::ReadBuffer(char* buffer, Long64_t position, Int_t size) {
  if (inner_ == nullptr) return kTRUE;
  if (is_virtual(position) && container_ != nullptr) {
    fOffset = position + size;
    return Request(*container_).read(buffer, position, size);
  }
  fOffset = position;
  if (GetCacheRead() != nullptr)
    if (const Int_t state = ReadBufferViaCache(buffer, size)) return state == 2;
  fOffset = position + size;
  return counted([&](TFile& file) { return file.ReadBuffer(buffer, position, size); });
}

Bool_t RemoteFile::ReadBuffer(char* buffer, Int_t size) {
  return ReadBuffer(buffer, fOffset, size);
}

Bool_t RemoteFile::ReadBuffers(char* buffer, Long64_t* positions, Int_t* sizes, Int_t count) {
  if (inner_ == nullptr) return kTRUE;
  const auto others = [&](char* into, Long64_t* at, Int_t* of, Int_t some) {
    return counted([&](TFile& file) { return file.ReadBuffers(into, at, of, some); });
  };
  if (container_ == nullptr) return others(buffer, positions, sizes, count);
  return read_all(*container_, buffer, positions, sizes, count, others);
}

Int_t RemoteFile::ReOpen(Option_t*) {
  Error("ReOpen", "%s is compressed by rootae and remote: it cannot be updated", GetName());
  return -1;
}

Int_t RemoteFile::ReadKeys(Bool_t force) {
  const Int_t found = TFile::ReadKeys(force);
  if (container_ == nullptr) return found;
  own_.hide(*this);
  hook(*this, container_);
  return found;
}

}  // namespace rootae::root
