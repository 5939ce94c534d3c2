// SPDX-License-Identifier: Apache-2.0
// One run of a scenario on the ideal network, in blocks: what a sweep asks of thousands of configurations.
//
// A block (a cell of the schedule, alone or braided) is one op here, with the time that its units take when they run
// alone on the rank's lanes; what a block leaves in flight when its last compute op ends (the collective behind it) is
// kept apart, so that the next block may run beside it. Blocks of one kind and place take the same time, so that few
// are played unit by unit. Everything between blocks (order, messages, batches, the end of the step) is as in
// lower() and simulate_ideal(). What that costs in accuracy is recorded in bench/README.md.
#pragma once

#include <memory>

#include "sim/cost/profile.hpp"
#include "sim/report/report.hpp"
#include "sim/scenario/scenario.hpp"

namespace braid {

/// Keeps what configurations share from one call to the next; not to be used by two threads at once.
class Screener {
 public:
  Screener();
  ~Screener();
  Screener(Screener&&) noexcept;
  Screener& operator=(Screener&&) noexcept;

  /// The report of a checked scenario's run: step time, shares, peak memory and what follows from them, ranks as in a
  /// folded timeline. The scenario's network is taken for ideal; provenance "grain" is "block". Idle time inside blocks
  /// counts as `tp`. Throws Error as play() does, and for a scenario with noise, which blocks cannot show.
  RunReport screen(const Scenario& scenario, const Run& run, const Profile& profile);

 private:
  struct Kept;
  class Screening;
  std::unique_ptr<Kept> kept_;
};

}  // namespace braid
