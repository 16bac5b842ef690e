// A compressed file's own directory, which is none of the original's: nobody sees it among the keys.
#pragma once

#include <memory>

class TDirectory;
class TFile;
class TKey;

namespace rootae::root {

// Returns the directory `rootae` of a file that shows it; nullptr where it holds no codecs.
TDirectory* shown_directory(TFile& file);

// The directory of one file, which has to outlive this.
class OwnDirectory {
 public:
  OwnDirectory();
  ~OwnDirectory();
  OwnDirectory(const OwnDirectory&) = delete;
  OwnDirectory& operator=(const OwnDirectory&) = delete;

  // Takes it from the file's keys, and from what was read of it.
  void hide(TFile& file);
  // Returns it, read by the first who asks; nullptr where there is none.
  TDirectory* get(TFile& file);

 private:
  void take(TFile& file);

  std::unique_ptr<TKey> key_;
  std::unique_ptr<TDirectory> directory_;
};

}  // namespace rootae::root
