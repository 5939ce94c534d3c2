// SPDX-License-Identifier: Apache-2.0
// Reads what torch.profiler (Kineto) exports: Chrome JSON in object form.
//
// Taken in: `X` events of the categories kernel, gpu_memcpy, gpu_memset (2021's "Kernel", "Memcpy", "Memset" as well);
// cuda_runtime and cuda_driver events for the time of a launch (joined by args.correlation); user_annotation and
// gpu_user_annotation for steps and actions; deviceProperties and distributedInfo. Times are microseconds with three
// decimals, kept exactly. Format as written by libkineto/src/output_json.cpp of pytorch/kineto.
#pragma once

#include <string>
#include <vector>

#include "validate/trace/foreign_trace.hpp"

namespace braid {

/// One trace for each GPU that the process used, the GPUs in order; usually one. Kineto versions that write
/// `"Process Group Description": ,` are read as if the value were there,
/// and bytes that are no UTF-8 as question marks.
///
/// Throws Error(file, ...) for text that is no JSON or cut short, JSON that is no trace, and traces without GPU work,
/// among them the ones that Braid writes itself.
std::vector<ForeignTrace> parse_kineto(std::string text, const std::string& file, const std::string& step_prefix);

/// Microseconds as JSON writes them to nanoseconds, without a detour over a double as far as the digits go; false if
/// that is no number or does not fit.
bool parse_micros(std::string_view text, std::int64_t& nanoseconds);

}  // namespace braid
