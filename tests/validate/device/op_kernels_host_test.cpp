// SPDX-License-Identifier: Apache-2.0
// Whole steps of small programs with the kernels' arithmetic on the host: that each op reads and writes what it should,
// and that memory is reused without harm whatever the schedule and the order in which its ops happen to run.
#include <gtest/gtest.h>

#include <map>

#include "calibrate/sweep/numerics.hpp"
#include "tests/validate/device/any_order.hpp"
#include "tests/validate/device/op_reference.hpp"
#include "tests/validate/runner/small_programs.hpp"

namespace braid::gpu {
namespace {

Scenario scenario_of(int pp, int microbatches, Recompute recompute) {
  Scenario s = testing::small_scenario(8, pp, microbatches, recompute);
  s.model.hidden = 16;
  s.model.heads = 4;
  s.model.kv_heads = 2;
  s.model.head_dim = 4;
  s.model.ffn = 16;
  s.model.vocab = 32;
  s.plan.sequence = 4;
  s.step_end.optimizer = false;
  return s;
}

/// Gradients of a step by what they belong to, over all ranks.
using Gradients = std::map<std::string, std::vector<double>>;

void add(Gradients& to, const std::string& name, const float* gradients, const Parameter& p) {
  auto& sum = to[name];
  sum.resize(p.count);
  for (std::size_t i = 0; i < p.count; ++i) sum[i] += static_cast<double>(gradients[p.offset + i]);
}

Gradients gradients_of(const std::vector<std::unique_ptr<OpKernels>>& kernels) {
  Gradients all;
  for (const auto& k : kernels) {
    const float* g = k->gradients();
    for (const auto& [number, l] : k->layout().layers) {
      const std::string layer = "layer " + std::to_string(number) + ' ';
      add(all, layer + "pre_attn", g, l.pre_attn), add(all, layer + "qkv", g, l.qkv);
      add(all, layer + "out_proj", g, l.out_proj), add(all, layer + "pre_mlp", g, l.pre_mlp);
      add(all, layer + "gate_up", g, l.gate_up), add(all, layer + "down", g, l.down);
    }
    if (k->layout().embedding) add(all, "embedding", g, *k->layout().embedding);
    if (k->layout().final_norm) add(all, "final_norm", g, *k->layout().final_norm);
    if (k->layout().head) add(all, "head", g, *k->layout().head);
  }
  return all;
}

Gradients step(const std::string& what, const Program& program, std::uint32_t seed) {
  std::vector<std::unique_ptr<OpKernels>> kernels;
  for (int rank = 0; rank < static_cast<int>(program.ranks.size()); ++rank)
    kernels.push_back(std::make_unique<OpKernels>(program, rank, KernelSite{}));
  EXPECT_TRUE(AnyOrder(program, kernels, seed).run()) << what;
  return gradients_of(kernels);
}

// The reference: one rank, one microbatch after the other, whole backward, nothing recomputed.
Gradients plain_step(int microbatches) {
  std::vector<Action> actions;
  for (int m = 0; m < microbatches; ++m) {
    actions.push_back({ActionType::F, 0, m});
    actions.push_back({ActionType::B, 0, m});
  }
  return step("plain", testing::one_rank(actions, scenario_of(1, microbatches, Recompute::none)), 0);
}

class OpKernelsOnHost : public ::testing::TestWithParam<Recompute> {};

// Gradients are sums over microbatches of the same bf16 tensors, whatever the schedule: only the order of fp32 sums
// differs, 2^-24 of a value each.
TEST_P(OpKernelsOnHost, EveryScheduleMakesTheGradientsOfThePlainStep) {
  const Gradients want = plain_step(6);
  ASSERT_EQ(want.size(), 8u * 6 + 3);
  for (const auto& [name, values] : want) {
    double norm = 0;
    for (const double v : values) norm += v * v;
    ASSERT_GT(norm, 0) << name;
  }
  std::uint32_t seed = 1;
  for (const auto& [what, program] : testing::every_schedule(scenario_of(2, 6, GetParam()))) {
    const Gradients got = step(what, program, seed++);
    ASSERT_EQ(got.size(), want.size()) << what;
    for (const auto& [name, values] : want)
      ASSERT_LT(relative_error(got.at(name), values), 1e-5) << what << ' ' << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Recomputations, OpKernelsOnHost,
                         ::testing::Values(Recompute::none, Recompute::selective, Recompute::full));

// The checks that run on a GPU, on what is right by construction: a test of the tests.
TEST(OpKernelsReference, FindsNothingWhereTheArithmeticIsTheReferences) {
  for (const Recompute recompute : {Recompute::none, Recompute::selective, Recompute::full}) {
    const Program program =
        testing::one_rank({{ActionType::F, 0, 0}, {ActionType::B, 0, 0}}, scenario_of(1, 1, recompute));
    const OpKernels kernels(program, 0, {});
    OpReference reference(program, 0, kernels, nullptr);
    int compared = 0;
    for (std::uint32_t op = 0; op < program.ranks[0].ops.size(); ++op) {
      for (const OpError& e : reference.run(op)) {
        EXPECT_LT(e.error, kNumericLimit) << e.what;
        ++compared;
      }
    }
    EXPECT_GT(compared, 25);
  }
}

// Adam moves every weight by about its rate, 1e-4, as all gradients are other than 0; weights deviate by 0.02.
TEST(OpKernelsOptimizer, MovesEveryWeightByItsRate) {
  Scenario scenario = scenario_of(1, 1, Recompute::none);
  scenario.step_end.optimizer = true;
  const Program program = testing::one_rank({{ActionType::F, 0, 0}, {ActionType::B, 0, 0}}, scenario);
  const OpKernels kernels(program, 0, {});
  const std::vector<double> before = read(kernels.weights(), kernels.layout().elements);
  for (std::uint32_t op = 0; op < program.ranks[0].ops.size(); ++op) kernels.enqueue(op, nullptr);
  const double change = relative_error(read(kernels.weights(), kernels.layout().elements), before);
  EXPECT_GT(change, 1e-5);
  EXPECT_LT(change, 0.1);
}

}  // namespace
}  // namespace braid::gpu
