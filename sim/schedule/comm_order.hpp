// SPDX-License-Identifier: Apache-2.0
// Where sends and receives stand among a rank's cells: placed as torch's lowering does, and checked in foreign files.
#pragma once

#include <optional>
#include <vector>

#include "sim/schedule/csv_action.hpp"
#include "sim/schedule/located_check.hpp"

namespace braid {

/// The receive that must have come before `action` may run on `rank`; none if its input is local or there is none.
std::optional<CommAction> receive_before(const Schedule& schedule, int rank, const Action& action);
/// The send that `action` on `rank` causes; none if its output stays on the rank or nobody waits for it.
std::optional<CommAction> send_after(const Schedule& schedule, int rank, const Action& action);

/// One row a rank: compute cells without bubbles, sends and receives. A send follows its producer at once, and its
/// receive is put at the end of the receiver's row so far; ranks take turns of one cell, a bubble spends one too.
/// (The order of torch's `_add_send_recv`.) Needs a checked schedule without (F;W) and (F;F) braids for torch's sake.
std::vector<std::vector<CsvCell>> with_messages(const Schedule& schedule);

/// Faults of the sends and receives in `rows`, whose compute cells are those of `schedule`: one without a partner,
/// between wrong ranks, doubled, before its producer, behind its consumer, in another order than its partner's
/// (messages of a pair of ranks carry no tag), or waiting forever. Rows without any message (a compute order that
/// only has shard actions) are not asked for them. `name` gets the index into `rows` as turn.
std::vector<Issue> check_messages(const Schedule& schedule, const std::vector<std::vector<CsvCell>>& rows,
                                  const CellName& name);

}  // namespace braid
