// SPDX-License-Identifier: Apache-2.0
// From a profiler's ops to the steps of one rank, and each step to a timeline in Braid's form.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/hardware.hpp"
#include "sim/timeline/timeline.hpp"
#include "validate/trace/foreign_trace.hpp"

namespace braid {

/// One step of a rank. Ops belong to the step in which the host launched them, or, where that is not known or the
/// step is marked on the GPU, in which they start.
struct ForeignStep {
  std::int64_t begin = 0;  ///< of the mark, in ns
  std::int64_t end = 0;
  Seconds duration;                ///< that a step takes
  std::vector<std::uint32_t> ops;  ///< into ForeignTrace::ops, in order of start
};

/// The marked steps but the first, which holds the profiler's own start; the only one if there is but one. Without
/// marks the whole trace, from the first start of an op to the last end, holds `unmarked_steps` steps (at least 1) and
/// `duration` is that part of it.
std::vector<ForeignStep> steps_of(const ForeignTrace& trace, int unmarked_steps = 1);

/// The lane of an op. Computing kernels, copies within the GPU and memsets are `compute`. Communication goes by the
/// description of its process group, else by its kind: sends are `pp`; the rest is `tp`, or `dp` without tensor
/// parallelism. What spans the whole model or job (norms, losses) is `dp`.
Lane lane_of(const ForeignTrace& trace, const GpuOp& op, const Placement& placement);

/// Whether the group of the op says which lane it is.
bool lane_is_known(const ForeignTrace& trace, const GpuOp& op);

/// The lanes of one step; time 0 is the step's begin, or its first op if that was earlier. On `compute`, kernels that
/// overlap are cut so that each instant has one span, and those of one action that touch are one span. Kinds: forward,
/// input_grad and weight_grad for labels F, I and W, optimizer, and `cell` for all that Braid has no kind for: a whole
/// B, a braid, kernels without a label, and on the other lanes broadcasts and all-to-alls. OpKey::index counts the
/// spans of a lane, OpKey::chunk is the position of the stage in
/// stages_of(), microbatch -1 is unknown.
RankTimeline timeline_of(const ForeignTrace& trace, const ForeignStep& step, const Placement& placement);

/// Stages that the labels of this trace name, ascending: a stage's position is its chunk on this rank.
std::vector<int> stages_of(const ForeignTrace& trace);

}  // namespace braid
