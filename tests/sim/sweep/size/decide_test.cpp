// SPDX-License-Identifier: Apache-2.0
// What is decided for the user, from the files that ship.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/sweep/size/small_request.hpp"

namespace braid {
namespace {

using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;

TEST(Offers, AreKindAndCounts) {
  const std::vector<GpuOffer> offers = parse_offers("h100:256,512", "--gpus");
  ASSERT_EQ(offers.size(), 2U);
  EXPECT_EQ(offers[0].gpu, "h100");
  EXPECT_EQ(offers[1].count, 512);
  EXPECT_EQ(parse_offers("a:b.toml:8", "--gpus")[0].gpu, "a:b.toml");  // a path may have a colon
}

TEST(Decide, FindsModelClusterAndProfileByShortNames) {
  const SizeTask task = decide(small_request(), kScenarios);
  EXPECT_EQ(task.model.name, "llama3-8b");
  ASSERT_EQ(task.offers.size(), 1U);
  EXPECT_EQ(task.offers[0].cluster.gpu.name, "H100-80G");
  EXPECT_EQ(task.offers[0].cluster.nodes, 2);  // 16 GPUs in nodes of 8
  EXPECT_THAT(task.offers[0].profile, EndsWith("h100-80g.csv"));
  EXPECT_GT(task.offers[0].cluster.gpu_hour_price, 0);
}

TEST(Decide, TakesTheRulesWhereThereIsNoProfileAndSaysSo) {
  SizeRequest request = small_request();
  request.offers = {{.gpu = "B200-180G", .count = 8}};
  const SizeTask task = decide(request, kScenarios);
  EXPECT_EQ(task.offers[0].profile, "");
  EXPECT_THAT(task.assumptions, Contains(HasSubstr("data-sheet rules, nothing measured")));
  request.profile = "rules";
  request.offers = {{.gpu = "h100", .count = 8}};
  EXPECT_EQ(decide(request, kScenarios).offers[0].profile, "");
}

TEST(Decide, EveryDefaultIsNamed) {
  SizeRequest request{.model = "llama3-8b", .offers = {{.gpu = "h100", .count = 16}}};
  const SizeTask task = decide(request, kScenarios);
  EXPECT_DOUBLE_EQ(task.tokens, 20 * 8030261248.0);  // 20 a parameter; the count stands in the model's file
  EXPECT_EQ(task.sequence, 8192);
  for (const char* what : {"tokens:", "sequence:", "batch:", "availability:", "costs of H100-80G:"}) {
    EXPECT_THAT(task.assumptions, Contains(HasSubstr(what)));
  }
  EXPECT_EQ(decide(small_request(), kScenarios).assumptions.size(), 3U);  // costs, availability, memory
}

TEST(Decide, MovesABatchToWhatDividesWell) {
  SizeRequest request = small_request();
  request.sequence = 8192;
  request.batch_tokens = 4e6;  // 488.3 sequences; within 5 % 464 to 512, of which 512 is the most often even
  EXPECT_EQ(decide(request, kScenarios).batch_samples, 512);
  request.offers = {{.gpu = "h100", .count = 48}};  // 3 x 16: multiples of 3 in there; 480 = 3 x 5 x 32 is most even
  EXPECT_EQ(decide(request, kScenarios).batch_samples, 480);
  request.batch_tokens = 500.0 * 8192;  // 475 to 525: 480 again
  EXPECT_EQ(decide(request, kScenarios).batch_samples, 480);
}

}  // namespace
}  // namespace braid
