// SPDX-License-Identifier: Apache-2.0
// Each fault of a scenario file: the smallest breaking line and the message with file, line, column and key.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scenario/small_scenario.hpp"

namespace braid {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

struct Case {
  const char* name;
  const char* old_line;
  const char* new_line;
  const char* message;
};

class ReadingFault : public testing::TestWithParam<Case> {};

TEST_P(ReadingFault, NamesPlaceKeyAndRemedy) {
  EXPECT_EQ(reading_fault(with(GetParam().old_line, GetParam().new_line)), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Smallest, ReadingFault,
    testing::Values(
        Case{"UnknownKey", "tp = 2", "tp = 2\nmicrobatchs = 8",
             "s.toml:23:1:plan.microbatchs: unknown key; did you mean 'microbatches'?"},
        Case{"UnknownTable", "", "[nose]", "s.toml:30:2:nose: unknown key; did you mean 'noise'?"},
        Case{"BareBandwidth", "nic_bandwidth = \"200 Gbit/s\"", "nic_bandwidth = 25e9",
             "s.toml:19:17:cluster.nic_bandwidth: a bare number has no unit; write \"400 GB/s\""},
        Case{"BareLatency", "inter_latency = \"5 us\"", "inter_latency = 5",
             "s.toml:20:17:cluster.inter_latency: a bare number has no unit; write \"5 us\""},
        Case{"WrongUnit", "inter_latency = \"5 us\"", "inter_latency = \"5 GB\"",
             "s.toml:20:17:cluster.inter_latency: '5 GB' is not a time: unknown unit 'GB' (units: s, ms, us, ns)"},
        Case{"AbsurdQuantity", "inter_latency = \"5 us\"", "inter_latency = \"1e30 s\"",
             "s.toml:20:17:cluster.inter_latency: 1e30 s is not between 0 s and 10 s"},
        Case{"NegativeQuantity", "inter_latency = \"5 us\"", "inter_latency = \"-5 us\"",
             "s.toml:20:17:cluster.inter_latency: -5 us is not between 0 s and 10 s"},
        Case{"ZeroBandwidth", "nic_bandwidth = \"200 Gbit/s\"", "nic_bandwidth = \"0 GB/s\"",
             "s.toml:19:17:cluster.nic_bandwidth: 0 GB/s is not between 1 B/s and 1000 TB/s"},
        Case{"Zero", "tp = 2", "tp = 0", "s.toml:22:6:plan.tp: 0 is not between 1 and 65536"},
        Case{"Negative", "microbatches = 8", "microbatches = -8",
             "s.toml:25:16:plan.microbatches: -8 is not between 1 and 32767"},
        Case{"AbsurdReal", "microbatches = 8", "microbatches = 1e30",
             "s.toml:25:16:plan.microbatches: wants a whole number, not 1e+30"},
        Case{"AbsurdWhole", "sequence = 128", "sequence = 9223372036854775807",
             "s.toml:26:12:plan.sequence: 9223372036854775807 is not between 1 and 100000000"},
        Case{"ModelZero", "layers = 8", "layers = 0", "s.toml:5:10:model.layers: 0 is not between 1 and 10000"},
        Case{"KvHeads", "kv_heads = 2", "kv_heads = 3",
             "s.toml:8:12:model.kv_heads: 8 heads cannot share 3 KV heads evenly; make kv_heads a divisor of heads"},
        Case{"StringForNumber", "tp = 2", "tp = \"2\"", "s.toml:22:6:plan.tp: wants a whole number, not a string"},
        Case{"NumberForString", "name = \"m\"", "name = 7",
             "s.toml:4:8:model.name: wants a string, not a whole number"},
        Case{"NumberForFlag", "sequence = 128", "sequence = 128\nfold = 1",
             "s.toml:27:8:plan.fold: wants true or false, not a whole number"},
        Case{"ArrayForQuantity", "intra_latency = \"1 us\"", "intra_latency = [1]",
             "s.toml:17:17:cluster.intra_latency: wants a string such as \"5 us\", not an array"},
        Case{"Missing", "sequence = 128", "", "s.toml:21:1:plan.sequence: is missing"},
        Case{"MissingName", "name = \"small\"", "", "s.toml:1:1:name: is missing"},
        Case{"MissingNetwork", "nic_bandwidth = \"200 Gbit/s\"", "", "s.toml:11:1:cluster.nic_bandwidth: is missing"},
        Case{"OtherSchema", "schema = 1", "schema = 2", "s.toml:1:10:schema: 2 is not between 1 and 1"},
        Case{"UnknownChoice", "sequence = 128", "sequence = 128\nrecompute = \"selctive\"",
             "s.toml:27:13:plan.recompute: 'selctive' is not one of none, selective, full; did you mean 'selective'?"},
        Case{"UnknownGpu", "gpu = \"A100-80G\"", "gpu = \"A100\"",
             "s.toml:13:7:cluster.gpu: unknown GPU 'A100', did you mean 'A100-80G'?; known: A100-80G, A800-80G, "
             "H100-80G, H800-80G, H20-96G, H200-141G, B200-180G. A GPU of your own is a table with its data-sheet "
             "values"},
        Case{"NumberForGpu", "gpu = \"A100-80G\"", "gpu = 100",
             "s.toml:13:7:cluster.gpu: wants a string, not a whole number"},
        Case{"ScheduleMissing", "schedule = \"1f1b-i\"", "", "s.toml:27:1:run.0.schedule: is missing"},
        Case{"LayersOfZero", "sequence = 128", "sequence = 128\nlayers_per_stage = [4, 0, 4]",
             "s.toml:27:24:plan.layers_per_stage: 0 is not between 1 and 10000"},
        Case{"JitterNotANumber", "", "[noise]\njitter = nan", "s.toml:31:10:noise.jitter: nan is not between 0 and 1"},
        Case{"SlowRankWithoutFactor", "", "[noise]\nslow_ranks = [{rank = 1}]",
             "s.toml:31:15:noise.slow_ranks.0.factor: is missing"},
        Case{"SlowRanksNotTables", "", "[noise]\nslow_ranks = [1]",
             "s.toml:31:15:noise.slow_ranks: wants tables [[noise.slow_ranks]], not a whole number"}),
    [](const auto& tested) { return tested.param.name; });

TEST(ReadingFaults, OfAFileThatIsNotTomlNameTheLine) {
  EXPECT_THAT(reading_fault(with("tp = 2", "tp = = 2")), StartsWith("s.toml:22:6: not TOML: "));
  EXPECT_THAT(reading_fault(with("tp = 2", "tp = 2\ntp = 4")), StartsWith("s.toml:23:"));
  EXPECT_THAT(reading_fault("\xFF\xFE"), StartsWith("s.toml:1:1: not TOML: "));
}

TEST(ReadingFaults, OfOneFileAreShownTogether) {
  const std::string text = with("tp = 2", "tp = 0\nppp = 2");
  EXPECT_THAT(reading_fault(text), AllOf(HasSubstr("s.toml:22:6:plan.tp: 0 is not"),
                                         HasSubstr("\ns.toml:23:1:plan.ppp: unknown key; did you mean 'pp'?")));
}

TEST(ReadingFaults, OfAnEmptyFileNameWhatIsMissing) {
  const std::string fault = reading_fault("");
  for (const char* key : {"schema", "name", "model", "cluster", "plan", "run"}) {
    EXPECT_THAT(fault, HasSubstr(std::string(key) + ": is missing")) << key;
  }
}

TEST(ReadingFaults, OfRunsThatAreNotTables) {
  std::string text = kSmallScenario;
  text.replace(text.find("[[run]]"), 7, "[run]");
  EXPECT_EQ(reading_fault(text), "s.toml:27:1:run: wants an array of tables [[run]], not a table");
  EXPECT_EQ(reading_fault("run = []\n" + kSmallScenario.substr(0, kSmallScenario.find("[[run]]"))),
            "s.toml:1:7:run: is empty; write [[run]]");
}

TEST(ReadingFaults, OfAModelGivenAsANumber) {
  std::string text = kSmallScenario;
  const std::size_t model = text.find("[model]");
  text.replace(model, text.find("[cluster]") - model, "model = 12\n");
  EXPECT_EQ(reading_fault(text), "s.toml:3:9:model: wants a table [model], not a whole number");
}

TEST(ReadScenario, NamesAFileThatIsNotThere) {
  try {
    read_scenario("no/such.toml");
    FAIL() << "read without a fault";
  } catch (const Error& error) { EXPECT_THAT(error.what(), StartsWith("no/such.toml: cannot be read")); }
}

}  // namespace
}  // namespace braid
