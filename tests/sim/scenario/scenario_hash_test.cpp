// SPDX-License-Identifier: Apache-2.0
// The hash follows everything that a simulation depends on, and nothing else.
#include <gtest/gtest.h>

#include <cstdio>
#include <functional>
#include <set>

#include "sim/base/csv.hpp"
#include "tests/sim/scenario/small_scenario.hpp"

namespace braid {
namespace {

using Change = std::function<void(Scenario&)>;

TEST(ScenarioHash, IsSixteenHexDigitsAndTheSameTwice) {
  const std::string hash = scenario_hash(small_scenario());
  EXPECT_EQ(hash.size(), 16u);
  EXPECT_EQ(hash.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(hash, scenario_hash(small_scenario()));
}

TEST(ScenarioHash, ChangesWithEveryField) {
  const std::vector<Change> changes = {
      [](Scenario& s) { s.model.layers += 1; },
      [](Scenario& s) { s.model.hidden += 1; },
      [](Scenario& s) { s.model.heads += 1; },
      [](Scenario& s) { s.model.kv_heads += 1; },
      [](Scenario& s) { s.model.head_dim += 1; },
      [](Scenario& s) { s.model.ffn += 1; },
      [](Scenario& s) { s.model.vocab += 1; },
      [](Scenario& s) { s.model.vocab_padding += 1; },
      [](Scenario& s) { s.model.mlp = MlpKind::gelu; },
      [](Scenario& s) { s.model.norm = NormKind::layernorm; },
      [](Scenario& s) { s.model.positions = PositionKind::learned; },
      [](Scenario& s) { s.model.learned_positions = 7; },
      [](Scenario& s) { s.model.attention = AttentionKind::unfused; },
      [](Scenario& s) { s.model.tied_embeddings = true; },
      [](Scenario& s) { s.model.biases = true; },
      [](Scenario& s) { s.model.dropout = true; },
      [](Scenario& s) { s.model.element_bytes = 4; },
      [](Scenario& s) { s.model.fp32_norm_output = true; },
      [](Scenario& s) { s.cluster.gpu.name = std::string("X"); },
      [](Scenario& s) { s.cluster.gpu.sms += 1; },
      [](Scenario& s) { s.cluster.gpu.bf16_dense *= 2; },
      [](Scenario& s) { s.cluster.gpu.fp32_vector *= 2; },
      [](Scenario& s) { s.cluster.gpu.memory *= 2; },
      [](Scenario& s) { s.cluster.gpu.memory_bandwidth *= 2; },
      [](Scenario& s) { s.cluster.gpu.l2 *= 2; },
      [](Scenario& s) { s.cluster.nodes += 1; },
      [](Scenario& s) { s.cluster.gpus_per_node += 1; },
      [](Scenario& s) { s.cluster.intra = IntraNode::pcie; },
      [](Scenario& s) { s.cluster.intra_bandwidth *= 1.0000001; },
      [](Scenario& s) { s.cluster.intra_latency *= 2; },
      [](Scenario& s) { s.cluster.inter = InterNode::fat_tree; },
      [](Scenario& s) { s.cluster.nics_per_node += 1; },
      [](Scenario& s) { s.cluster.nic_bandwidth *= 2; },
      [](Scenario& s) { s.cluster.inter_latency *= 2; },
      [](Scenario& s) { s.cluster.nodes_per_leaf += 1; },
      [](Scenario& s) { s.cluster.oversubscription = 2; },
      [](Scenario& s) { s.cluster.host_bandwidth = BytesPerSecond(1); },
      [](Scenario& s) { s.network = NetworkKind::ideal; },
      [](Scenario& s) { s.profile = std::string("no-such.csv"); },
      [](Scenario& s) { s.plan.tp += 1; },
      [](Scenario& s) { s.plan.pp += 1; },
      [](Scenario& s) { s.plan.dp += 1; },
      [](Scenario& s) { s.plan.rank_order = RankOrder::pp_tp_dp; },
      [](Scenario& s) { s.plan.microbatches += 1; },
      [](Scenario& s) { s.plan.microbatch_size += 1; },
      [](Scenario& s) { s.plan.sequence += 1; },
      [](Scenario& s) { s.plan.sequence_parallel = true; },
      [](Scenario& s) { s.plan.last_stage_fewer_layers = 1; },
      [](Scenario& s) { s.plan.layers_per_stage = {1}; },
      [](Scenario& s) { s.plan.recompute = Recompute::full; },
      [](Scenario& s) { s.plan.fold = false; },
      [](Scenario& s) { s.step_end.data_parallel = DataParallel::zero1; },
      [](Scenario& s) { s.step_end.bucket = Bytes(1); },
      [](Scenario& s) { s.step_end.overlap = false; },
      [](Scenario& s) { s.step_end.optimizer = false; },
      [](Scenario& s) { s.step_end.gradient_bytes = 2; },
      [](Scenario& s) { s.step_end.optimizer_bytes = 8; },
      [](Scenario& s) { s.noise.seed = 1; },
      [](Scenario& s) { s.noise.jitter = 0.1; },
      [](Scenario& s) {
        s.noise.slow_ranks = {{1, 2.0}};
      },
      [](Scenario& s) {
        s.noise.slow_ranks = {{2, 1.0}};
      },
      [](Scenario& s) { s.runs[0].schedule = std::string("stp"); },
      [](Scenario& s) { s.runs[0].chunks = 3; },
      [](Scenario& s) { s.runs[0].chunks.reset(); },
      [](Scenario& s) { s.runs[0].group = 2; },
      [](Scenario& s) { s.runs[0].memory_limit = 2; },
      [](Scenario& s) { s.runs[0].p2p = P2pMode::batched; },
      [](Scenario& s) { s.runs[0].p2p_host_waits = true; },
      [](Scenario& s) { s.runs[0].p2p_scatter_gather = true; },
      [](Scenario& s) { s.runs[0].async_all_reduce = AsyncAllReduce::none; },
      [](Scenario& s) { s.runs[0].join_adjacent_w = true; },
      [](Scenario& s) { s.runs.push_back(s.runs[0]); },
  };
  std::set<std::string> hashes = {scenario_hash(small_scenario())};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Scenario s = small_scenario();
    changes[i](s);
    EXPECT_TRUE(hashes.insert(scenario_hash(s)).second) << "change " << i << " leaves the hash as it was";
  }
}

TEST(ScenarioHash, IgnoresNamesLabelsAndPaths) {
  Scenario s = small_scenario();
  const std::string other = "other";
  for (std::string* text :
       {&s.name, &s.path, &s.model.name, &s.cluster.name, &s.cluster.gpu.source, &s.runs[0].label}) {
    *text = other;
  }
  s.locations.clear();
  EXPECT_EQ(scenario_hash(s), scenario_hash(small_scenario()));
}

TEST(ScenarioHash, FollowsTheContentsOfAFileAndNotItsPath) {
  const std::string a = testing::TempDir() + "braid-hash-a.csv", b = testing::TempDir() + "braid-hash-b.csv";
  write_file(a, "1\n");
  write_file(b, "1\n");
  const auto hash = [](const std::string& profile, const std::string& schedule) {
    Scenario s = small_scenario();
    s.profile = profile;
    s.runs[0].schedule = std::string("file:").append(schedule);
    return scenario_hash(s);
  };
  const std::string before = hash(a, a);
  EXPECT_EQ(before, hash(b, b));
  write_file(a, "2\n");
  EXPECT_NE(before, hash(a, b));
  EXPECT_NE(before, hash(b, a));
  std::remove(a.c_str());
  std::remove(b.c_str());
}

}  // namespace
}  // namespace braid
