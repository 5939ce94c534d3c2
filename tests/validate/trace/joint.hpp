// SPDX-License-Identifier: Apache-2.0
// A small program and its prediction, for traces to be held against. Times in us, so that
// traces can be written in the same numbers.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "sim/program/program.hpp"
#include "sim/timeline/timeline.hpp"

namespace braid::test {

struct Joint {
  Program program;
  Timeline predicted;

  explicit Joint(int pp) {
    program.schedule = "by hand";
    program.placement = {.tp = 1, .pp = pp, .dp = 1};
    program.ranks.resize(static_cast<std::size_t>(pp));
    predicted.provenance.kind = "simulated";
    predicted.ranks.resize(static_cast<std::size_t>(pp));
    for (int r = 0; r < pp; ++r) predicted.ranks[static_cast<std::size_t>(r)].rank = r;
  }

  /// An op and its predicted span.
  Joint& op(int rank, Lane lane, OpKey key, double start_us, double end_us, const WorkItem& work = {}) {
    key.rank = rank;
    const auto r = static_cast<std::size_t>(rank);
    program.works.push_back(work);
    program.ranks[r].ops.push_back(
        {.key = key, .lane = lane, .work = static_cast<std::uint16_t>(program.works.size() - 1)});
    const Seconds end(end_us * 1e-6);
    predicted.ranks[r].lanes[static_cast<std::size_t>(lane)].push_back(
        {.key = key, .start = Seconds(start_us * 1e-6), .end = end, .stretch = {}});
    predicted.step_time = std::max(predicted.step_time, end);
    return *this;
  }
  Joint& pass(int rank, OpKind kind, int microbatch, double start_us, double end_us, int chunk = 0,
              const WorkItem& work = {}) {
    const OpKey key{.microbatch = static_cast<std::int16_t>(microbatch),
                    .layer = 0,
                    .chunk = static_cast<std::int8_t>(chunk),
                    .kind = kind,
                    .unit = Unit::mlp};
    return op(rank, Lane::compute, key, start_us, end_us, work);
  }
  Joint& message(int rank, OpKind kind, int microbatch, double start_us, double end_us) {
    const OpKey key{.microbatch = static_cast<std::int16_t>(microbatch), .chunk = 0, .kind = kind};
    return op(rank, Lane::pp, key, start_us, end_us, {.kind = WorkKind::message});
  }
};

}  // namespace braid::test
