// SPDX-License-Identifier: Apache-2.0
// A file may hold several GPUs: those of a node, or stray copies of a process on a neighbour's.
#pragma once

#include <vector>

#include "validate/trace/foreign_trace.hpp"

namespace braid {

/// One trace for each device that did at least a hundredth of what the busiest one did, by device; the ops of others
/// count as lost. Labels and steps go with all of them. Each is attributed.
std::vector<ForeignTrace> split_by_gpu(ForeignTrace trace);

}  // namespace braid
