// SPDX-License-Identifier: Apache-2.0
// check() for a schedule whose cells came from somewhere: the reader of files says where each cell stands.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/schedule/schedule.hpp"

namespace braid {

/// Names a cell to the user: "a.csv:3:cell 7". A turn of -1 means the whole row, a rank of -1 the whole schedule.
using CellName = std::function<std::string(int rank, int turn)>;

/// As check(schedule), with the faults' places in the words of `name`.
std::vector<Issue> check(const Schedule& schedule, const CellName& name);

/// "3F8", an action as torch writes it.
std::string to_text(const Action& action);

}  // namespace braid
