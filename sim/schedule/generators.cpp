// SPDX-License-Identifier: Apache-2.0
// The table of schedules by their names on the command line.
#include "sim/schedule/generators.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace braid {
namespace {

constexpr const char* kGroupRule = "m a multiple of max(1, m div p), or a group N: p <= N <= m and m mod N = 0 or >= p";

}  // namespace

std::span<const GeneratorEntry> generators() {
  static const std::array entries{
      GeneratorEntry{"gpipe", "all forwards, then all backwards (GPipe)", "m >= 1", gpipe},
      GeneratorEntry{"1f1b", "one forward, one backward (PipeDream-flush, Megatron)", "m >= 1", one_f_one_b},
      GeneratorEntry{"1f1b-i", "interleaved 1F1B, v chunks a rank (Megatron)", kGroupRule, interleaved_one_f_one_b},
      GeneratorEntry{"looped-bfs", "breadth first, v chunks a rank (torch)", "m >= 1", looped_bfs},
      GeneratorEntry{"interleaved-zb", "interleaved 1F1B with W apart (torch)", kGroupRule, interleaved_zero_bubble},
      GeneratorEntry{"zb-h1", "zero bubble at 1F1B's memory, by hand (Qi et al.)", "m >= 1", zb_h1},
      GeneratorEntry{"zb-h2", "zero bubble at twice 1F1B's memory, by hand (Qi et al.)", "m >= 1", zb_h2},
      GeneratorEntry{"zb", "zero bubble searched under --memory-limit A activations (Qi et al.)", "m >= 1 and A >= 1",
                     zero_bubble_with_memory_limit},
      GeneratorEntry{"zb-v", "zero bubble in a V, static order (Qi et al., torch)", "m >= 1", zb_v, true},
      GeneratorEntry{"v-half", "half of 1F1B's activations in a V (Qi et al.)", "m >= 1", v_half, true},
      GeneratorEntry{"v-min", "a third of 1F1B's activations in a V (Qi et al.)", "m >= 1", v_min, true},
      GeneratorEntry{"1f1b-v", "two thirds of 1F1B's activations in a V (Qi et al.)", "m >= 1", one_f_one_b_v, true},
      GeneratorEntry{"dualpipe", "two directions at once, braided (DeepSeek-V3)", "p even, m even, m >= 2p", dualpipe},
      GeneratorEntry{"dualpipev", "DualPipe folded into a V (DeepSeek, torch)", "m >= 2p", dualpipe_v, true},
      GeneratorEntry{"combined-1f1b", "interleaved 1F1B with F and B braided (Megatron)", kGroupRule,
                     combined_one_f_one_b},
      GeneratorEntry{"stp", "braided forwards and backwards (STP, arXiv 2510.27257)", "p >= 2 and m >= 3p-1", stp,
                     true},
  };
  return entries;
}

std::string fault_of_schedule_name(const std::string& name) {
  std::vector<std::string> names;
  for (const GeneratorEntry& entry : generators()) {
    if (entry.name == name) return "";
    names.push_back(entry.name);
  }
  const std::string nearest = nearest_word(name, names);
  return nearest.empty() ? "no such schedule; `braid list schedules` names them"
                         : fmt::format("no such schedule; did you mean {}?", nearest);
}

Schedule generate_schedule(const std::string& name, const ScheduleRequest& request) {
  for (const GeneratorEntry& entry : generators()) {
    if (entry.name == name) return entry.generate(request);
  }
  throw Error("schedule:" + name, fault_of_schedule_name(name));
}

}  // namespace braid
