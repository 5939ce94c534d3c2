// SPDX-License-Identifier: Apache-2.0
#include "sim/base/op_key.hpp"

#include <array>

namespace braid {

const char* to_text(Lane lane) {
  constexpr std::array names{"compute", "tp", "pp", "dp", "h2d", "d2h", "host"};
  static_assert(names.size() == kLanes);
  return names[static_cast<std::size_t>(lane)];
}

const char* to_text(OpKind kind) {
  constexpr std::array names{"F",          "R",    "I",    "W",         "cell",     "all_reduce", "reduce_scatter",
                             "all_gather", "send", "recv", "optimizer", "copy_out", "copy_in"};
  return names[static_cast<std::size_t>(kind)];
}

const char* to_text(Unit unit) {
  constexpr std::array names{"", "embedding", "pre_attn", "attn", "pre_mlp", "mlp", "final_norm", "head"};
  return names[static_cast<std::size_t>(unit)];
}

std::string to_text(const OpKey& key) {
  std::string text = to_text(key.kind);
  if (key.unit != Unit::none) text += std::string(" ") + to_text(key.unit);
  if (key.microbatch >= 0) text += " mb" + std::to_string(key.microbatch);
  if (key.chunk >= 0) text += " chunk" + std::to_string(key.chunk);
  if (key.layer >= 0) text += " layer" + std::to_string(key.layer);
  if (key.index != 0) text += " #" + std::to_string(key.index);
  return text;
}

}  // namespace braid
