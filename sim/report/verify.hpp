// SPDX-License-Identifier: Apache-2.0
// Whether a Timeline can be a run of a Program at all. Shares no code with the engine.
//
// Holds for simulated and measured timelines, folded and unfolded. In a measured run the ends of a message and the
// members of a collective are kernels of their own, so there they need not coincide, only meet.
#pragma once

#include <vector>

#include "sim/base/error.hpp"
#include "sim/memory/played.hpp"

namespace braid {

/// Every fault, the first hundred of each play; empty if there is none. Checks that
///   - every op ran exactly once, on its lane and rank, and nothing else did;
///   - times are finite, not negative, in order, and none is after the step, which ends with the last op;
///   - a stretch is no longer than its op;
///   - nothing started before what it depends on had ended;
///   - ops of an ordered lane did not overlap and ran in program order;
///   - both ends of a message cover one interval, and the messages of a batch that waits for receivers start together;
///   - all members of a collective cover one interval.
/// Times are compared to 2 ns and 1e-9 of the step: a network simulator's clock is no finer.
std::vector<Issue> verify(const Program& program, const Timeline& timeline);
/// The same of a join that is there already.
std::vector<Issue> verify(const Played& played);

}  // namespace braid
