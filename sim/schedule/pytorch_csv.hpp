// SPDX-License-Identifier: Apache-2.0
// The CSV of torch.distributed.pipelining, in and out: a row is a rank, a cell an action, an empty cell a bubble.
//
// Read: compute_only, compute_comms, our two further containers (OVERLAP_F_W, OVERLAP_F_F), and files in which a stage
// lives on two ranks by direction (DualPipe). Which stage lives where, and how many there are, comes from the file.
// Stricter than torch: text behind an action is a fault, and messages of a pair of ranks must match in order.
#pragma once

#include <string>
#include <string_view>

#include "sim/schedule/schedule.hpp"

namespace braid {

/// compute_only: braids torch lacks, (F;W) and (F;F), stand as two cells in a row, so that torch loads the file.
/// compute_comms: that with SEND and RECV where torch's own lowering puts them, and no empty cells.
/// braided: every braid in one cell; only Braid reads it if it has (F;W) or (F;F).
enum class CsvFlavour { compute_only, compute_comms, braided };

/// The schedule in a file, checked. Its name is the file's up to the first dot. Throws Error with every fault found:
/// "file:line:cell n" and what to do.
Schedule read_schedule(const std::string& path);
/// The same for text; `name` stands for the path in messages.
Schedule parse_schedule(std::string_view text, const std::string& name);

/// The file's text, lines ended by LF. Throws Error if the schedule does not pass check().
std::string write_schedule(const Schedule& schedule, CsvFlavour flavour);

}  // namespace braid
