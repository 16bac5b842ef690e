// rootae::dataframe, compiled, and where its header is found by macros.
#include <RVersion.h>
#include <TInterpreter.h>

#if ROOT_VERSION_CODE >= ROOT_VERSION(6, 36, 0)  // as it says
#include "rootae/dataframe.hpp"

namespace rootae::library {

__attribute__((visibility("default"))) ROOT::RDataFrame dataframe(
    const std::string& tree, const std::vector<std::string>& files,
    const std::vector<std::string>& columns) {
  return rootae::dataframe(tree, files, columns);
}

}  // namespace rootae::library
#endif

namespace {

#ifdef ROOTAE_HEADERS
const bool has_headers = (gInterpreter->AddIncludePath(ROOTAE_HEADERS), true);
#endif

}  // namespace
