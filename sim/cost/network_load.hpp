// SPDX-License-Identifier: Apache-2.0
// Which links every transfer of a program crosses, and which transfers can meet another on one.
//
// A message is one flow. A collective is one flow from each member to the next on a ring of its group, all of the same
// volume, latency apart: the 2(n-1) steps of a ring all-reduce folded into one. Always of all tp * dp columns: also
// when the play is folded, the network carries them all.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/cost/fabric.hpp"
#include "sim/program/program.hpp"

namespace braid {

struct NetworkLoad {
  /// All messages of one pair of ranks in one column, or all collectives of one scope in one group.
  struct Transfer {
    std::size_t first_flow = 0;
    std::size_t flows = 0;  ///< 0: on one GPU
    double rate = 0;        ///< bytes/s of each flow while the transfer is alone on the network
    bool overlaps = false;  ///< two of these can be under way at once
    bool can_meet = false;  ///< another, or another of its own, can be on one of its links at the same time
  };
  /// The copies of one transfer, one a column or group.
  struct Class {
    bool message = true;
    int pair = 0;             ///< message: into message_pairs()
    Scope scope = Scope::tp;  ///< collective
    int pp = 0;               ///< collective: of which pipeline rank
    std::size_t first_transfer = 0;
    std::size_t transfers = 0;  ///< message: by column; collective: by dp rank (scope tp) or tp rank (scope dp)
  };
  std::vector<Class> classes;
  std::vector<Transfer> transfers;
  std::vector<std::vector<int>> flows;  ///< the links that each crosses, numbered as in `links`
  std::vector<int> links;               ///< of the Fabric, those that are used, ascending
};

NetworkLoad network_load(const Program& program, const Fabric& fabric);

}  // namespace braid
