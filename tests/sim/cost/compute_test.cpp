// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/compute.hpp"

#include <gtest/gtest.h>

#include "sim/cost/gemm.hpp"
#include "sim/cost/point.hpp"
#include "tests/sim/cost/test_hardware.hpp"

namespace braid {
namespace {

Profile ideal_profile() {
  Profile profile = default_profile(round_gpu());
  profile.parameters = ideal_parameters();
  return profile;
}

WorkItem mlp_forward() {
  WorkItem item;
  item.compute.unit = Unit::mlp;
  item.compute.gemms = {{.m = 1280, .n = 2560, .k = 2000}, {.m = 1280, .n = 2560, .k = 1000}};
  item.compute.elementwise = Bytes(1e9);
  item.compute.kernels = 4;  // two products, two that only move bytes
  return item;
}

TEST(ComputeCost, AddsItsKernels) {
  // Whole waves: 2 * 128 * 256 * (2000 + 1000) / 1e12 = 0.196608 ms; epilogues of 64 x 32: 4096 B at 10 GB/s; 1 GB at
  // 1 TB/s = 1 ms; two small kernels of 3
  // us.
  Profile profile = ideal_profile();
  profile.parameters.kernel_overhead_s = 3e-6;
  const ComputeCost cost = compute_cost(mlp_forward(), round_gpu(), profile);
  EXPECT_NEAR(cost.duration.value, 0.196608e-3 + 2 * 0.4096e-6 + 1e-3 + 6e-6, 1e-12);
  Seconds sum;
  for (const KernelCost& kernel : cost.kernels) sum += kernel.time;
  EXPECT_DOUBLE_EQ(sum.value, cost.duration.value);
}

TEST(ComputeCost, ChargesTheFixedCostOfAnAttnOrMlpUnitOnceForEachPass) {
  Profile profile = ideal_profile();
  const auto with = [&](WorkItem item) {
    profile.parameters.unit_overhead_s = 0;
    const Seconds without = compute_cost(item, round_gpu(), profile).duration;
    profile.parameters.unit_overhead_s = 1e-3;
    return (compute_cost(item, round_gpu(), profile).duration - without).value;
  };
  WorkItem item = mlp_forward();
  EXPECT_NEAR(with(item), 1e-3, 1e-12);
  item.compute.pass = Pass::W;
  EXPECT_NEAR(with(item), 1e-3, 1e-12);
  item.compute.part = WPart::row_parallel;
  EXPECT_NEAR(with(item), 0.5e-3, 1e-12);
  item.compute.unit = Unit::pre_mlp;
  EXPECT_NEAR(with(item), 0, 1e-12);
}

TEST(ComputeCost, TakesAnOptimizerStepAsBytes) {
  WorkItem item;
  item.optimizer_traffic = Bytes(5e9);
  EXPECT_NEAR(compute_cost(item, round_gpu(), ideal_profile()).duration.value, 5e-3, 1e-12);
}

TEST(ComputeCost, LetsAMeasuredPointReplaceTheRuleOfThatShapeAlone) {
  // The first product measured at 1 ms: the second keeps 0.065536 ms + the epilogue.
  Profile profile = ideal_profile();
  const WorkItem item = mlp_forward();
  profile.points[gemm_key(item.compute.gemms[0], Pass::F)] = {.duration = Seconds(1e-3), .source = "a clock"};
  EXPECT_NEAR(compute_cost(item, round_gpu(), profile).duration.value, 1e-3 + 0.065536e-3 + 0.4096e-6 + 1e-3, 1e-12);
  // The same shape in another pass is another point.
  WorkItem other = item;
  other.compute.pass = Pass::I;
  EXPECT_LT(compute_cost(other, round_gpu(), profile).duration, Seconds(1.3e-3));
}

TEST(ComputeCost, LetsAPointForTheWholeOpWin) {
  Profile profile = ideal_profile();
  const WorkItem item = mlp_forward();
  profile.points[work_key(item.compute)] = {.duration = Seconds(7e-3), .source = "a clock"};
  const ComputeCost cost = compute_cost(item, round_gpu(), profile);
  EXPECT_DOUBLE_EQ(cost.duration.value, 7e-3);
  Seconds sum;
  for (const KernelCost& kernel : cost.kernels) sum += kernel.time;
  EXPECT_NEAR(sum.value, 7e-3, 1e-15);
}

}  // namespace
}  // namespace braid
