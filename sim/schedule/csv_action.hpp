// SPDX-License-Identifier: Apache-2.0
// One cell of torch's CSV: what may stand in it, read from text and written as text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/schedule/schedule.hpp"

namespace braid {

/// Everything that a cell can hold besides compute. Shard actions and reduce_grad name a stage and no microbatch.
enum class CommType : std::uint8_t { send_f, recv_f, send_b, recv_b, unshard, reshard, reduce_grad };

struct CommAction {
  CommType type = CommType::send_f;
  int stage = 0;  ///< the sender's for a send, the receiver's for a receive
  int microbatch = 0;
  auto operator<=>(const CommAction&) const = default;
};
std::string to_text(const CommAction& action);

inline bool is_message(CommType type) { return type <= CommType::recv_b; }
inline bool is_send(CommType type) { return type == CommType::send_f || type == CommType::send_b; }
/// The receive that belongs to a send, and the other way round.
CommAction partner_of(const CommAction& message);

/// Either compute (perhaps empty: a bubble) or one comm action.
struct CsvCell {
  Cell compute;
  std::optional<CommAction> comm;
};

/// Reads a cell; blanks around it do not count. Throws Error(where, ...) that quotes what it cannot read.
CsvCell parse_cell(std::string_view text, const std::string& where);
/// "0F3", "(0F8;7B0)OVERLAP_F_B", or nothing for a bubble.
std::string csv_text(const Cell& cell);

}  // namespace braid
