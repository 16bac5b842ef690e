// Memory for arrays that come and go, as places in one stretch of units.
#pragma once

#include <cstddef>
#include <map>

namespace rootae {

class Scratch {
 public:
  // Takes the first gap that is long enough; returns where it begins.
  [[nodiscard]] std::size_t take(std::size_t units);

  // Gives back what begins there.
  void give(std::size_t at) { taken_.erase(at); }

  // How long the stretch has to be.
  [[nodiscard]] std::size_t most() const noexcept { return most_; }

 private:
  std::map<std::size_t, std::size_t> taken_;  // beginnings and ends
  std::size_t most_ = 0;
};

}  // namespace rootae
