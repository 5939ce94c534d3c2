// SPDX-License-Identifier: Apache-2.0
// Where the time of a step goes by class of kernel, on both sides.
#pragma once

#include <vector>

#include "validate/trace/foreign_compare.hpp"
#include "validate/trace/foreign_timeline.hpp"

namespace braid {

/// One rank of both sides: the steps of a trace, and the pipeline rank and lanes that predict it.
struct JoinedRank {
  const ForeignTrace* trace = nullptr;
  std::vector<ForeignStep> steps;  ///< not empty
  int empty_steps = 0;             ///< left out: they launched no work
  int steps_in_each = 1;           ///< more than one if the trace has no marks and its user says so
  int pp = 0;
  const RankTimeline* predicted = nullptr;
};

/// Classes that took time on either side, communication last, and "compute in all" behind the computing ones.
/// Predicted are compute in all, the optimizer, collectives by kind, messages, and copies to and from the host.
std::vector<ClassTime> class_times(const std::vector<JoinedRank>& ranks, const Program& program);

/// Names of kernels that no rule knows, by time, at most `most`.
std::vector<std::string> unknown_kernels(const std::vector<JoinedRank>& ranks, std::size_t most);

}  // namespace braid
