// SPDX-License-Identifier: Apache-2.0
// `braid size`: a small question from the command line to the answer, the same from the store, and mistakes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/sim/app/cli/run_braid.hpp"

namespace braid {
namespace {

using nlohmann::json;
using test::Outcome;
using test::Workplace;
using testing::AllOf;
using testing::HasSubstr;

const std::vector<std::string> kSmall{"size",     "llama-mini", "--gpus",     "h100:8", "--tokens",    "1B",
                                      "--batch",  "64k",        "--sequence", "1024",   "--schedules", "1f1b,zb-h1",
                                      "--refine", "2",          "--jobs",     "2",      "--store",     "s.db"};

std::vector<std::string> small(std::vector<std::string> more) {
  more.insert(more.begin(), kSmall.begin(), kSmall.end());
  return more;
}

TEST(SizeCli, AnswersAndAnswersTheSameFromItsStore) {
  const Workplace place;
  const Outcome first = place.braid(small({"--json"}));
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(first.err, "");
  const json answer = json::parse(first.out);
  EXPECT_EQ(answer["schema"], "braid.size/1");
  const json& fastest = answer["fastest"];
  EXPECT_EQ(fastest["gpus"], 8);
  EXPECT_EQ(fastest["tp"].get<int>() * fastest["pp"].get<int>() * fastest["dp"].get<int>(), 8);
  EXPECT_EQ(fastest["grain"], "unit");  // the best was replayed
  EXPECT_EQ(fastest["network"], "simgrid");
  // days = tokens / (tokens a second) / 86400; cost = GPUs x hours x price.
  const double days = 1e9 / fastest["tokens_per_s"].get<double>() / 86400;
  EXPECT_NEAR(fastest["days"].get<double>(), days, 1e-9 * days);
  const double cost = 8 * 24 * days * answer["offers"][0]["gpu_hour_price"].get<double>();
  EXPECT_NEAR(fastest["cost"].get<double>(), cost, 1e-9 * cost);
  EXPECT_EQ(answer["offers"][0]["order"]["refined"], 2);
  EXPECT_EQ(place.braid(small({"--json"})).out, first.out);
}

TEST(SizeCli, SaysInWordsWhatItAssumed) {
  const Workplace place;
  const Outcome outcome = place.braid(small({"--deadline", "60d", "--budget", "3M$"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("deadline of 60 d: kept"), HasSubstr("budget of 3 M USD: kept"),
                                 HasSubstr("Why others lose"), HasSubstr("price: 3 USD a H100-80G-hour"),
                                 HasSubstr("power: 1275 W a H100-80G"), HasSubstr("none was measured")));
  for (const std::string& line : test::lines_of(outcome.out)) {
    if (line.find("/") != std::string::npos) continue;  // a path is as long as it is
    EXPECT_LE(line.size(), 100U) << line;
  }
}

TEST(SizeCli, MistakesAreOneLineAndLeaveNothing) {
  const Workplace place;
  const auto mistake = [&](const std::vector<std::string>& more) {
    std::vector<std::string> all{"size"};
    all.insert(all.end(), more.begin(), more.end());
    return test::user_mistake(place, all);
  };
  EXPECT_THAT(mistake({"llama3-70", "--gpus", "h100:512"}), HasSubstr("did you mean llama3-70b?"));
  EXPECT_THAT(mistake({"llama3-70b", "--gpus", "h100:510"}), HasSubstr("504 or 512 would"));
  EXPECT_THAT(mistake({"llama3-70b", "--gpus", "h100:512", "--tokens", "15"}),
              HasSubstr("--tokens: 15 tokens are less than one step"));
  EXPECT_THAT(mistake({"llama3-70b", "--gpus", "h100:512", "--tokens", "15X"}), HasSubstr("write for example 15T"));
  EXPECT_THAT(mistake({"llama3-70b", "--gpus", "h100:512", "--deadline", "0d"}), HasSubstr("no time above 0"));
  EXPECT_THAT(mistake({"llama3-70b", "--gpus", "h100:512", "--budget", "3M"}), HasSubstr("no sum of money"));
  EXPECT_THAT(mistake({"llama3-70b", "--gpus", "h100:512", "--top", "0"}), HasSubstr("--top: "));
  EXPECT_THAT(mistake({"llama3-70b"}), HasSubstr("--gpus is required"));
}

TEST(SizeCli, WhereNothingFitsItSaysByHowMuch) {
  const Workplace place;
  // 405 B parameters in 2-byte weights alone are 812 GB; 8 GPUs have 8 x 85.5 = 684 GB.
  const Outcome outcome = place.braid({"size", "llama3-405b", "--gpus", "h100:8", "--quiet", "--schedules", "1f1b"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("No plan can be played. The closest: "), HasSubstr(" of 85.5 GB")));
}

}  // namespace
}  // namespace braid
