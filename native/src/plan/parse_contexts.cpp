// Stages, diagrams and encoders from a plan's text. FORMAT.md, section 3.
#include "plan/members.hpp"
#include "plan/parse.hpp"

namespace rootae {
namespace {

using json::Value;

constexpr std::int64_t shift_at_most = 63, top_at_most = (std::int64_t{1} << 24) - 1;
constexpr std::int64_t latents_at_most = std::int64_t{1} << 16;

Source parse_source(const Value& value) {
  constexpr std::array<std::string_view, 2> names = {"index", "kind"};
  const std::string_view kind = kind_of(value);
  SourceKind found = SourceKind::lane;
  if (kind == "centre") {
    found = SourceKind::centre;
  } else if (kind == "latent") {
    found = SourceKind::latent;
  } else if (kind != "lane") {
    unknown(value, kind, "lane, centre, latent");
  }
  return {found, index(members(value, names, "has not the members of a source")[0])};
}

Digit parse_digit(const Value& value) {
  constexpr std::array<std::string_view, 4> names = {"kind", "low", "shift", "top"};
  const auto [kind, low, shift, top] = members(value, names, "has not the members of a digit");
  return {whole(low, INT64_MIN, INT64_MAX),
          static_cast<std::uint32_t>(whole(shift, 0, shift_at_most)),
          static_cast<std::uint32_t>(whole(top, 0, top_at_most))};
}

Feature parse_feature(const Value& value) {
  constexpr std::array<std::string_view, 2> names = {"by", "of"};
  constexpr std::array<std::string_view, 2> of_edges = {"kind", "table"};
  constexpr std::array<std::string_view, 1> of_raw = {"kind"};
  const auto [by, of] = members(value, names, "has not the members of a feature");
  const Source source = parse_source(of);
  const std::string_view kind = kind_of(by);
  if (kind == "edges") {
    return {source, Edges{index(members(by, of_edges, "has not the members of edges")[1])}};
  }
  if (kind == "digit") return {source, parse_digit(by)};
  if (kind != "raw") unknown(by, kind, "edges, digit, raw");
  members(by, of_raw, "has other members");
  return {source, Raw{}};
}

Target parse_target(const Value& value) {
  constexpr std::array<std::string_view, 3> names = {"lane", "location", "scale"};
  const auto [lane, location, scale] = members(value, names, "has not the members of a target");
  return {maybe(lane, index), index(location), index(scale)};
}

Stage parse_stage(const Value& value) {
  constexpr std::array<std::string_view, 4> names = {"inputs", "kind", "network", "targets"};
  const auto [inputs, kind, network, targets] =
      members(value, names, "has not the members of a stage");
  return {index(network), list(inputs, parse_feature), list(targets, parse_target)};
}

Diagram parse_diagram(const Value& value) {
  constexpr std::array<std::string_view, 3> names = {"inputs", "kind", "tables"};
  const auto [inputs, kind, tables] = members(value, names, "has not the members of a diagram");
  Diagram diagram{list(inputs, parse_feature), list(tables, index)};
  if (diagram.inputs.size() != diagram.tables.size()) wrong(value, "has other inputs than tables");
  for (const Feature& feature : diagram.inputs)
    if (!std::holds_alternative<Edges>(feature.by)) wrong(inputs, "looks at more than edges");
  return diagram;
}

}  // namespace

Contexts parse_contexts(const Value& value) {
  const std::string_view kind = kind_of(value);
  if (kind == "stage") return parse_stage(value);
  if (kind == "diagram") return parse_diagram(value);
  unknown(value, kind, "stage, diagram");
}

Encoder parse_encoder(const Value& value) {
  constexpr std::array<std::string_view, 3> names = {"inputs", "latents", "network"};
  const auto [inputs, latents, network] =
      members(value, names, "has not the members of an encoder");
  return {index(network), list(inputs, parse_feature),
          static_cast<std::uint32_t>(whole(latents, 1, latents_at_most))};
}

}  // namespace rootae
