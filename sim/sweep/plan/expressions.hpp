// SPDX-License-Identifier: Apache-2.0
// Expressions of a sweep: arithmetic and comparison over the facts of a point.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "sim/sweep/plan/sweep.hpp"

namespace mu {
class Parser;
}

namespace braid {

/// A fact that a field of the scenario gives. Of `chunks` it is the field of the run that is played.
struct GivenFact {
  const char* name;
  const char* field;
};
inline constexpr GivenFact kGivenFacts[] = {{"tp", "plan.tp"},
                                            {"pp", "plan.pp"},
                                            {"dp", "plan.dp"},
                                            {"microbatches", "plan.microbatches"},
                                            {"microbatch_size", "plan.microbatch_size"},
                                            {"sequence", "plan.sequence"},
                                            {"nodes", "cluster.nodes"},
                                            {"gpus_per_node", "cluster.gpus_per_node"},
                                            {"layers", "model.layers"},
                                            {"hidden", "model.hidden"},
                                            {"heads", "model.heads"},
                                            {"kv_heads", "model.kv_heads"},
                                            {"vocab", "model.vocab"},
                                            {"chunks", "chunks"}};
/// Facts that follow from the given ones, behind them.
inline constexpr const char* kFollowingFacts[] = {"gpus", "global_batch"};

inline constexpr std::size_t kGiven = std::size(kGivenFacts);
inline constexpr std::size_t kFacts = kGiven + std::size(kFollowingFacts);
using Facts = std::array<double, kFacts>;

const char* name_of_fact(std::size_t place);

/// From the given facts to all of them. `kv_heads` 0 stands for "as many as heads".
void complete(Facts& facts);

class CompiledExpression {
 public:
  /// On facts that outlive it. Throws Error(expression.where, ...) that names what is wrong in the text.
  CompiledExpression(const Expression& expression, Facts& facts);
  ~CompiledExpression();
  CompiledExpression(CompiledExpression&&) noexcept;
  CompiledExpression& operator=(CompiledExpression&&) noexcept;

  /// Of the facts as they are. Throws Error(expression.where, ...) where it divides by zero or gives no number.
  double value() const;
  const Expression& expression() const { return *expression_; }
  /// Places among kGivenFacts of what it depends on.
  const std::vector<std::size_t>& needs() const { return needs_; }

 private:
  const Expression* expression_;
  std::unique_ptr<mu::Parser> parser_;
  std::vector<std::size_t> needs_;
};

}  // namespace braid
