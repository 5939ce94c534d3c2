// SPDX-License-Identifier: Apache-2.0
// On a GPU: every op of small programs against double precision on the host, and deferred weight gradients against
// those that are not.
#include <gtest/gtest.h>

#include "calibrate/device/check.hpp"
#include "calibrate/device/partition.hpp"
#include "calibrate/device/stream.hpp"
#include "calibrate/sweep/numerics.hpp"
#include "tests/validate/device/op_reference.hpp"
#include "tests/validate/runner/small_programs.hpp"

namespace braid::gpu {
namespace {

constexpr Action F(int microbatch) { return {ActionType::F, 0, microbatch}; }
constexpr Action I(int microbatch) { return {ActionType::I, 0, microbatch}; }
constexpr Action W(int microbatch) { return {ActionType::W, 0, microbatch}; }
constexpr Action B(int microbatch) { return {ActionType::B, 0, microbatch}; }

/// Heads of 128 and widths that the kernels take, one layer between embedding and head.
Scenario scenario_of(int microbatches, Recompute recompute = Recompute::none, int tp = 1) {
  Scenario s = testing::small_scenario(1, 1, microbatches, recompute);
  s.model.hidden = 512;
  s.model.heads = 4;
  s.model.kv_heads = 2;
  s.model.head_dim = 128;
  s.model.ffn = 1024;
  s.model.vocab = 1024;
  s.plan.tp = tp;
  s.plan.sequence = 128;
  s.step_end.optimizer = false;
  return s;
}

void expect_right(const Program& program) {
  const Stream stream;
  const OpKernels kernels(program, 0, {.stream = stream});
  OpReference reference(program, 0, kernels, stream);
  int compared = 0;
  for (std::uint32_t op = 0; op < program.ranks[0].ops.size(); ++op) {
    for (const OpError& e : reference.run(op)) {
      EXPECT_LT(e.error, kNumericLimit) << e.what;
      ++compared;
    }
  }
  EXPECT_GT(compared, 25);
}

TEST(OpKernels, ForwardAndBackwardAreRight) { expect_right(testing::one_rank({F(0), B(0)}, scenario_of(1))); }
TEST(OpKernels, DeferredWeightGradientsAreRight) {
  expect_right(testing::one_rank({F(0), F(1), I(0), I(1), W(0), W(1)}, scenario_of(2)));
}
TEST(OpKernels, RecomputedLayersAreRight) {
  expect_right(testing::one_rank({F(0), B(0)}, scenario_of(1, Recompute::full)));
  expect_right(testing::one_rank({F(0), B(0)}, scenario_of(1, Recompute::selective)));
}
// Alone of two ranks: products of half the width, and half of the residual stream.
TEST(OpKernels, AShardIsRight) { expect_right(testing::one_rank({F(0), B(0)}, scenario_of(1, Recompute::none, 2))); }

std::vector<double> gradients_of(const std::vector<Action>& actions) {
  const Program program = testing::one_rank(actions, scenario_of(2));
  const Stream stream;
  const OpKernels kernels(program, 0, {.stream = stream});
  for (std::uint32_t op = 0; op < program.ranks[0].ops.size(); ++op) kernels.enqueue(op, stream);
  BRAID_CUDA(cudaStreamSynchronize(stream));
  return read(kernels.gradients(), kernels.layout().elements);
}

// The same products of the same tensors, added in the same order; only the algorithm that timing chose may differ, and
// with it the order of its sums.
TEST(OpKernels, DeferredWeightGradientsAreThoseOfAFullBackward) {
  const std::vector<double> at_once = gradients_of({F(0), F(1), B(0), B(1)});
  const std::vector<double> later = gradients_of({F(0), F(1), I(0), I(1), W(0), W(1)});
  EXPECT_LT(relative_error(later, at_once), kNumericLimit);
  // Without the second microbatch's share they differ.
  const std::vector<double> half = gradients_of({F(0), F(1), I(0), I(1), W(0)});
  EXPECT_GT(relative_error(half, at_once), 10 * kNumericLimit);
}

// Step after step the optimizer changes weights by its own rate, and nothing becomes infinite.
TEST(OpKernels, NumbersStaySaneOverManySteps) {
  Scenario scenario = scenario_of(2, Recompute::none, 2);
  scenario.step_end.optimizer = true;
  const Program program = testing::one_rank({F(0), B(0), F(1), B(1)}, scenario);
  const Stream stream;
  const OpKernels kernels(program, 0, {.stream = stream});
  const std::size_t n = kernels.layout().elements;
  const std::vector<double> before = read(kernels.weights(), n);
  for (int step = 0; step < 40; ++step) {
    for (std::uint32_t op = 0; op < program.ranks[0].ops.size(); ++op) kernels.enqueue(op, stream);
  }
  BRAID_CUDA(cudaStreamSynchronize(stream));
  const double change = relative_error(read(kernels.weights(), n), before);  // 1e30 for what is no number
  EXPECT_GT(change, 1e-4);
  EXPECT_LT(change, 1);
}

TEST(OpKernels, RunsOnAPartitionBesideAnother) {
  const Program program = testing::one_rank({F(0), B(0)}, scenario_of(1));
  const Partitions partitions(2, 32);
  const KernelSite first{.sms = 32, .stream = partitions.stream(0)}, second{.sms = 32, .stream = partitions.stream(1)};
  const OpKernels a(program, 0, first), b(program, 0, second);
  for (std::uint32_t op = 0; op < program.ranks[0].ops.size(); ++op) {
    a.enqueue(op, first.stream);
    b.enqueue(op, second.stream);
  }
  BRAID_CUDA(cudaDeviceSynchronize());
  const std::size_t n = a.layout().elements;
  EXPECT_LT(relative_error(read(a.gradients(), n), read(b.gradients(), n)), kNumericLimit);
}

}  // namespace
}  // namespace braid::gpu
