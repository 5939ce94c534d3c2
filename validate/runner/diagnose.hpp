// SPDX-License-Identifier: Apache-2.0
// Why a run of a Program does not go on: from how far each op has come to the ops that hold up all others.
//
// An op is a culprit if all that it waits for has ended, on its own rank and on those that it meets, and still it does
// not start or end. Pure: the watchdog of any backend can call it on what it knows.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/base/error.hpp"
#include "sim/program/program.hpp"
#include "validate/runner/issue_plan.hpp"

namespace braid {

enum class OpState : std::uint8_t {
  waiting,
  started,  ///< its own part is under way: it computes, has posted its message, has come to its collective
  ended,
};

/// One GPU, or one that stands for all tp * dp of a pipeline rank.
struct InstanceProgress {
  int rank = 0;  ///< as messages to people name it
  int pp = 0, tp = 0, dp = 0;
  bool died = false;                       ///< its process is gone
  std::uint32_t died_before = kNoMessage;  ///< the op that it would have started next; kNoMessage: not known
  std::vector<OpState> state;              ///< by op of the pipeline rank
  std::vector<Seconds> since;              ///< by op, when it started; empty: not known
};

/// For a backend that sees ops end, but not start: what has nothing left to wait for on its own rank has started. With
/// a plan also the order of streams and the events hold ops back.
void infer_started(const Program& program, InstanceProgress& instance, const RankIssue* plan = nullptr);

/// Culprits first: ranks that died, then ops under way that do not end (with all members of a collective, both ends of
/// a message there), then ops that could start and did not. Then, for each rank, the first op that waits on each lane,
/// and for what. If there is no culprit, the ops that wait in a circle stand first. Empty if every op has ended.
/// Instances that were not played (a replay, one column) hold nobody up. With a plan, by pipeline rank, ops also wait
/// for their streams and events. Each issue is "rank N: <OpKey>" and one line.
std::vector<Issue> diagnose(const Program& program, std::span<const InstanceProgress> instances,
                            std::span<const RankIssue> plan = {});

}  // namespace braid
