// SPDX-License-Identifier: Apache-2.0
// The facts of one point after the other without reading its scenario: each given fact stands in one axis, in one
// derived field, or is the same at all points.
#pragma once

#include <vector>

#include "sim/sweep/plan/expressions.hpp"

namespace braid {

/// Of a scenario and the run that is played; without those that follow, and kv_heads 0 where the scenario gives none.
Facts given_facts(const Scenario& scenario, const Run& run);

/// Place in the scenario of the run of this label, or -1. `label` may be a field, as in Sweep::runs.
int index_of_run(const Scenario& scenario, const std::string& label);

/// Positions on the axes of a point, the run's last.
std::vector<std::size_t> positions_of(const Sweep& sweep, std::int64_t point);
/// Of "run.3.schedule" and "schedule" the 3; -1 if the field is not of that kind.
int run_of_field(std::string_view field, std::string_view last);
/// What these positions choose, as the sweep writes it.
std::vector<Override> chosen_at(const Sweep& sweep, const std::vector<std::size_t>& positions);
/// With fixed ones before them, paths as seen from here.
std::vector<Override> overrides_of(const Sweep& sweep, const std::vector<Override>& chosen);

/// Where the facts of a sweep's points come from.
class PointFacts {
 public:
  /// Reads the scenario once, and once more for each value of an axis that names a file. Throws Error as read_fields().
  explicit PointFacts(const Sweep& sweep);
  /// The given facts at these positions, those of derived fields as the scenario has them.
  void put(const std::vector<std::size_t>& positions, Facts& into) const;
  /// Places in the scenario of the sweep's runs.
  const std::vector<int>& run_indices() const { return run_indices_; }

 private:
  struct Swept {
    std::size_t fact, axis;
    std::vector<double> values;  ///< by position
    bool whole_part = false;     ///< of a model, a cluster or a plan as a whole
  };
  void read_axis(const Sweep& sweep, std::size_t axis);

  std::vector<int> run_indices_;
  std::vector<Facts> of_runs_;  ///< at the first position of all axes
  std::vector<Swept> swept_;    ///< a later one wins
  std::vector<std::vector<Swept>> chunks_of_runs_;
};

}  // namespace braid
