// SPDX-License-Identifier: Apache-2.0
#include "validate/runner/measured_run.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "calibrate/method/stats.hpp"
#include "sim/base/error.hpp"

namespace braid {
namespace {

/// Places of the spans by key; spans of one key stay in order of start.
std::vector<std::uint32_t> by_key(const std::vector<Span>& spans) {
  std::vector<std::uint32_t> order(spans.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [&](std::uint32_t i) { return spans[i].key; });
  return order;
}

/// Spread of each span of `lanes[chosen]` over all of them.
std::vector<OpSpread> spread_of(const std::vector<const std::vector<Span>*>& lanes, std::size_t chosen) {
  std::vector<std::vector<std::uint32_t>> orders;
  for (const auto* lane : lanes) {
    orders.push_back(by_key(*lane));
    BRAID_CHECK(lane->size() == lanes[chosen]->size(), "repeats of a step have the same spans");
  }
  std::vector<OpSpread> spread(lanes[chosen]->size());
  std::vector<double> durations(lanes.size());
  for (std::size_t i = 0; i < spread.size(); ++i) {
    const Span& span = (*lanes[chosen])[orders[chosen][i]];
    for (std::size_t n = 0; n < lanes.size(); ++n) {
      const Span& same = (*lanes[n])[orders[n][i]];
      BRAID_CHECK(same.key == span.key, "repeats of a step have the same spans");
      durations[n] = (same.end - same.start).value;
    }
    const Stats of_op = stats(durations);
    spread[orders[chosen][i]] = {.median = Seconds(of_op.median), .p25 = Seconds(of_op.p25), .p75 = Seconds(of_op.p75)};
  }
  return spread;
}

}  // namespace

Seconds MeasuredRun::step_time() const {
  const std::vector<Seconds>& steps = untraced.empty() ? traced : untraced;
  BRAID_CHECK(!steps.empty(), "a run has steps");
  std::vector<double> samples;
  for (const Seconds step : steps) samples.push_back(step.value);
  return Seconds(stats(std::move(samples)).median);
}

MeasuredRun summarise(std::vector<Timeline> traced_repeats) {
  BRAID_CHECK(!traced_repeats.empty(), "a run has a traced repeat");
  MeasuredRun run;
  std::vector<std::size_t> order(traced_repeats.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (const Timeline& repeat : traced_repeats) run.traced.push_back(repeat.step_time);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return traced_repeats[i].step_time; });
  const std::size_t chosen = order[(order.size() - 1) / 2];

  const std::size_t ranks = traced_repeats[chosen].ranks.size();
  run.spread.resize(ranks);
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      std::vector<const std::vector<Span>*> lanes;
      for (const Timeline& repeat : traced_repeats) {
        BRAID_CHECK(repeat.ranks.size() == ranks, "repeats of a step have the same ranks");
        lanes.push_back(&repeat.ranks[rank].lanes[lane]);
      }
      run.spread[rank][lane] = spread_of(lanes, chosen);
    }
  }
  run.timeline = std::move(traced_repeats[chosen]);
  return run;
}

}  // namespace braid
