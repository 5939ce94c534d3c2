// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/cost_program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/base/error.hpp"
#include "tests/sim/cost/test_hardware.hpp"

namespace braid {
namespace {

using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::ThrowsMessage;

Profile ideal_profile() {
  Profile profile = default_profile(round_gpu());
  profile.parameters = ideal_parameters();
  return profile;
}

WorkItem gemm_item() {
  WorkItem item;
  item.kind = WorkKind::compute;
  item.compute.unit = Unit::mlp;
  item.compute.gemms = {{.m = 12800, .n = 2560, .k = 2000}};  // ten full waves of 100 tiles of 128 x 256
  item.compute.kernels = 1;
  return item;
}

WorkItem all_reduce_item(Scope scope) {
  WorkItem item;
  item.kind = WorkKind::collective;
  item.scope = scope;
  item.bytes = Bytes(8e9);
  return item;
}

Program program_of(std::vector<WorkItem> works, Placement placement = {.tp = 4, .pp = 1, .dp = 2}) {
  Program program;
  program.placement = placement;
  program.works = std::move(works);
  return program;
}

TEST(CostProgram, GivesEachKindOfWorkItsOwnEntry) {
  WorkItem message, copy, fixed;
  message.kind = WorkKind::message;
  message.bytes = Bytes(1e9);
  copy.kind = WorkKind::copy;
  copy.bytes = Bytes(2e9);
  fixed.kind = WorkKind::fixed;
  fixed.fixed = Seconds(3);
  const Costs costs = cost_program(program_of({gemm_item(), all_reduce_item(Scope::tp), message, copy, fixed}),
                                   round_cluster(), ideal_profile());
  // 2 * 12800 * 2560 * 2000 = 131 GFLOP at 100 TFLOP/s, and the last epilogue of 64 x 32,
  // 4096 bytes at 10 GB/s. 2 GB at 20 GB/s.
  EXPECT_NEAR(costs.duration[0].value, 1.31072e-3 + 0.4096e-6, 1e-12);
  EXPECT_EQ(costs.duration[1].value, 0);
  EXPECT_EQ(costs.duration[2].value, 0);
  EXPECT_NEAR(costs.duration[3].value, 0.1, 1e-12);
  EXPECT_EQ(costs.duration[4].value, 3);
  // 1 GB over 100 GB/s in the node, over 10 GB/s between nodes.
  EXPECT_NEAR(costs.message[2][static_cast<std::size_t>(PathKind::same_node)].transfer.value, 0.01, 1e-12);
  EXPECT_NEAR(costs.message[2][static_cast<std::size_t>(PathKind::same_leaf)].transfer.value, 0.1, 1e-12);
  EXPECT_EQ(costs.message[2][static_cast<std::size_t>(PathKind::same_gpu)].transfer.value, 0);
}

TEST(CostProgram, PricesAGroupWhereThePlacementPutsIt) {
  // TP 4 fills a node: 2 * 3/4 * 8 GB at 100 GB/s = 0.12 s. DP 2 has one member on each node, one NIC each:
  // 2 * 1/2 * 8 GB at 10 GB/s = 0.8 s.
  const std::vector works = {all_reduce_item(Scope::tp), all_reduce_item(Scope::dp)};
  const Costs costs = cost_program(program_of(works), round_cluster(), ideal_profile());
  EXPECT_NEAR(costs.collective[0].transfer.value, 0.12, 1e-12);
  EXPECT_NEAR(costs.collective[1].transfer.value, 0.8, 1e-12);
  // With DP fastest the pairs of DP share a node, 8 GB at 100 GB/s; TP has two members on each of two nodes.
  const Costs swapped = cost_program(program_of(works, {.tp = 4, .pp = 1, .dp = 2, .order = RankOrder::dp_tp_pp}),
                                     round_cluster(), ideal_profile());
  EXPECT_NEAR(swapped.collective[1].transfer.value, 0.08, 1e-12);
  EXPECT_GT(swapped.collective[0].transfer, costs.collective[0].transfer);
}

TEST(CostProgram, ChargesNothingForAGroupOfOne) {
  const Costs costs = cost_program(program_of({all_reduce_item(Scope::tp), gemm_item()}, {.tp = 1, .pp = 2, .dp = 1}),
                                   round_cluster(), ideal_profile());
  EXPECT_EQ(costs.collective[0].latency.value, 0);
  EXPECT_EQ(costs.collective[0].transfer.value, 0);
  EXPECT_EQ(costs.stretch[1][0], 0);
}

TEST(CostProgram, StretchesComputeBesideCommunicationOnly) {
  // Tiles of 128 x 128: 2000 in 20 waves on 100 SMs, in 25 on 80. Copies and compute stretch nothing.
  Profile profile = ideal_profile();
  profile.parameters.comm_ctas = 20;
  WorkItem copy;
  copy.kind = WorkKind::copy;
  copy.bytes = Bytes(1e9);
  const Costs costs =
      cost_program(program_of({gemm_item(), all_reduce_item(Scope::tp), copy}), round_cluster(), profile);
  EXPECT_NEAR(costs.stretch[0][1], 0.25, 1e-12);
  EXPECT_EQ(costs.stretch[0][0], 0);
  EXPECT_EQ(costs.stretch[0][2], 0);
  EXPECT_THAT(costs.stretch[1], Each(0.0));
}

TEST(CostProgram, SaysWhatWasNotMeasuredOrModelled) {
  const Program program = program_of({gemm_item(), all_reduce_item(Scope::tp)});
  Profile profile = ideal_profile();
  EXPECT_THAT(cost_program(program, round_cluster(), profile).notes,
              Contains(HasSubstr("the profile sets parameters")));
  EXPECT_THAT(cost_program(program, round_cluster(), default_profile(round_cluster().gpu)).notes,
              Contains(HasSubstr("no profile given")));
  profile.calibrated["gemm_m"] = {.least = 1024, .most = 8192, .source = ""};
  profile.calibrated["gemm_n"] = {.least = 1024, .most = 8192, .source = ""};
  const auto notes = cost_program(program, round_cluster(), profile).notes;
  EXPECT_THAT(notes, Contains("gemm_m: 12800 to 12800 here, calibrated for 1024 to 8192: extrapolated"));
  EXPECT_THAT(notes, Contains(HasSubstr("gemm_k: not calibrated")));
  EXPECT_THAT(notes, Not(Contains(HasSubstr("gemm_n"))));
}

TEST(CostProgram, SaysThatGroupsOfReplicasShareTheirNics) {
  // Four DP groups of two nodes, each priced with a NIC of its own.
  const Program program = program_of({all_reduce_item(Scope::dp)});
  Cluster cluster = round_cluster();
  EXPECT_THAT(cost_program(program, cluster, ideal_profile()).notes, Not(Contains(HasSubstr("share"))));
  cluster.nics_per_node = 2;
  EXPECT_THAT(cost_program(program, cluster, ideal_profile()).notes, Contains(HasSubstr("4 GPUs share 2 NICs")));
  EXPECT_THAT(cost_program(program_of({all_reduce_item(Scope::tp)}), cluster, ideal_profile()).notes,
              Not(Contains(HasSubstr("share"))));
}

TEST(CostProgramErrors, RefusesCopiesToAHostWithoutBandwidth) {
  WorkItem copy;
  copy.kind = WorkKind::copy;
  copy.bytes = Bytes(1e9);
  Cluster cluster = round_cluster();
  cluster.host_bandwidth = {};
  EXPECT_THAT([&] { cost_program(program_of({copy}), cluster, ideal_profile()); },
              ThrowsMessage<Error>(HasSubstr("cluster.host_bandwidth: the program copies to the host")));
}

}  // namespace
}  // namespace braid
