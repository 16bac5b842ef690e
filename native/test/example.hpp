// The example of FORMAT.md, section 10: a plan, a block's directory and its blobs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace example {

// clang-format off
inline const std::string plan =
R"({"format":2,"tables":[],"training":{},"trees":[{"branches":[)"
R"({"coded":true,"counter":null,"name":"a","title":"a/I","typename":"int32_t"},)"
R"({"coded":true,"counter":null,"name":"x","title":"x/F","typename":"float"},)"
R"({"coded":true,"counter":null,"name":"nj","title":"nj/I","typename":"int32_t"},)"
R"({"coded":true,"counter":"nj","name":"j_pt","title":"j_pt[nj]/F","typename":"float[]"}],)"
R"("columns":[)"
R"({"counter":null,"dtype":"int32","inner_shape":[],"is_counter":false,"leaf":null,"name":"a","title":"a/I","typename":"int32_t"},)"
R"({"counter":null,"dtype":"float32","inner_shape":[],"is_counter":false,"leaf":null,"name":"x","title":"x/F","typename":"float"},)"
R"({"counter":null,"dtype":"int32","inner_shape":[],"is_counter":true,"leaf":null,"name":"nj","title":"nj/I","typename":"int32_t"},)"
R"({"counter":"nj","dtype":"float32","inner_shape":[],"is_counter":false,"leaf":null,"name":"j_pt","title":"j_pt[nj]/F","typename":"float[]"}],)"
R"("groups":[)"
R"({"contexts":[],"encoder":null,"family":"plain","lanes":[)"
R"({"bound":{"error":"0x0.0p+0","kind":"exact"},"centre":null,"column":"a","contexts":null,"derived":null,"element":0,"grid":{"dtype":"int32","kind":"integer"},"why":"default"},)"
R"({"bound":{"error":"0x1.999999999999ap-4","kind":"abs"},"centre":null,"column":"x","contexts":null,"derived":null,"element":0,"grid":{"dtype":"float32","kind":"abs","step":"0x1.9999919998000p-3"},"why":"--bound x=abs:0.1"},)"
R"({"bound":{"error":"0x0.0p+0","kind":"exact"},"centre":null,"column":"nj","contexts":null,"derived":null,"element":0,"grid":{"dtype":"int32","kind":"integer"},"why":"default"}],)"
R"("links":[],"name":""},)"
R"({"contexts":[],"encoder":null,"family":"plain","lanes":[)"
R"({"bound":{"error":"0x1.47ae147ae147bp-7","kind":"rel"},"centre":null,"column":"j_pt","contexts":null,"derived":null,"element":0,"grid":{"dtype":"float32","error":"0x1.47ad947ae147bp-7","kind":"rel","octave":35},"why":"--bound j_pt=rel:0.01"}],)"
R"("links":[],"name":"nj"}],)"
R"("path":"t","title":""}]})";
inline const std::string head_hex =
"bc79cf1f640b48d9c99642c84b2bb4c06a1e034cdc1c14d5eef3723d028b157e03000000000000000300000000"
"0000000300000000000000000000000200000004000000200000000e000000110000001bf2fcc6d19a923a85d5"
"00655cfdc15700000000000000004ce69897";
inline const std::string blobs_hex =
"0000000e010200040d28b52ffd20042100000000c07f0001090204010010000000184601000001000204010010"
"0000001012000001b45402040100100000003015f002";
// clang-format on

inline std::vector<std::uint8_t> bytes(const std::string& hex) {
  std::vector<std::uint8_t> found;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    found.push_back(static_cast<std::uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  return found;
}

// Tables and networks of a codec that has none: the varint of a join's bytes, and a frame of it.
inline std::vector<std::uint8_t> no_parts() {
  return bytes("0128b52ffd200109000000");
}

}  // namespace example
