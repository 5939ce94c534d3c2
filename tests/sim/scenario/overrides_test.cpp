// SPDX-License-Identifier: Apache-2.0
// `--set`: any field by its dotted path, on the tree before it is read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scenario/small_scenario.hpp"

namespace braid {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ParseOverride, SplitsAtTheFirstEqualsSign) {
  EXPECT_EQ(parse_override("run.0.label=a=b").path, "run.0.label");
  EXPECT_EQ(parse_override("run.0.label=a=b").value, "a=b");
  EXPECT_THROW(parse_override("plan.tp"), Error);
  EXPECT_THROW(parse_override("=8"), Error);
}

TEST(Overrides, SetFieldsOfEveryPart) {
  const Scenario s = small_scenario({{"plan.tp", "1"},
                                     {"model.layers", "4"},
                                     {"cluster.nodes", "3"},
                                     {"name", "other"},
                                     {"network", "ideal"},
                                     {"run.0.p2p", "batched"}});
  EXPECT_EQ(s.plan.tp, 1);
  EXPECT_EQ(s.model.layers, 4);
  EXPECT_EQ(s.cluster.nodes, 3);
  EXPECT_EQ(s.name, "other");
  EXPECT_EQ(s.network, NetworkKind::ideal);
  EXPECT_EQ(s.runs[0].p2p, P2pMode::batched);
}

TEST(Overrides, TakeTomlValuesAndBareText) {
  EXPECT_EQ(small_scenario({{"cluster.nic_bandwidth", "50 GB/s"}}).cluster.nic_bandwidth, BytesPerSecond(50e9));
  EXPECT_EQ(small_scenario({{"cluster.nic_bandwidth", "\"50 GB/s\""}}).cluster.nic_bandwidth, BytesPerSecond(50e9));
  EXPECT_THAT(small_scenario({{"plan.layers_per_stage", "[1, 2, 2, 3]"}}).plan.layers_per_stage,
              ElementsAre(1, 2, 2, 3));
  EXPECT_FALSE(small_scenario({{"plan.fold", "false"}}).plan.fold);
  // Text that only looks like TOML with a second key in it stays one string.
  EXPECT_EQ(small_scenario({{"name", "a\nschema = 2"}}).name, "a\nschema = 2");
  EXPECT_EQ(small_scenario({{"name", "caf\xC3\xA9 \"x\""}}).name, "caf\xC3\xA9 \"x\"");
}

TEST(Overrides, MakeTablesThatTheFileLacks) {
  EXPECT_EQ(small_scenario({{"noise.seed", "5"}}).noise.seed, 5u);
  EXPECT_EQ(small_scenario({{"step_end.bucket", "1 MB"}}).step_end.bucket, Bytes(1e6));
}

TEST(Overrides, ReachIntoAFileThatTheScenarioNames) {
  const std::string path = BRAID_SOURCE_DIR "/scenarios/papers/stp-12b-a800-tp8pp2-6144.toml";
  EXPECT_EQ(read_scenario(path).model.layers, 30);
  const Scenario s = read_scenario(path, {{"model.layers", "38"}, {"cluster.gpu", "A100-80G"}});
  EXPECT_EQ(s.model.layers, 38);
  EXPECT_EQ(s.model.hidden, 5120);
  EXPECT_EQ(s.cluster.gpu.name, "A100-80G");
  // Another file first, then a field of it, in whatever order they are given.
  const Scenario other =
      read_scenario(path, {{"model.layers", "34"}, {"model", BRAID_SOURCE_DIR "/scenarios/models/llama3-8b.toml"}});
  EXPECT_EQ(other.model.layers, 34);
  EXPECT_EQ(other.model.hidden, 4096);
}

TEST(Overrides, TheNumberBehindTheLastRunAddsOne) {
  const Scenario s = small_scenario({{"run.1.schedule", "gpipe"}, {"run.1.p2p", "batched"}});
  ASSERT_EQ(s.runs.size(), 2u);
  EXPECT_EQ(s.runs[1].label, "gpipe");
  EXPECT_EQ(s.runs[1].p2p, P2pMode::batched);
}

TEST(Overrides, LaterOnesWin) { EXPECT_EQ(small_scenario({{"plan.pp", "1"}, {"plan.pp", "4"}}).plan.pp, 4); }

TEST(OverridesErrors, NameTheOverride) {
  const auto fault = [](const char* path, const char* value) { return reading_fault(kSmallScenario, {{path, value}}); };
  EXPECT_EQ(fault("plan.tpp", "2"), "--set plan.tpp: unknown key; did you mean 'tp'?");
  EXPECT_EQ(fault("plan.tp", "0"), "--set plan.tp: 0 is not between 1 and 65536");
  EXPECT_EQ(fault("plan.tp", "two"), "--set plan.tp: wants a whole number, not a string");
  EXPECT_EQ(fault("cluster.nic_bandwidth", "25"),
            "--set cluster.nic_bandwidth: a bare number has no unit; write \"400 GB/s\"");
  EXPECT_EQ(fault("run.0.p2p", "batchd"),
            "--set run.0.p2p: 'batchd' is not one of eager, batched, blocking; did you mean 'batched'?");
  EXPECT_EQ(fault("run.2.p2p", "eager"),
            "--set run.2.p2p: '2' is not an index; there are 0 to 0, 1 would be a new one");
  EXPECT_EQ(fault("run.first.p2p", "eager"),
            "--set run.first.p2p: 'first' is not an index; there are 0 to 0, 1 would be a new one");
  EXPECT_EQ(fault("run.1.p2p", "eager"), "--set run.1.p2p:run.1.schedule: is missing");
  EXPECT_EQ(fault("plan.tp.x", "1"), "--set plan.tp.x: 'tp' has nothing inside to set");
  EXPECT_THAT(fault("plan..tp", "1"), HasSubstr("--set plan..tp: an empty part between dots"));
  EXPECT_THAT(fault("plna.tp", "1"), HasSubstr("--set plna.tp: unknown key; did you mean 'plan'?"));
}

}  // namespace
}  // namespace braid
