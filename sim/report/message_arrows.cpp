// SPDX-License-Identifier: Apache-2.0
#include "sim/report/message_arrows.hpp"

namespace braid {

std::vector<Arrow> message_arrows(const Played& played) {
  throw_if_any(played.faults);
  std::vector<Arrow> arrows;
  for (std::size_t rank = 0; rank < played.ranks.size(); ++rank) {
    for (const Message& m : played.program->messages) {
      if (m.from != played.ranks[rank].pp) continue;
      const std::size_t to = played.pipeline_peer(rank, m.to);
      arrows.push_back({.from_rank = static_cast<std::uint32_t>(rank),
                        .from_span = played.ranks[rank].span_of_op[m.send_op],
                        .to_rank = static_cast<std::uint32_t>(to),
                        .to_span = played.ranks[to].span_of_op[m.recv_op]});
    }
  }
  return arrows;
}

}  // namespace braid
