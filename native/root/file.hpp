// Files as the plug-in opens them. They have no dictionary, so that nothing of them is ever written:
// to ROOT they are files of the class TFile.
#pragma once

#include <TFile.h>

#include "container.hpp"
#include "own.hpp"

namespace rootae::root {

// A local file whose coded columns show as ordinary branches.
class CodedFile : public TFile {
 public:
  CodedFile(const char* name, Option_t* option, const char* title, Int_t compress);

  // Nullptr where the file holds no codecs.
  [[nodiscard]] const ContainerPointer& container() const noexcept { return container_; }
  TDirectory* own() { return own_.get(*this); }

  Bool_t ReadBuffer(char* buffer, Long64_t position, Int_t size) override;
  Bool_t ReadBuffer(char* buffer, Int_t size) override;
  Bool_t ReadBuffers(char* buffer, Long64_t* positions, Int_t* sizes, Int_t count) override;
  void Seek(Long64_t offset, ERelativeTo from = kBeg) override;
  Int_t ReOpen(Option_t* mode) override;
  Int_t ReadKeys(Bool_t force = kTRUE) override;

 private:
  ContainerPointer container_;
  OwnDirectory own_;
};

// What an opened file has of coded columns, nullptr where that is nothing.
ContainerPointer container_of(TFile& file);

}  // namespace rootae::root
