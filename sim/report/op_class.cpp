// SPDX-License-Identifier: Apache-2.0
#include "sim/report/op_class.hpp"

#include <array>

#include "sim/report/metrics.hpp"

namespace braid {
namespace {

/// The pass that a communication op serves, as the kinds of compute ops are called.
const char* pass_of(const OpKey& key) {
  constexpr std::array passes{OpKind::forward, OpKind::recompute, OpKind::input_grad, OpKind::weight_grad};
  const auto of = static_cast<std::size_t>(key.index);
  return key.index >= 0 && of < passes.size() ? to_text(passes[of]) : "";
}

}  // namespace

std::string class_of(const OpKey& key, Lane lane) {
  if (stands_for_peer(key, lane)) return "peer";
  std::string name = to_text(key.kind);
  const auto add = [&](const char* word) {
    if (word[0] != '\0') name += std::string(" ") + word;
  };
  if ((lane == Lane::tp || lane == Lane::pp)) add(pass_of(key));
  if (lane == Lane::dp) add("dp");
  add(to_text(key.unit));
  return name;
}

}  // namespace braid
