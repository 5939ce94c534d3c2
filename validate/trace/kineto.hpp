// SPDX-License-Identifier: Apache-2.0
// Reads what torch.profiler (Kineto) exports: Chrome JSON in object form.
//
// Taken in: `X` events of the categories kernel, gpu_memcpy, gpu_memset (2021's "Kernel", "Memcpy", "Memset" as well);
// cuda_runtime and cuda_driver events for the time of a launch (joined by args.correlation); user_annotation and
// gpu_user_annotation for steps and actions; deviceProperties and distributedInfo. The form itself
// is read by sim/timeline/chrome_json.hpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/base/byte_source.hpp"
#include "validate/trace/foreign_trace.hpp"

namespace braid {

/// One trace for each GPU that the process used, the GPUs in order; usually one.
///
/// Throws Error(file, ...) for text that is no JSON or cut short, JSON that is no trace, and traces without GPU work,
/// among them the ones that Braid writes itself.
std::vector<ForeignTrace> parse_kineto(ByteSource& source, const std::string& file, const std::string& step_prefix);
/// The same of a text in memory.
std::vector<ForeignTrace> parse_kineto(std::string_view text, const std::string& file, const std::string& step_prefix);

}  // namespace braid
