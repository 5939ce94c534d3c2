// SPDX-License-Identifier: Apache-2.0
// From a sweep to its points: which of the product satisfy the constraints, and what is chosen at each.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/sweep/plan/sweep.hpp"

namespace braid {

/// What one point puts in place of the scenario's fields, derived fields included, and which run it plays.
struct Choice {
  std::vector<Override> chosen;     ///< as the sweep writes them
  std::vector<Override> overrides;  ///< what makes the scenario: fixed ones, then the chosen, with paths resolved
  std::string run;                  ///< label
};
/// Of the point at this place of the product. Throws Error as expand() does.
Choice choice_of(const Sweep& sweep, std::int64_t point);
/// The same for one point after the other: what they have in common is read once. The sweep must outlive it.
class Choices {
 public:
  explicit Choices(const Sweep& sweep);
  ~Choices();
  Choices(Choices&&) noexcept;
  Choices& operator=(Choices&&) noexcept;
  Choice at(std::int64_t point);

 private:
  struct Kept;
  std::unique_ptr<Kept> kept_;
};
/// One line of JSON, fields in the order of the axes, then the derived ones, then "run": equal texts, equal choices.
std::string to_text(const Choice& choice);
/// Text of the fields and values of such a line, in its order. Throws Error(where, ...) if it is none.
std::vector<std::pair<std::string, std::string>> parse_choice(std::string_view text, const std::string& where);

struct Expansion {
  std::vector<std::int64_t> points;  ///< that satisfy all constraints, ascending
  std::vector<std::pair<std::string, std::int64_t>>
      dropped_by;  ///< constraint, and how many points it was first to drop
};
/// Throws Error: a constraint that is no expression or names what is not there, a derived field that is no whole
/// number, and, with the constraints that did it, if no point is left.
Expansion expand(const Sweep& sweep);

/// What expressions may name: tp, pp, dp, microbatches, microbatch_size, sequence, global_batch (samples a step), gpus
/// (of the cluster), nodes, gpus_per_node, layers, hidden, heads, kv_heads, vocab, chunks (of the run; 1 if not given).
std::map<std::string, double> facts_of(const Scenario& scenario, const Run& run);

/// The scenario of a choice, read but not checked, with all of its runs. Throws Error as parse_scenario() does.
Scenario scenario_at(const Sweep& sweep, const Choice& choice);

}  // namespace braid
