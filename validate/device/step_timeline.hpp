// SPDX-License-Identifier: Apache-2.0
// From what a GPU recorded of repeated steps to a Timeline of each.
//
// The span of an op is from the start of the first kernel that carries its tag to the end of the last one. Time zero is
// the end of the kernel that marks the release of the step. An op without a kernel (a collective of one, no bytes) has
// a span of no length where its waits ended.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sim/timeline/timeline.hpp"
#include "validate/device/instances.hpp"
#include "validate/runner/issue_plan.hpp"

namespace braid::gpu {

/// The tag of what the runner launches for itself: gates, checks.
inline constexpr std::uint64_t kOwnTag = 1u << 20;

/// Starts that lie before the end of what they depend on by up to this are moved there: two kernels' records are
/// rounded apart. More is left for verify() to find.
inline constexpr double kClockSlackS = 2e-6;
/// What the host timed ends no later than the kernels that waited for it began, by their records, and is cut by up to
/// this: the GPU's clock is mapped to the host's by interpolation. More is left for verify() to find.
inline constexpr double kHostSlackS = 100e-6;

/// A kernel, memset or copy with the tag of its launch (0: none); nanoseconds of one clock for all GPUs.
struct TaggedActivity {
  std::uint64_t tag = 0, start_ns = 0, end_ns = 0;
};

/// What took no kernel but has a time all the same: a stand-in's wait, by instance and op, in each repeat.
struct HostSpan {
  std::uint32_t instance = 0, op = 0;
  std::uint64_t start_ns = 0, end_ns = 0;
};

struct RecordedSteps {
  const Program& program;
  const std::vector<RankIssue>& plan;
  const std::vector<Instance>& instances;
  const std::vector<std::vector<std::uint64_t>>& tags;  ///< by instance and op; ops that share a tag share kernels
  std::span<const TaggedActivity> activities;           ///< in any order
  std::size_t repeats = 0;                              ///< their release marks are tagged 1, 2, ...; ops with more
  /// A receive takes no kernel: the sender writes into the receiver's memory. Its span is that of the send.
  bool sender_writes = false;
  std::vector<std::vector<HostSpan>> host{};  ///< by repeat; empty: none
  double clock_slack_s = kClockSlackS;        ///< see there
};

struct StepTimelines {
  std::vector<Timeline> repeats;   ///< provenance is the caller's to fill in
  std::size_t untagged = 0;        ///< activities inside a step that carry no op's tag
  std::size_t without_kernel = 0;  ///< ops that no kernel of any repeat belongs to, though they should have one
  std::string first_without_kernel;
  double moved_s = 0;  ///< the most that a start was moved to the end of what it waits for: the recording's clock
  double cut_s = 0;    ///< the most that a host's span was cut: the same between GPU and host
};

/// Throws Error when a repeat has no mark, or when an op has kernels in one repeat and none in another: records were
/// lost.
StepTimelines step_timelines(const RecordedSteps& steps);

}  // namespace braid::gpu
