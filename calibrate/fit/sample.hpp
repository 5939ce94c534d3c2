// SPDX-License-Identifier: Apache-2.0
// Measured compute kernels as the cost rules see them: a demand, a duration, and the clock at which it was measured.
#pragma once

#include <string>
#include <vector>

#include "calibrate/table/table.hpp"
#include "sim/base/hardware.hpp"
#include "sim/cost/compute.hpp"
#include "sim/cost/profile.hpp"

namespace braid {

struct Sample {
  std::string kind;    ///< what errors are listed by: "gemm F", "attention backward", "memory swiglu_forward"
  std::string shape;   ///< the key of its point, or kernel and bytes
  std::string source;  ///< file:line
  WorkItem item{};
  Seconds measured{};
  double clock = 0;  ///< while it was measured, over the clock of the dense peak; 0: the profile's sustained_clock
};

/// What the rules say of the sample at its own clock. Points of the profile are not looked up.
Seconds ruled(const Sample& sample, const Gpu& gpu, const Profile& profile);

/// One product, measured at `clock` of the peak's.
Sample gemm_sample(const Gemm& gemm, Pass pass, Seconds measured, double clock);
Sample attention_sample(const AttentionShape& shape, Seconds measured, double clock);
/// One kernel that only moves bytes; its time does not depend on the clock of the SMs.
Sample memory_sample(const std::string& kernel, Bytes bytes, Seconds measured);

/// The rows of a table. Durations of products and attention are the median of their cycles over the median of their
/// clock: under a power limit the clock wanders by several per cent while cycles do not (docs/gpu-findings.md).
/// Products planned for fewer SMs (column sm_target), and rows whose clock could not be read, are left out. Throws
/// Error at the field that is wrong.
std::vector<Sample> gemm_samples(const Table& table, const Gpu& gpu);
std::vector<Sample> attention_samples(const Table& table, const Gpu& gpu);
/// Without kernels that are no streams: a memset, which only writes; cross-entropy, which reads twice; RMSNorm's weight
/// gradient, whose atomics keep few SMs busy.
std::vector<Sample> memory_samples(const Table& table);

/// Table kinds and the columns that they need, for reading them.
extern const std::vector<std::string> kGemmColumns, kAttentionColumns, kMemoryColumns;

}  // namespace braid
