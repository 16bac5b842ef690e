// Files that ROOT reads over a network: what was opened by the scheme's own class, with decoded
// columns.
#pragma once

#include <TFile.h>

#include <memory>
#include <mutex>

#include "container.hpp"
#include "own.hpp"

namespace rootae::root {

// A file in another one's place, which does the reading. To ROOT it is a file of the class TFile.
class RemoteFile : public TFile {
 public:
  // inner: a file that holds codecs; url: as it was opened
  RemoteFile(std::unique_ptr<TFile> inner, const char* url, Option_t* option);
  RemoteFile(const RemoteFile&) = delete;
  RemoteFile& operator=(const RemoteFile&) = delete;
  ~RemoteFile() override;

  [[nodiscard]] const ContainerPointer& container() const noexcept { return container_; }
  TDirectory* own() { return own_.get(*this); }

  Bool_t IsOpen() const override { return inner_ != nullptr; }
  void Close(Option_t* option = "") override;
  Long64_t GetSize() const override;
  void Seek(Long64_t offset, ERelativeTo from = kBeg) override;
  Bool_t ReadBuffer(char* buffer, Long64_t position, Int_t size) override;
  Bool_t ReadBuffer(char* buffer, Int_t size) override;
  Bool_t ReadBuffers(char* buffer, Long64_t* positions, Int_t* sizes, Int_t count) override;
  Bool_t ReadBufferAsync(Long64_t, Int_t) override { return kTRUE; }
  Int_t ReOpen(Option_t* mode) override;
  Int_t ReadKeys(Bool_t force = kTRUE) override;

 private:
  Int_t SysClose(Int_t) override { return 0; }
  Int_t SysStat(Int_t, Long_t* id, Long64_t* size, Long_t* flags, Long_t* time) override;
  template <class Work>
  bool counted(Work&& work);

  std::shared_ptr<TFile> inner_;
  std::shared_ptr<std::mutex> lock_;  // of the inner file, which the container reads by, too
  ContainerPointer container_;
  OwnDirectory own_;
};

}  // namespace rootae::root
