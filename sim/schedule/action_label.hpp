// SPDX-License-Identifier: Apache-2.0
// Which action of a pipeline schedule a range of a profiler is about.
//
// torch.distributed.pipelining puts record_function("PP:" + action) around each action of its multi-stage runtime, the
// action written as in its CSV files: "PP:2F0", "PP:1SEND_F3", "PP:(0F8;7B0)OVERLAP_F_B" (torch
// distributed/pipelining/schedules.py, _get_profiler_function_name). Its single-stage schedules write "Forward 3" and
// "Backward 3". Megatron-LM's own NVTX ranges name modules and phases but no microbatch, so they are not read; ranges
// that a user adds in torch's form are.
#pragma once

#include <optional>
#include <string_view>

#include "sim/schedule/csv_action.hpp"

namespace braid {

struct ActionLabel {
  Cell compute;                    ///< one action, or two of a braid; empty if it is communication
  std::optional<CommAction> comm;  ///< a message, or a shard action
  bool has_stage = true;           ///< single-stage schedules do not say: their stage is that of the rank
};

/// Whether the name begins as a label of an action does.
bool may_be_action(std::string_view name);
/// Nothing if the rest of it is not understood.
std::optional<ActionLabel> parse_action_label(std::string_view name);

}  // namespace braid
