// SPDX-License-Identifier: Apache-2.0
// What ties a store to its sweep, and what a store has of a sweep already.
//
// Facts of the store (SweepStore::fact): "name", "sweep" (the file's text), "base" (hash of what all points have in
// common: the scenario, its profile, what must fit), "fields" (those that a choice names), "files" (hash and path of
// each file that a value names),  "version" (of Braid), "points" (of the whole sweep).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/sweep/plan/expand.hpp"
#include "sim/sweep/store/store.hpp"

namespace braid {

inline constexpr const char* kSweepFacts[] = {"name", "sweep", "base", "fields", "files", "version", "points"};

/// Tells a new store whose it is. Throws Error(path, ...) if it is another's: other scenario, other fields, a
/// file that has changed, another version of Braid. Values, constraints, runs and `refine` may differ: what is chosen
/// says what is known.
void tie(SweepStore& store, const Sweep& sweep, std::int64_t points);

/// Throws Error(other, ...) if the two stores are not of one sweep.
void require_same_sweep(const SweepStore& store, const SweepStore& other);

/// What the store has of these points, ascending. Its rows get the places that they have now: the sweep may have grown.
/// If the points are the `whole` sweep, rows of none of them go to -1.
struct Known {
  std::vector<Configuration> rows;    ///< slim, in the order of the points
  std::int64_t same = 0;              ///< points that are the configuration of an earlier one
  std::vector<std::int64_t> unknown;  ///< points, ascending
};
Known known_points(SweepStore& store, const Sweep& sweep, const std::vector<std::int64_t>& points, bool whole);

}  // namespace braid
