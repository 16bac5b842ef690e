#include "processor.hpp"

#include <cstdlib>

namespace rootae {

#if defined(__x86_64__) && defined(__GNUC__) && !defined(ROOTAE_BASELINE)

namespace {

const bool kIsModern = [] {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
         __builtin_cpu_supports("bmi2") && std::getenv("ROOTAE_BASELINE") == nullptr;
}();

}  // namespace

bool is_modern() noexcept { return kIsModern; }

#endif

}  // namespace rootae
