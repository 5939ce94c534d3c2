// SPDX-License-Identifier: Apache-2.0
// What cannot be placed on GPUs, each with the least that breaks it. An H100 has 132 SMs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/validate/device/two_ranks.hpp"
#include "validate/device/gpu_options.hpp"

namespace braid::gpu {
namespace {

using testing::HasSubstr;

std::string issue(const GpuRunnerOptions& options, const Program& program, int gpus = 1) {
  const auto issues = check(with_defaults(options), program, gpus, 132);
  return issues.empty() ? "" : issues.front().where + ": " + issues.front().what;
}

TEST(GpuOptionsErrors, OfPartitions) {
  Program p = test::two_ranks();
  EXPECT_EQ(issue({.sms = 64}, p), "");  // 2 x 64 = 128
  EXPECT_EQ(issue({.sms = 72}, p), "--sms: 2 ranks of 72 SMs do not fit on the 132 SMs of this GPU");
  EXPECT_EQ(issue({}, p), "");  // 64 each
  // Messages of 17 blocks: 2 x 17 = 34 of 32 SMs.
  EXPECT_EQ(issue({.sms = 32, .message_ctas = 16}, p), "");
  EXPECT_THAT(issue({.sms = 32, .message_ctas = 17}, p), HasSubstr("communication takes up to 17 SMs of a rank's 32"));
  p.placement.tp = 2;
  // A ring of 13 and messages of 4: 17 again.
  EXPECT_THAT(issue({.sms = 32, .collective_ctas = 13}, p), HasSubstr("up to 17 SMs"));
  p.placement.tp = 16;  // 132 / 32 = 4 SMs, which round to none
  EXPECT_THAT(issue({}, p), HasSubstr("32 ranks of 0 SMs"));
}

TEST(GpuOptionsErrors, OfAReplayAndOfSeveralGpus) {
  const Program p = test::two_ranks();
  EXPECT_EQ(issue({.placement = GpuPlacement::replay}, p), "--placement replay: plays one rank, the program has 2");
  EXPECT_EQ(issue({.placement = GpuPlacement::multi}, p), "--placement multi: the plan has 2 ranks, this node 1 GPUs");
  EXPECT_EQ(issue({.placement = GpuPlacement::multi}, p, 2), "");
  Program one = p;
  one.placement.pp = 1;
  one.ranks.resize(1);
  EXPECT_THAT(issue({.placement = GpuPlacement::replay, .collective_ctas = 124}, one),
              HasSubstr("hold 132 of 132 SMs"));
}

TEST(GpuOptionsErrors, OfOpsWithoutKernels) {
  Program p = test::two_ranks();
  p.works[test::kComputeWork].kind = WorkKind::fixed;
  EXPECT_THAT(issue({}, p), HasSubstr("has an abstract cost and no kernel"));
}

}  // namespace
}  // namespace braid::gpu
