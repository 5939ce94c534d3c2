// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/price.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/cost/cost_program.hpp"
#include "sim/cost/point.hpp"
#include "tests/sim/cost/test_hardware.hpp"

namespace braid {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Profile ideal_profile() {
  Profile profile = default_profile(round_gpu());
  profile.parameters = ideal_parameters();
  profile.sources["gemm_efficiency"] = "measured by somebody";
  return profile;
}

WorkItem product() {
  WorkItem item;
  item.compute.unit = Unit::mlp;
  item.compute.gemms = {{.m = 12800, .n = 2560, .k = 2000}};
  item.compute.elementwise = Bytes(1e9);
  item.compute.kernels = 2;
  return item;
}

Program program_of(std::vector<WorkItem> works) {
  Program program;
  program.placement = {.tp = 4, .pp = 2};
  program.works = std::move(works);
  return program;
}

std::vector<Price> prices(const Program& program, const Profile& profile = ideal_profile()) {
  return prices_of(program, round_cluster(), profile, cost_program(program, round_cluster(), profile));
}

TEST(Prices, AreThoseThatTheProgramIsPlayedWith) {
  WorkItem collective, copy;
  collective.kind = WorkKind::collective;
  collective.bytes = Bytes(8e9);
  copy.kind = WorkKind::copy;
  copy.bytes = Bytes(2e9);
  const Program program = program_of({product(), collective, copy});
  const Costs costs = cost_program(program, round_cluster(), ideal_profile());
  const std::vector<Price> all = prices(program);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].time, costs.duration[0]);
  EXPECT_EQ(all[1].time, costs.collective[1].latency + costs.collective[1].transfer);
  EXPECT_EQ(all[2].time, costs.duration[2]);
  // Operands and result of the product, 2 bytes each, and what the other kernel moves: 2 * (12800 * 2000 + 2000 * 2560
  // + 12800 * 2560) + 1e9.
  EXPECT_EQ(all[0].traffic.value, 2.0 * (12800.0 * 2000 + 2000.0 * 2560 + 12800.0 * 2560) + 1e9);
  // A ring of 4 sends 2 * 3/4 of the buffer.
  EXPECT_EQ(all[1].traffic.value, 12e9);
}

TEST(Prices, NameTheRuleOfEachKernelAndWhereItsEfficiencyIsFrom) {
  const std::string source = prices(program_of({product()}))[0].source;
  // Every tile fits alike, so the one with the shortest epilogue wins: 200 x 80 of 64 x 32 on 100 SMs are 160 waves;
  // 131.072 GFLOP at 100 TFLOP/s; 1 GB at 1 TB/s.
  EXPECT_THAT(source, StartsWith("gemm F 12800x2560x2000 1.3"));
  EXPECT_THAT(source, HasSubstr("rule of products, 16000 tiles of 64 x 32 in 160 waves, compute decides"));
  EXPECT_THAT(source, HasSubstr("other kernels, 1 GB 1 ms: rule"));
  EXPECT_THAT(source, HasSubstr("gemm_efficiency 1 (measured by somebody)"));
}

TEST(Prices, NameAMeasuredPointOfAPartOrOfTheWhole) {
  Profile profile = ideal_profile();
  profile.points[gemm_key(product().compute.gemms[0], Pass::F)] = {.duration = Seconds(3e-3),
                                                                   .source = "H100, table 2"};
  std::string source = prices(program_of({product()}), profile)[0].source;
  EXPECT_THAT(source, HasSubstr("gemm F 12800x2560x2000 3 ms: measured point (H100, table 2)"));
  EXPECT_THAT(source, Not(HasSubstr("gemm_efficiency")));
  profile.points[work_key(product().compute)] = {.duration = Seconds(5e-3), .source = "H100, table 3"};
  const Price whole = prices(program_of({product()}), profile)[0];
  EXPECT_EQ(whole.source, "whole op: measured point (H100, table 3)");
  EXPECT_NEAR(whole.time.value, 5e-3, 1e-12);
}

TEST(Prices, SayHowACollectiveRuns) {
  WorkItem of_four, of_one;
  of_four.kind = of_one.kind = WorkKind::collective;
  of_four.bytes = of_one.bytes = Bytes(8e9);
  of_one.scope = Scope::dp;
  const std::vector<Price> all = prices(program_of({of_four, of_one}));
  // The ring of collective_test.cpp: 28.8 us, 12 GB at 100 GB/s.
  EXPECT_EQ(
      all[0].source,
      "alpha-beta rule, all_reduce over 4 GPUs on 1 node: ring, protocol Simple, 28.8 us + 12 GB at 100 GB/s sent "
      "by each GPU");
  EXPECT_EQ(all[1].source, "a group of one: nothing to do");
}

TEST(Prices, OfMessagesAreThoseOfTheirPath) {
  WorkItem message;
  message.kind = WorkKind::message;
  message.bytes = Bytes(1e9);
  Program program = program_of({message});
  program.ranks.resize(2);
  Op op;
  op.lane = Lane::pp;
  op.message = 0;
  op.key.kind = OpKind::send;
  program.ranks[0].ops = {op};
  op.key.kind = OpKind::recv;
  program.ranks[1].ops = {op};
  program.messages = {{.from = 0, .to = 1, .send_op = 0, .recv_op = 0, .batch = 0}};
  program.batch_size = {1};
  const Costs costs = cost_program(program, round_cluster(), ideal_profile());
  const Price price = prices(program)[0];
  // TP 4 fills a node of 4, so that stage 1 is on the other one: GPUs 0 and 4 under one leaf switch.
  const CommCost& path = costs.message[0][static_cast<std::size_t>(PathKind::same_leaf)];
  EXPECT_EQ(price.time, path.latency + path.transfer);
  EXPECT_THAT(price.source, StartsWith("alpha-beta rule, through one leaf switch: "));
  EXPECT_THAT(price.source, HasSubstr(" + 1 GB at "));
  // No message is of this work: nothing is said, and nobody asks.
  program.messages.clear();
  EXPECT_EQ(prices(program)[0].source, "");
}

TEST(Prices, OfAMessageOnAFasterPathAreItsOwn) {
  WorkItem message;
  message.kind = WorkKind::message;
  message.bytes = Bytes(1e9);
  Program program = program_of({message});
  // Two GPUs a stage: stages 0 and 1 share a node of 4, stage 2 is on the next one,
  // where its first GPU has a NIC of another leaf than GPU 2 has: rails.
  program.placement = {.tp = 2, .pp = 3};
  program.ranks.resize(3);
  Op op;
  op.lane = Lane::pp;
  op.message = 0;
  op.key.kind = OpKind::send;
  program.ranks[0].ops = {op};
  op.key.kind = OpKind::recv;
  program.ranks[1].ops = {op};
  op.message = 1;
  program.ranks[2].ops = {op};
  op.key.kind = OpKind::send;
  program.ranks[1].ops.push_back(op);
  program.messages = {{.from = 0, .to = 1, .send_op = 0, .recv_op = 0, .batch = 0},
                      {.from = 1, .to = 2, .send_op = 1, .recv_op = 0, .batch = 1}};
  program.batch_size = {1, 1};
  const Costs costs = cost_program(program, round_cluster(), ideal_profile());
  const std::vector<Price> all = prices(program);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_THAT(all[0].source, StartsWith("alpha-beta rule, through the spine: "));
  const PathPrices paths = path_prices_of(program, round_cluster(), costs, all);
  EXPECT_THAT(paths.of_message, testing::ElementsAre(0, -1));
  ASSERT_EQ(paths.prices.size(), 1u);
  EXPECT_EQ(paths.work[0], 0);
  EXPECT_THAT(paths.prices[0].source, StartsWith("alpha-beta rule, inside a node: "));
  const CommCost& inside = costs.message[0][static_cast<std::size_t>(PathKind::same_node)];
  EXPECT_EQ(paths.prices[0].time, inside.latency + inside.transfer);
}

}  // namespace
}  // namespace braid
