// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/profile.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "sim/base/error.hpp"
#include "sim/cost/point.hpp"
#include "tests/sim/cost/test_hardware.hpp"

namespace braid {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

Profile rich_profile() {
  Profile profile =
      with_parameter(default_profile(round_gpu()), "gemm_efficiency", 0.123456789012345678, "a, \"quoted\" clock");
  profile.points[gemm_key({.m = 6144, .n = 4736, .k = 5120}, Pass::F)] = {.duration = Seconds(1.25e-3), .source = "us"};
  profile.points[attention_key({.samples = 1, .sequence = 6144, .heads = 5, .kv_heads = 1, .head_dim = 128})] = {
      .duration = Seconds(3e-4), .source = ""};
  profile.calibrated["gemm_k"] = {.least = 256, .most = 28672, .source = "the same run"};
  profile.provenance = {"gpu: ROUND", "driver: none"};
  return profile;
}

TEST(Profile, ComesBackFromCsvAsItWas) {
  const Profile before = rich_profile();
  const Profile after = parse_profile(to_csv(before), "p.csv", round_gpu());
  EXPECT_EQ(after.parameters, before.parameters);
  EXPECT_EQ(after.sources, before.sources);
  EXPECT_EQ(after.calibrated, before.calibrated);
  EXPECT_EQ(after.provenance, before.provenance);
  ASSERT_EQ(after.points.size(), before.points.size());
  for (const auto& [key, point] : before.points) {
    EXPECT_EQ(after.points.at(key).source, point.source);
    EXPECT_NEAR(after.points.at(key).duration / point.duration, 1, 1e-15) << key;  // ns and back
  }
  EXPECT_EQ(to_csv(after), to_csv(before));
}

TEST(Profile, KeepsTheDefaultOfWhatTheFileLeavesOut) {
  const std::string text =
      "kind,name,value,unit,source\n"
      "gpu,name,ROUND,,\n"
      "parameter,memory_efficiency,0.5,1,me\n"
      "end,rows,2,1,\n";
  const Profile profile = parse_profile(text, "p.csv", round_gpu());
  Parameters expected = default_profile(round_gpu()).parameters;
  expected.memory_efficiency = 0.5;
  EXPECT_EQ(profile.parameters, expected);
  EXPECT_EQ(profile.sources.at("memory_efficiency"), "me");
}

TEST(Profile, SetsEveryParameterByName) {
  const Profile before = default_profile(round_gpu());
  std::set<std::string> ids;
  for (const ParameterInfo& info : parameter_list()) {
    const double value = parameter(before, info.name) == info.least ? info.most : info.least;
    const Profile after = with_parameter(before, info.name, value, "test");
    EXPECT_EQ(parameter(after, info.name), value) << info.name;
    EXPECT_EQ(after.sources.at(info.name), "test");
    for (const ParameterInfo& other : parameter_list()) {
      if (other.value == info.value) continue;
      EXPECT_EQ(parameter(after, other.name), parameter(before, other.name)) << info.name;
    }
    ids.insert(profile_id(after));
  }
  ids.insert(profile_id(before));
  EXPECT_EQ(ids.size(), parameter_list().size() + 1) << "two profiles share an id, or a name stands for two parameters";
}

TEST(Profile, IsIdentifiedByWhatCostsDependOn) {
  const Profile profile = rich_profile();
  Profile same = profile;
  same.provenance.clear();
  same.sources.clear();
  EXPECT_EQ(profile_id(same), profile_id(profile));
  EXPECT_EQ(profile_id(profile).size(), 16u);
  Profile other = profile;
  other.points.begin()->second.duration *= 1.01;
  EXPECT_NE(profile_id(other), profile_id(profile));
}

TEST(ProfileErrors, SuggestsTheNearestParameter) {
  EXPECT_THAT([] { parameter(default_profile(round_gpu()), "gemm_eficiency"); },
              ThrowsMessage<Error>(HasSubstr("unknown parameter 'gemm_eficiency'; did you mean 'gemm_efficiency'?")));
  EXPECT_THAT([] { with_parameter(default_profile(round_gpu()), "memory_efficiency", 7); },
              ThrowsMessage<Error>(HasSubstr("profile.memory_efficiency: 7 is outside 0.01 to 1")));
}

TEST(PointKey, SaysADemandExactly) {
  EXPECT_EQ(gemm_key({.m = 6144, .n = 4736, .k = 5120}, Pass::W), "gemm W 6144x4736x5120");
  EXPECT_EQ(gemm_key({.m = 1, .n = 2, .k = 3, .count = 48}, Pass::F), "gemm F 1x2x3 x48");
  const AttentionShape attention{.samples = 1, .sequence = 6144, .heads = 5, .kv_heads = 1, .head_dim = 128};
  EXPECT_EQ(attention_key(attention), "attention forward 1x6144x5x1x128 causal flash");
  const Work work{.unit = Unit::attn,
                  .gemms = {{.m = 2, .n = 3, .k = 4}},
                  .attention = attention,
                  .elementwise = Bytes(64),
                  .kernels = 3,
                  .flops = {}};
  EXPECT_EQ(work_key(work),
            "work attn F whole: gemm F 2x3x4 + attention forward 1x6144x5x1x128 causal flash + elementwise 64 B in 3 "
            "kernels");
}

TEST(PointKey, IsRecognisedAndNothingElse) {
  const Work work{.pass = Pass::W,
                  .part = WPart::column_parallel,
                  .gemms = {{.m = 2, .n = 3, .k = 4.5}},
                  .attention = {},
                  .elementwise = Bytes(0),
                  .kernels = 1,
                  .flops = {}};
  for (const std::string key : {"gemm F 6144x4736x5120", "gemm W 1x2x3 x48",
                                "attention backward 1x2x3x1x5 full unfused", "elementwise 0 B in 3 kernels"}) {
    EXPECT_TRUE(is_point_key(key)) << key;
  }
  EXPECT_TRUE(is_point_key(work_key(work))) << work_key(work);
  for (const std::string key : {"",
                                "gemm",
                                "gemm F",
                                "gemm X 1x2x3",
                                "gemm F 1x2",
                                "gemm F 1x2x3x4",
                                "gemm F 1x-2x3",
                                "gemm F 1x2x3 y4",
                                "gemm F 0x2x3",
                                "gemm F 1x2x3 ",
                                "gemm F 1x2x3 x4x5",
                                "gemm F nanx1x1",
                                "attention sideways 1x2x3x1x5 full flash",
                                "attention forward 1x2x3x1x5 full",
                                "elementwise 3 B in kernels",
                                "elementwise 3 in 4 kernels",
                                "work mlp F whole:",
                                "work nlp F whole: gemm F 1x2x3",
                                "work mlp F half: gemm F 1x2x3",
                                "work mlp F whole: gemm F 1x2x3 + ",
                                "work mlp F whole: work mlp F whole: gemm F 1x2x3"}) {
    EXPECT_FALSE(is_point_key(key)) << key;
  }
}

}  // namespace
}  // namespace braid
