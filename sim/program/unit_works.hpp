// SPDX-License-Identifier: Apache-2.0
// The WorkItems of a Program, each made once: what the units of one scenario demand, allocate and release.
#pragma once

#include "sim/program/program.hpp"
#include "sim/scenario/scenario.hpp"

namespace braid {

class UnitWorks {
 public:
  UnitWorks(Program& program, const Scenario& scenario) : program_(program), scenario_(scenario) {}

  /// Forward; what it keeps depends on the recomputation of the plan.
  std::uint16_t forward(Unit unit);
  /// The forward run again before I; `core` is the attention core alone (selective).
  std::uint16_t recomputed(Unit unit);
  std::uint16_t recomputed_attention_core();
  std::uint16_t input_grad(Unit unit);
  std::uint16_t weight_grad(Unit unit, WPart part);
  std::uint16_t collective(OpKind kind, Scope scope, Bytes full_buffer);
  std::uint16_t message(Bytes bytes);
  std::uint16_t optimizer(Bytes traffic);
  std::uint16_t add(WorkItem item);

  /// Bytes of the residual stream of one microbatch, unsplit: what a tensor-parallel collective moves.
  Bytes residual() const;
  /// What travels between stages: the residual stream, or this rank's slice of it under sequence parallelism.
  Bytes boundary() const;

 private:
  Kept kept(Unit unit) const;

  Program& program_;
  const Scenario& scenario_;
};

}  // namespace braid
