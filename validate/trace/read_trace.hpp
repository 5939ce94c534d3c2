// SPDX-License-Identifier: Apache-2.0
// From files of profilers to one trace for each rank.
#pragma once

#include <string>
#include <vector>

#include "validate/trace/foreign_trace.hpp"

namespace braid {

/// What torch.profiler calls each step of its schedule.
inline constexpr const char* kProfilerStep = "ProfilerStep#";

/// `spec` is FILE, or RANK=FILE where neither the file nor its name says of which rank it is ("rank3.json.gz",
/// "trace_rank-3.sqlite"). Kineto JSON, plain or gzip, or an SQLite export of Nsight Systems, told by its first bytes.
/// Several GPUs in a file are ranks that count up from that of the file, or from 0.
/// Throws Error(file, ...) as the readers do, and for a report (.nsys-rep) that was not exported.
std::vector<ForeignTrace> read_trace(const std::string& spec, const std::string& step_prefix = kProfilerStep);

/// The number behind "rank" in a file's name, with _ or - or nothing between; -1 if there is none.
int rank_in_name(const std::string& path);

}  // namespace braid
