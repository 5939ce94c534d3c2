// SPDX-License-Identifier: Apache-2.0
#include "sim/schedule/best_of.hpp"

#include <algorithm>

#include "sim/schedule/peaks.hpp"

namespace braid {

void BestOf::offer(Schedule schedule) {
  const PeakActivations peaks = peak_activations(schedule);
  const int until_w = std::ranges::max(peaks.until_w);
  if (until_w > most_until_w || std::ranges::max(peaks.inclusive) > most_inclusive) return;
  const Replay played = replay(schedule, costs_);
  if (!played.complete) return;
  double span = 0;
  for (std::size_t row = 0; row < played.start.size(); ++row) {
    span = std::max(span, played.end[row].back() - played.start[row].front());
  }
  const auto score = judged_ == Judged::by_span ? std::tuple(span, played.makespan, until_w)
                                                : std::tuple(played.makespan, span, until_w);
  if (best_ && score >= score_) return;
  best_ = std::move(schedule);
  score_ = score;
}

Schedule BestOf::take() {
  BRAID_CHECK(best_.has_value(), "at least one policy runs to the end");
  return *std::move(best_);
}

}  // namespace braid
