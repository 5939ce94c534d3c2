// SPDX-License-Identifier: Apache-2.0
// Issues the ops of one block: the segments of its actions in turn.
#pragma once

#include <functional>
#include <vector>

#include "sim/program/rank_builder.hpp"
#include "sim/program/stream.hpp"

namespace braid {

/// The layers of every stage. Throws Error as layers_of_stages() does.
std::vector<StageLayers> stage_layers(const Scenario& scenario, int stages);

/// A Program without ops of a checked schedule. Throws Error if schedule and scenario do not fit: other numbers of
/// ranks or microbatches.
Program program_frame(const Schedule& schedule, const Scenario& scenario, const Run& run);

/// What actions hang on when they begin.
class BlockInputs {
 public:
  BlockInputs(RankBuilder& builder, UnitWorks& works, const Scenario& scenario, const Run& run);

  /// The work of messages between stages: the whole boundary, or each tensor-parallel rank's slice of it.
  static std::uint16_t message_work(UnitWorks& works, const Scenario& scenario, const Run& run);
  /// The op that an action's first op waits for, or kNoOp: what brings its input; of a W what its I left. Of a
  /// scattered message each rank of the tensor-parallel group got a slice, which are gathered here.
  std::uint32_t input_of(const Action& action);

 private:
  RankBuilder& builder_;
  UnitWorks& works_;
  bool scatters_;
};

/// One action on its way through its segments, and in the end what it left behind.
struct Stream {
  Action action;
  std::vector<Segment> segments;
  std::size_t next = 0;
  std::uint32_t chain = kNoOp;  ///< what a dependent item waits for: first the input, in the end the output
  std::uint32_t regather = kNoOp;
  std::uint32_t entry = kNoOp;  ///< the first op that waits for the input; kNoOp: none does

  bool done() const { return next == segments.size(); }
  bool backward() const { return action.type != ActionType::F; }
};

/// Told of every weight gradient: stage, item, op.
using WeightGradIssued = std::function<void(int, const Item&, std::uint32_t)>;

class BlockIssuer {
 public:
  BlockIssuer(RankBuilder& builder, const Plan& plan, AsyncAllReduce async, const std::vector<StageLayers>& stages,
              UnitWorks& works, WeightGradIssued weight_grad_issued)
      : builder_(builder),
        plan_(plan),
        async_(async),
        stages_(stages),
        works_(works),
        weight_grad_issued_(std::move(weight_grad_issued)) {}

  /// `inputs`: by action, what it waits for; `gate`: what the first op waits for besides.
  std::vector<Stream> issue(const Block& block, const std::vector<std::uint32_t>& inputs, std::uint32_t gate);
  /// The last compute op issued so far.
  std::uint32_t last_compute() const { return last_compute_; }

 private:
  void issue(Stream& stream, const Segment& segment);

  RankBuilder& builder_;
  const Plan& plan_;
  AsyncAllReduce async_;
  const std::vector<StageLayers>& stages_;
  UnitWorks& works_;
  WeightGradIssued weight_grad_issued_;
  std::uint32_t last_compute_ = kNoOp;
  std::uint32_t gate_ = kNoOp;
};

}  // namespace braid
