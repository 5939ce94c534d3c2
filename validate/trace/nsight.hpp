// SPDX-License-Identifier: Apache-2.0
// Reads what `nsys export --type sqlite` makes of a report of Nsight Systems.
//
// Tables: CUPTI_ACTIVITY_KIND_KERNEL, ..._MEMCPY, ..._MEMSET, ..._RUNTIME (the time of a launch, joined by
// correlationId within a process), NVTX_EVENTS (ranges: steps and actions), StringIds, TARGET_INFO_GPU,
// DIAGNOSTIC_EVENT. Nsight makes a table only when it has something to say, and columns differ between versions, so
// all but the kernels are optional. Times are in ns. globalTid and globalPid hold the process in all but the low 24
// bits. Schema: NVIDIA, "SQLite Export Schema Reference".
#pragma once

#include <string>
#include <vector>

#include "validate/trace/foreign_trace.hpp"

namespace braid {

/// One trace for each GPU of each process in the file, by device, then by process. Ranks are not in such files.
/// Throws Error(path, ...) for a file that is no export of Nsight Systems, is damaged, or holds no kernels.
std::vector<ForeignTrace> read_nsight(const std::string& path, const std::string& step_prefix);

}  // namespace braid
