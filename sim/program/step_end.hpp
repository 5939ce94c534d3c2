// SPDX-License-Identifier: Apache-2.0
// What surrounds the pipeline on a rank: gradients shared over replicas, the optimizer, resident bytes.
//
// Gradients are reduced in buckets, filled from the last layer of a stage to its first as backward yields them. With
// `overlap` a bucket goes out when the last microbatch has added to it, else after all of the rank's backward.
// all_reduce: every replica keeps a whole optimizer. zero1: buckets are reduce-scattered, each replica updates its
// share, and parameters are all-gathered: at the start of the step behind the first forwards (overlap; what a step in
// the middle of training does) or after the optimizer [Rajbhandari20]. Tied embeddings on two ranks exchange their
// gradients, which for two is a ring all-reduce [Shoeybi19], when replicas have summed theirs;
// so do the two ranks that hold the same stages in DualPipe, of all their parameters (with zero1 of their share).
#pragma once

#include <array>
#include <vector>

#include "sim/program/rank_builder.hpp"
#include "sim/program/stream.hpp"

namespace braid {

/// Two ranks that hold the same parameters and so add up their gradients.
struct GradientExchange {
  std::array<int, 2> ranks{};
  std::array<std::uint32_t, 2> from{kNoMessage, kNoMessage};  ///< what each sends to the other
  bool tied = false;  ///< the embedding of the first and the head of the second, else all that they hold
};
/// A rank takes part in one of them at most.
std::vector<GradientExchange> gradient_exchanges(Program& program, const Schedule& schedule, const Scenario& scenario);

class StepEndBuilder {
 public:
  StepEndBuilder(Program& program, RankBuilder& builder, const Schedule& schedule, const Scenario& scenario,
                 const std::vector<StageLayers>& stages, const std::vector<GradientExchange>& exchanges,
                 UnitWorks& works);

  /// The parameter all-gathers of an overlapped zero1. Call before the first block.
  void begin_step();
  /// The op that the first forward of a stage has to wait for; kNoOp for all others.
  std::uint32_t parameters_ready(int stage);
  /// `layer` -1: of the embedding or the head, as `unit` says.
  void weight_grad_issued(int stage, int layer, Unit unit, std::uint32_t op);
  /// Call behind each action: sends buckets out once the stage's last weight gradient is issued.
  void action_issued(const Action& action);
  /// What is left of the buckets, the exchange of gradients, the optimizer, parameters that must be gathered now.
  void end_step();

 private:
  struct Bucket {
    int stage = 0;
    double parameters = 0;
    std::uint32_t ready = kNoOp;  ///< the last weight gradient that it holds
  };
  struct Mine {
    int stage = 0;
    int weight_actions_left = 0;
    bool in_buckets = false;
    std::vector<std::uint32_t> last_grad;  ///< embedding, layers first to last, head
    std::uint32_t parameters = kNoOp;      ///< the all-gather that brings them, until the first forward has asked
  };
  Mine& mine(int stage);
  bool gradients_issued(const Mine& of) const;
  void fill_buckets(const Mine& of);
  void reduce(const Bucket& bucket);
  void gather_parameters();
  std::uint32_t exchange_gradients();
  std::uint32_t last_gradient() const;
  std::vector<double> parameters_by_layer(int stage) const;
  double parameters_of(int stage) const;
  double parameters_on_rank() const;

  Program& program_;
  RankBuilder& builder_;
  const Scenario& scenario_;
  const std::vector<StageLayers>& stages_;
  const std::vector<GradientExchange>& exchanges_;
  UnitWorks& works_;
  std::vector<Mine> mine_;
  std::vector<Bucket> waiting_;
  bool one_matrix_ = false;  ///< the embedding and the head of this rank are one tied matrix
  int dp_ops_ = 0;
  std::uint32_t last_dp_ = kNoOp;
};

}  // namespace braid
