// SPDX-License-Identifier: Apache-2.0
#include "validate/device/step_player.hpp"

#include <unordered_set>

#include "calibrate/cupti/op_tag.hpp"

namespace braid::gpu {

std::vector<std::vector<std::uint64_t>> op_tags(const Program& program, const std::vector<Instance>& instances) {
  std::vector<std::vector<std::uint64_t>> tags;
  std::unordered_set<std::uint64_t> seen;
  for (const Instance& i : instances) {
    tags.emplace_back();
    for (const Op& op : program.ranks[static_cast<std::size_t>(i.pp)].ops) {
      OpKey key = op.key;
      key.rank = i.rank;
      tags.back().push_back(tag_of(key));
      if (!seen.insert(tags.back().back()).second) throw Error(to_text(key), "is the name of two ops of a rank");
    }
  }
  return tags;
}

std::string ahead_note(std::size_t most_late) {
  if (most_late == 0) return "the host was always ahead of the GPU";
  return "up to " + std::to_string(most_late) +
         " compute ops of a step were enqueued when the GPU could have started them";
}

}  // namespace braid::gpu
