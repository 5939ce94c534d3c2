// SPDX-License-Identifier: Apache-2.0
// A sweep into its store: what is there already is not played again.
//
// One process writes, in the order of the points, so that a store is always the beginning of the whole sweep, whenever
// it was killed and however many workers there are. Screening comes first; then the best `refine` configurations (most
// tokens a second of those that fit, by screened time; of equal ones the first) are played by units on the scenario's
// network. One that fails at that keeps its screened figures, and its reason says why it was not refined; it is not
// tried again.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "sim/sweep/plan/expand.hpp"
#include "sim/sweep/run/workers.hpp"
#include "sim/sweep/store/order_change.hpp"
#include "sim/sweep/store/store.hpp"

namespace braid {

/// What has happened so far, for progress and for the last line.
struct SweepProgress {
  const char* stage = "";   ///< "screen", "refine"
  std::int64_t points = 0;  ///< of this stage and shard
  std::int64_t known = 0;   ///< of them in the store before
  std::int64_t done = 0;    ///< known included
  std::int64_t pruned = 0, failed = 0, not_fitting = 0;
  double elapsed_s = 0;
};

struct SweepOptions {
  WorkerLimits limits;
  int shard = 1;   ///< from 1
  int shards = 1;  ///< points whose place among the sweep's points is shard-1 modulo shards; no refining if > 1
  std::function<bool(const SweepProgress&)> progress;  ///< every 0.2 s or so; false: stop, keep what is done
};

struct SweepOutcome {
  SweepProgress screened, refined;
  bool stopped = false;
  std::vector<std::pair<std::string, std::int64_t>> dropped_by;  ///< of the expansion
};

/// Throws Error: the store holds another sweep (other scenario, other fields, another version of Braid), is written by
/// another process, the disk is full. Everything found until then is in the store. To be called before this process has
/// threads.
SweepOutcome run_sweep(const Sweep& sweep, SweepStore& store, const SweepOptions& options);

/// Puts the rows of `parts` into `into` in the order of their points; of one configuration in several of them the row
/// that was refined wins, then the first, and any before one that failed. What `into` holds already counts as a part.
/// It is there whole or as it was, also for who reads it meanwhile. Throws Error if they hold different sweeps. Says
/// how many rows there are.
std::int64_t merge_stores(const std::vector<std::string>& parts, const std::string& into);

/// Of all points of the sweep those whose configuration another point of it has already, so that they have no row.
/// `rows` are all of the store, slim.
std::int64_t same_as_others(const SweepStore& store, const std::vector<Configuration>& rows);
/// How many points of the sweep the store has nothing of; 0 where it does not say how many there are.
std::int64_t missing_points(const SweepStore& store, const std::vector<Configuration>& rows);

}  // namespace braid
