// SPDX-License-Identifier: Apache-2.0
// What a run of a Program gave: one step's timeline, and how much the steps differed from one another.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "sim/base/op_key.hpp"
#include "sim/base/units.hpp"
#include "sim/timeline/timeline.hpp"

namespace braid {

/// Durations of one op over the traced repeats of a step; quartiles as in calibrate/method/stats.hpp.
struct OpSpread {
  Seconds median, p25, p75;
};

struct MeasuredRun {
  std::string placement;  ///< "host", "partition", "replay" or "multi"
  /// Of the traced repeat with the median step time (the lower one of two). provenance.kind is "measured", of a host
  /// run "simulated"; facts have at least `placement` and `schedule`, on a GPU also `gpu`, `gpu_uuid`, `driver`,
  /// `cuda`, `trace_hash`. Times count from the release of the step. A rank of the program that was not played (replay)
  /// has no entry in `ranks`.
  Timeline timeline;
  /// Spreads of the spans of `timeline`: [position of the rank][lane][span].
  std::vector<std::array<std::vector<OpSpread>, kLanes>> spread;
  std::vector<Seconds> untraced;  ///< step times of repeats without tracing, in order; what a user's step takes
  std::vector<Seconds> traced;    ///< step times of repeats with tracing, in order
  std::vector<Bytes> peak;        ///< by position of the rank: bytes really held at most; empty: not measured
  std::vector<std::string> notes;

  /// Median of `untraced`, or of `traced` if there is none.
  Seconds step_time() const;
};

/// From traced repeats of one step, each with the same spans on the lanes of the same ranks, to the run's timeline,
/// spread and traced step times. Spans are matched by key, so the order of starts may differ. At least one repeat.
MeasuredRun summarise(std::vector<Timeline> traced_repeats);

}  // namespace braid
