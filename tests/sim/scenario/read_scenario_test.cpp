// SPDX-License-Identifier: Apache-2.0
// What a file says arrives in the structs, and what it leaves out has its default.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "sim/base/csv.hpp"
#include "tests/sim/scenario/small_scenario.hpp"

namespace braid {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ReadScenario, FillsEveryPart) {
  const Scenario s = small_scenario();
  EXPECT_EQ(s.name, "small");
  EXPECT_EQ(s.path, "s.toml");
  EXPECT_EQ(s.model.layers, 8);
  EXPECT_EQ(s.model.kv_heads, 2);
  EXPECT_EQ(s.cluster.gpu.name, "A100-80G");
  EXPECT_EQ(s.cluster.gpus(), 8);
  EXPECT_EQ(s.cluster.intra_bandwidth, BytesPerSecond(300e9));
  EXPECT_EQ(s.cluster.nic_bandwidth, BytesPerSecond(25e9));  // 200 Gbit / 8
  EXPECT_DOUBLE_EQ(s.cluster.inter_latency.value, 5e-6);
  EXPECT_EQ(s.plan.dp, 2);
  ASSERT_EQ(s.runs.size(), 1u);
  EXPECT_EQ(s.runs[0].schedule, "1f1b-i");
  EXPECT_EQ(s.runs[0].chunks, 2);
  EXPECT_THAT(check(s), IsEmpty());
}

TEST(ReadScenario, KeepsDefaultsOfWhatIsLeftOut) {
  const Scenario s = small_scenario();
  EXPECT_EQ(s.model.head_dim, 8);  // hidden 64 over 8 heads
  EXPECT_EQ(s.model.mlp, MlpKind::swiglu);
  EXPECT_EQ(s.network, NetworkKind::simgrid);
  EXPECT_EQ(s.plan.rank_order, RankOrder::tp_dp_pp);
  EXPECT_EQ(s.step_end, StepEnd{});
  EXPECT_EQ(s.noise, Noise{});
  EXPECT_EQ(s.runs[0].label, "1f1b-i");
  EXPECT_EQ(s.runs[0].p2p, P2pMode::eager);
  EXPECT_FALSE(s.runs[0].group);
  EXPECT_TRUE(s.profile.empty());
  // Without kv_heads every head has its own.
  EXPECT_EQ(parse_scenario(with("kv_heads = 2", ""), "s.toml").model.kv_heads, 8);
}

TEST(ReadScenario, TakesEveryOptionalField) {
  const std::string text = with("", R"(label = "two"
group = 4
memory_limit = 6
p2p = "batched"
p2p_host_waits = true
p2p_scatter_gather = true
async_all_reduce = "whole"
join_adjacent_w = true
[step_end]
data_parallel = "zero1"
bucket = "25 MB"
overlap = false
optimizer = false
gradient_bytes = 2
optimizer_bytes = 8.5
[noise]
seed = 7
jitter = 0.02
slow_ranks = [{rank = 3, factor = 1.5}])");
  Scenario s = parse_scenario(text, "s.toml");
  EXPECT_EQ(s.runs[0], (braid::Run{.schedule = "1f1b-i",
                                   .label = "two",
                                   .chunks = 2,
                                   .group = 4,
                                   .memory_limit = 6,
                                   .p2p = P2pMode::batched,
                                   .p2p_host_waits = true,
                                   .p2p_scatter_gather = true,
                                   .async_all_reduce = AsyncAllReduce::whole,
                                   .join_adjacent_w = true}));
  EXPECT_EQ(s.step_end, (StepEnd{.data_parallel = DataParallel::zero1,
                                 .bucket = Bytes(25e6),
                                 .overlap = false,
                                 .optimizer = false,
                                 .gradient_bytes = 2,
                                 .optimizer_bytes = 8.5}));
  EXPECT_EQ(s.noise, (Noise{.seed = 7, .jitter = 0.02, .slow_ranks = {{3, 1.5}}}));
  s = parse_scenario(with("sequence = 128", R"(sequence = 128
microbatch_size = 4
rank_order = "pp-tp-dp"
sequence_parallel = true
layers_per_stage = [1, 2, 2, 3]
recompute = "selective"
fold = false)"),
                     "s.toml");
  EXPECT_EQ(s.plan.microbatch_size, 4);
  EXPECT_EQ(s.plan.rank_order, RankOrder::pp_tp_dp);
  EXPECT_TRUE(s.plan.sequence_parallel);
  EXPECT_THAT(s.plan.layers_per_stage, ElementsAre(1, 2, 2, 3));
  EXPECT_EQ(s.plan.recompute, Recompute::selective);
  EXPECT_FALSE(s.plan.fold);
  EXPECT_EQ(s.split(), (Split{.microbatch = 4, .sequence = 128, .tp = 2, .sequence_parallel = true}));
}

TEST(ReadScenario, TakesAGpuOfOnesOwn) {
  const std::string text = with("gpu = \"A100-80G\"",
                                "gpu = {name = \"X1\", sms = 10, bf16_dense = \"1 PFLOP/s\", "
                                "fp32_vector = \"50 TFLOP/s\", memory = \"64 GiB\", memory_bandwidth = \"3 TB/s\", "
                                "l2 = \"32 MiB\"}");
  const Gpu gpu = parse_scenario(text, "s.toml").cluster.gpu;
  EXPECT_EQ(gpu.name, "X1");
  EXPECT_EQ(gpu.bf16_dense, FlopsPerSecond(1e15));
  EXPECT_EQ(gpu.memory, Bytes(64.0 * 1073741824));
  EXPECT_EQ(gpu.source, "the scenario");
}

class ReadScenarioFiles : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / ("braid-read-scenario-" + std::to_string(getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ / "parts");
    const std::size_t first = kSmallScenario.find("name = \"m\"");
    write_file(file("parts/m.toml"), kSmallScenario.substr(first, kSmallScenario.find("[cluster]") - first));
    std::string text = kSmallScenario;
    const std::size_t model = text.find("[model]");
    text.replace(model, text.find("[cluster]") - model, "model = \"parts/m.toml\"\n");
    write_file(file("s.toml"), text);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string file(const std::string& name) const { return (folder_ / name).string(); }

  std::filesystem::path folder_;
};

TEST_F(ReadScenarioFiles, FollowsAPathRelativeToTheFile) {
  const Scenario s = read_scenario(file("s.toml"));
  EXPECT_EQ(s.model, read_model(file("parts/m.toml")));
  EXPECT_EQ(s.model.vocab, 1000);
  // The place of a field is the file that holds it: `layers` is the second line of m.toml.
  EXPECT_EQ(location(s, "model.layers"), file("parts/m.toml") + ":2:10:model.layers");
  EXPECT_EQ(location(s, "plan.fold"), file("s.toml") + ":plan.fold");  // has its default
}

TEST_F(ReadScenarioFiles, ResolvesProfilesAndSchedulesAgainstTheFile) {
  std::string text = read_file(file("s.toml"));
  text.replace(text.find("name = \"small\""), 0, "profile = \"parts/../p.csv\"\n");
  text.replace(text.find("1f1b-i"), 6, "file:parts/mine.csv");
  const Scenario s = parse_scenario(text, file("s.toml"));
  EXPECT_EQ(s.profile, file("p.csv"));
  EXPECT_EQ(s.runs[0].schedule, "file:" + file("parts/mine.csv"));
  EXPECT_EQ(s.runs[0].label, "mine");
  EXPECT_EQ(check(s).size(), 2u);  // neither file is there
}

TEST_F(ReadScenarioFiles, NamesTheReferenceThatLeadsNowhere) {
  std::string text = read_file(file("s.toml"));
  text.replace(text.find("parts/m.toml"), 12, "parts/n.toml");
  try {
    parse_scenario(text, file("s.toml"));
    FAIL() << "read without a fault";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()),
              file("s.toml") + ":3:9:model: there is no file '" + file("parts/n.toml") + "'");
  }
}

TEST_F(ReadScenarioFiles, NamesTheFileOfAFaultInAReference) {
  write_file(file("parts/m.toml"), "name = \"m\"\nlayrs = 8\n");
  try {
    read_scenario(file("s.toml"));
    FAIL() << "read without a fault";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(file("parts/m.toml") + ":2:1:model.layrs: unknown key; did you mean "
                                                                        "'layers'?"));
  }
}

}  // namespace
}  // namespace braid
