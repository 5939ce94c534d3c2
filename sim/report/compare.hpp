// SPDX-License-Identifier: Apache-2.0
// Two timelines of one Program, predicted and measured, held against each other op by op.
//
// Every error is predicted minus measured: positive means that the prediction is too slow. Relative errors are shares
// of the measured value.
//
// What an op itself took. Members of a collective and ends of a message are kernels of their own in a measured run:
// the first to come waits for the others, and that is not its cost but theirs. So a collective counts from the start of
// its last member to its own end, and either end of a message from the start of the later end to its own end; an end
// that was over by then (the bytes lay in a buffer) counts whole. In a simulated run all of them coincide.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/memory/played.hpp"
#include "sim/report/order_inversions.hpp"
#include "sim/report/report.hpp"

namespace braid {

struct PlayedReport {
  const Played& played;  ///< complete, see join_complete()
  const RunReport& report;
};

/// Middle half of an op's durations over repeats of the step.
struct Quartiles {
  Seconds p25, p75;
  /// What a compute op or a copy is compared by, where it is known: one repeat is hit by chance. Communication counts
  /// as in the repeat that was kept, since its own part of a duration hangs on when the others came.
  std::optional<Seconds> median{};
};

struct CompareOptions {
  Seconds order_slack = Seconds(2e-6);  ///< starts that differ by less have no order; traces are about so sharp
  std::size_t worst = 10;               ///< ops and inversions that are named
  /// Of the measured timeline: [position of the rank][lane][span]. Empty: not known.
  std::span<const std::array<std::vector<Quartiles>, kLanes>> spread;
};

/// One figure of both runs.
struct Both {
  Seconds predicted;
  Seconds measured;
  Seconds difference() const { return predicted - measured; }
  /// Share of the measured one; infinite where nothing was measured of what was predicted.
  double error() const { return measured == predicted ? 0 : difference() / measured; }
};

/// All ops of one class (op_class.hpp), over all ranks of the measured timeline.
struct ClassDifference {
  std::string name;
  Lane lane = Lane::compute;
  std::uint64_t count = 0;
  Both total;        ///< sums of what the ops took
  Seconds absolute;  ///< sum of |predicted - measured| of each op
  /// Of the sum, from half of p75 - p25 of each op, whose deviations are taken as their own: the root of the sum of
  /// squares. What all ops of a repeat share is small, since the repeat with the median step was kept. 0 if not known.
  Seconds spread;

  double error() const { return total.error(); }
  double absolute_error() const { return total.measured.value > 0 ? absolute / total.measured : 0; }
  double relative_spread() const { return total.measured.value > 0 ? spread / total.measured : 0; }
  /// Repeats of one run differ by as much: the error is none.
  bool within_spread() const { return std::abs(total.difference().value) <= spread.value; }
};

struct OpDifference {
  OpKey key;  ///< of the measured span
  Lane lane = Lane::compute;
  Both took;
  Seconds spread;  ///< half of p75 - p25; 0 if not known
};

struct TimelineComparison {
  Both step;                             ///< of the timelines, so traced if the measured one is
  std::vector<ClassDifference> classes;  ///< by lane, then by name
  std::array<Both, kCauses> idle;        ///< by Cause, means over ranks (bubbles.hpp)
  /// Of the compute lane, means over ranks. A measured op does not tell how much of it is stretch: against a measured
  /// run `busy` has the prediction's as well, and `stretch` is 0.
  Both busy, stretch;
  Both exposed;                   ///< communication in flight and nothing computes, mean over ranks
  double overlap_predicted = 0;   ///< overlap_share(), mean over ranks with communication
  double overlap_measured = 0;    ///< a receive that waits counts as communication there
  double path_agreement = 0;      ///< of the critical paths' ops, by measured time (critical_path.hpp)
  std::array<Both, kLanes> path;  ///< time on either critical path by Lane, waiting included
  std::uint64_t inversions = 0;   ///< over all ranks, see order_inversions.hpp
  std::uint64_t pairs = 0;        ///< of ops of one rank on different lanes
  std::vector<Inversion> worst_inversions;
  std::vector<OpDifference> worst_by_time;  ///< by |predicted - measured|, largest first
  std::vector<OpDifference>
      worst_by_share;  ///< by |predicted - measured| / measured, of ops that took longer than slack
  OpDifference drift;  ///< the op whose starts (in `took`) differ most

  const ClassDifference* find(const std::string& class_name) const;
};

/// Position in the predicted timeline of what played the place of `rank`, a position in the measured one.
std::size_t counterpart(const Played& predicted, const Played& measured, std::size_t rank);

/// What the op at (position of the rank, op) itself took, as said above. Not negative.
Seconds took(const Played& played, std::size_t rank, std::uint32_t op);

/// Share of the time with communication (tp, pp or dp in flight) in which the rank computes as well, from 0 to 1: the
/// "overlap percentage" of Meta's Holistic Trace Analysis. 0 without communication.
double overlap_share(const RankTimeline& rank);

/// Both are runs of one program. The measured one may be unfolded where the prediction is folded, or the reverse: a
/// rank is held against the rank of the same pipeline place, and of the same tp and dp places where both have them.
TimelineComparison compare_timelines(const PlayedReport& predicted, const PlayedReport& measured,
                                     const CompareOptions& options = {});

}  // namespace braid
