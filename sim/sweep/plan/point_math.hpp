// SPDX-License-Identifier: Apache-2.0
// Constraints and derived fields of a sweep at one point after the other.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/sweep/plan/expressions.hpp"

namespace braid {

/// In an order in which each has what it needs, constraints as early as can be: a derived field is computed only where
/// the constraints that do not need it are satisfied.
class PointMath {
 public:
  /// `run_indices`: places in the scenario of the sweep's runs. Throws Error with every expression that is none, and
  /// where derived fields need each other in a ring. The sweep must outlive it.
  PointMath(const Sweep& sweep, const std::vector<int>& run_indices);
  PointMath(const PointMath&) = delete;
  PointMath& operator=(const PointMath&) = delete;

  /// Place among the sweep's constraints of the first one that the point does not satisfy, or nothing. `run`: place
  /// among the sweep's runs. Throws Error if something divides by zero or a derived field is no whole number.
  std::optional<std::size_t> first_unsatisfied(const Facts& given, std::size_t run);
  /// All derived fields, in the order of the sweep, whatever the constraints say.
  const std::vector<std::int64_t>& derive(const Facts& given, std::size_t run);

 private:
  struct Step {
    bool derives;
    std::size_t index;
  };
  void order(const Sweep& sweep);
  void compute(std::size_t derived, std::size_t run);

  Facts facts_{}, given_{};
  std::vector<CompiledExpression> constraints_, derived_;
  std::vector<Step> steps_;
  std::vector<std::vector<int>> sets_;  ///< [derived][run]: place of the given fact, or -1
  std::vector<std::int64_t> values_;    ///< of derived fields
};

}  // namespace braid
