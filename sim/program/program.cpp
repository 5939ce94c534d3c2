// SPDX-License-Identifier: Apache-2.0
#include "sim/program/program.hpp"

#include <fmt/format.h>

#include <utility>

namespace braid {

const char* to_text(MemoryClass c) {
  constexpr std::array names{"parameters", "gradients", "optimizer", "activations", "buffers"};
  static_assert(names.size() == kMemoryClasses);
  return names[static_cast<std::size_t>(c)];
}

std::vector<std::uint32_t> ops_before(const RankProgram& rank) {
  std::array<std::uint32_t, kLanes> last;
  last.fill(kNoOp);
  std::vector<std::uint32_t> before;
  before.reserve(rank.ops.size());
  for (std::uint32_t op = 0; op < rank.ops.size(); ++op) {
    const Lane lane = rank.ops[op].lane;
    const std::uint32_t previous = std::exchange(last[static_cast<std::size_t>(lane)], op);
    before.push_back(lane == Lane::pp ? kNoOp : previous);
  }
  return before;
}

std::size_t Program::op_count() const {
  std::size_t count = 0;
  for (const RankProgram& rank : ranks) count += rank.ops.size();
  return count;
}

std::string to_text(const Program& program) {
  std::string text;
  for (std::size_t r = 0; r < program.ranks.size(); ++r) {
    const RankProgram& rank = program.ranks[r];
    text += fmt::format("rank {}\n", r);
    for (std::size_t i = 0; i < rank.ops.size(); ++i) {
      const Op& op = rank.ops[i];
      text += fmt::format("  {} {} {}", i, to_text(op.lane), to_text(op.key));
      if (op.message != kNoMessage) {
        const Message& m = program.messages[op.message];
        text += op.key.kind == OpKind::send ? fmt::format(" to rank {}", m.to) : fmt::format(" from rank {}", m.from);
      }
      if (op.dep_count > 0) text += " <-";
      for (const std::uint32_t dep : rank.deps_of(op)) text += fmt::format(" {}", dep);
      text += '\n';
    }
  }
  return text;
}

}  // namespace braid
