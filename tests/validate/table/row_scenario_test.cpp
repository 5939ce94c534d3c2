// SPDX-License-Identifier: Apache-2.0
#include "validate/table/row_scenario.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/validate/table/published_rows.hpp"

namespace braid {
namespace {

using test::complaint;
using testing::HasSubstr;

const std::string kClusters = std::string(BRAID_SOURCE_DIR) + "/scenarios/clusters/";
const std::string kA100 = kClusters + "a100-sxm-8x8.toml";

TEST(RowScenario, IsTheRowSpeltOut) {
  const RowAssumptions assumptions{.cluster = kA100, .node_bandwidths = {{"", BytesPerSecond(100e9)}}};
  const Scenario s = scenario_of(test::valid_row(), assumptions);
  EXPECT_EQ(s.name, "row-1");
  EXPECT_EQ(s.network, NetworkKind::ideal);
  EXPECT_EQ(s.model, (Model{.name = "gpt",
                            .layers = 24,
                            .hidden = 1024,
                            .heads = 16,
                            .kv_heads = 16,
                            .head_dim = 64,  // 1024 / 16
                            .ffn = 4096,     // 4 x 1024
                            .vocab = 50257,
                            .vocab_padding = 128,
                            .mlp = MlpKind::gelu,
                            .norm = NormKind::layernorm,
                            .positions = PositionKind::learned,
                            .learned_positions = 512,
                            .attention = AttentionKind::unfused,
                            .tied_embeddings = true,
                            .biases = true,
                            .dropout = true}));
  EXPECT_EQ(s.plan, (Plan{.tp = 2,
                          .pp = 4,
                          .dp = 8,
                          .microbatches = 16,  // 256 / (8 x 2)
                          .microbatch_size = 2,
                          .sequence = 512,
                          .recompute = Recompute::full}));
  EXPECT_EQ(s.cluster.gpu.name, "A100-80G");
  EXPECT_EQ(s.cluster.nodes, 8);  // 64 GPUs, 8 a node
  EXPECT_EQ(s.cluster.nics_per_node, 8);
  EXPECT_EQ(s.cluster.nic_bandwidth.value, 12.5e9);  // 100 GB/s over 8 NICs
  EXPECT_FALSE(s.step_end.overlap);
  EXPECT_EQ(s.step_end.gradient_bytes, 2);
  ASSERT_EQ(s.runs.size(), 1u);
  EXPECT_EQ(s.runs[0].schedule, "1f1b");
  EXPECT_EQ(s.runs[0].p2p, P2pMode::eager);
  EXPECT_TRUE(s.runs[0].p2p_host_waits);
  EXPECT_TRUE(s.runs[0].p2p_scatter_gather);
  EXPECT_EQ(s.runs[0].async_all_reduce, AsyncAllReduce::column);
}

TEST(RowScenario, KnowsInterleavingAndTheOtherRecomputations) {
  PublishedRow row = test::valid_row();
  row.interleave = 3;
  row.recompute = Recompute::selective;
  row.sequence_parallel = true;
  const Scenario s = scenario_of(row, {.cluster = kA100});
  EXPECT_EQ(s.runs[0].schedule, "1f1b-i");
  EXPECT_EQ(s.runs[0].chunks, 3);
  EXPECT_EQ(s.plan.recompute, Recompute::selective);
  EXPECT_TRUE(s.plan.sequence_parallel);
  row.recompute = Recompute::none;
  EXPECT_EQ(scenario_of(row, {.cluster = kA100}).plan.recompute, Recompute::none);
}

TEST(RowScenario, TakesTheNicsOfANodeFromTheOptionOrTheCluster) {
  PublishedRow row = test::valid_row();
  // The file has 8 NICs of 200 Gbit/s, 25 GB/s each.
  EXPECT_DOUBLE_EQ(scenario_of(row, {.cluster = kA100}).cluster.nic_bandwidth.value, 25e9);
  const RowAssumptions ours{.cluster = kA100, .node_bandwidths = {parse_node_bandwidth("made: 800 Gbit/s")}};
  EXPECT_DOUBLE_EQ(scenario_of(row, ours).cluster.nic_bandwidth.value, 12.5e9);  // 800 / 8 / 8
  row.source = "another";
  EXPECT_DOUBLE_EQ(scenario_of(row, ours).cluster.nic_bandwidth.value, 25e9);
  // Nodes of 4 GPUs of the same kind have 4 of the NICs; 9 GPUs need 3 such nodes.
  row.gpus_per_node = 4;
  row.tp = row.pp = 1;
  row.dp = row.gpus = 9;
  const Cluster small = scenario_of(row, {.cluster = kA100}).cluster;
  EXPECT_EQ(small.nics_per_node, 4);
  EXPECT_EQ(small.nodes, 3);
}

TEST(RowScenario, FindsTheShippedClusterOfTheGpu) {
  setenv("BRAID_SCENARIOS", BRAID_SOURCE_DIR "/scenarios", 1);
  EXPECT_EQ(scenario_of(test::valid_row(), {}).cluster.name, "a100-sxm-8x8");
  PublishedRow row = test::valid_row();
  row.gpu = "H100-80G";  // two files
  EXPECT_THAT(complaint([&] { scenario_of(row, {}); }),
              HasSubstr("table.csv:2:gpu: H100-80G is in several cluster files; name one with --cluster: "));
  setenv("BRAID_SCENARIOS", "/nowhere", 1);
  EXPECT_EQ(complaint([&] { scenario_of(row, {}); }),
            "/nowhere/clusters: is not a folder; name a cluster file with --cluster");
}

TEST(RowScenario, CanBeOverridden) {
  EXPECT_TRUE(
      scenario_of(test::valid_row(), {.cluster = kA100, .overrides = {{"step_end.overlap", "true"}}}).step_end.overlap);
}

TEST(RowScenarioErrors, NameTheRow) {
  PublishedRow row = test::valid_row();
  EXPECT_THAT(complaint([&] { scenario_of(row, {.cluster = kClusters + "h100-sxm-8x2.toml"}); }),
              HasSubstr("table.csv:2:gpu: is A100-80G, the cluster in "));
  EXPECT_THAT(complaint([&] {
                scenario_of(row, {.cluster = kA100, .overrides = {{"plan.tpp", "1"}}});
              }),
              HasSubstr("table.csv:2:row-1: "));
  row.heads = 1;  // which TP 2 does not divide
  EXPECT_THAT(complaint([&] { scenario_of(row, {.cluster = kA100}); }),
              HasSubstr("TP of 2 does not divide the 1 heads"));
  EXPECT_THAT(complaint([] { parse_node_bandwidth("800"); }), HasSubstr("--node-bandwidth: "));
  EXPECT_EQ(complaint([] { parse_node_bandwidth("vTrain: 0 GB/s"); }), "--node-bandwidth: must be above 0");
}

TEST(RowScenario, SaysWhatWasAssumed) {
  const RowAssumptions assumptions{.cluster = kA100,
                                   .node_bandwidths = {parse_node_bandwidth("800 Gbit/s")},
                                   .overrides = {{"step_end.overlap", "true"}}};
  const auto lines = assumption_lines({test::valid_row(), test::valid_row()}, assumptions);
  EXPECT_THAT(lines, testing::Contains("GPU 'A100' of made up: A100-80G, links of cluster a100-sxm-8x8, 800 Gbit/s of "
                                       "NICs a node of 8 GPUs")
                         .Times(1));
  EXPECT_THAT(lines, testing::Contains("--set step_end.overlap=true"));
}

}  // namespace
}  // namespace braid
