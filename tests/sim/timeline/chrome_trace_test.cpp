// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "sim/timeline/trace.hpp"
#include "tests/sim/timeline/small_timeline.hpp"

namespace braid {
namespace {

using Json = nlohmann::json;

std::vector<Json> events(char phase, const Timeline& timeline = small::timeline()) {
  std::vector<Json> found;
  const Json trace = Json::parse(chrome_trace(timeline, small::arrows()));
  for (const Json& event : trace["traceEvents"]) {
    if (event["ph"] == std::string(1, phase)) found.push_back(event);
  }
  return found;
}

TEST(ChromeTrace, WritesASliceInMicrosecondsWithItsKey) {
  const Json slice = events('X').at(0);
  EXPECT_EQ(slice["name"], "F attn mb2");
  EXPECT_EQ(slice["cat"], "F");
  EXPECT_EQ(slice["pid"], 0);
  EXPECT_EQ(slice["ts"], 0);
  EXPECT_EQ(slice["dur"], 1000);
  EXPECT_EQ(slice["args"], (Json{{"microbatch", 2}, {"chunk", 1}, {"layer", 5}, {"stretch_us", 2.5}}));
}

TEST(ChromeTrace, WritesEverySpanOnce) { EXPECT_EQ(events('X').size(), 5u); }

TEST(ChromeTrace, NamesRanksAndLanes) {
  std::map<std::pair<int, int>, std::string> names;
  for (const Json& event : events('M')) {
    if (event["name"] == "thread_name") names[{event["pid"], event["tid"]}] = event["args"]["name"];
    if (event["name"] == "process_name") {
      EXPECT_EQ(event["args"]["name"], "rank " + std::to_string(event["pid"].get<int>()));
    }
  }
  std::map<std::string, int> lanes;
  for (const Json& slice : events('X')) ++lanes[names.at({slice["pid"], slice["tid"]})];
  EXPECT_EQ(lanes, (std::map<std::string, int>{{"compute", 1}, {"pp", 2}, {"pp 2", 2}}));
}

TEST(ChromeTrace, KeepsSlicesOfARowApart) {
  std::map<std::pair<int, int>, double> row_ends;
  ASSERT_EQ(events('X').size(), 5u);
  for (const Json& slice : events('X')) {
    double& end = row_ends[{slice["pid"], slice["tid"]}];
    EXPECT_GE(slice["ts"].get<double>(), end);
    end = slice["ts"].get<double>() + slice["dur"].get<double>();
  }
}

TEST(ChromeTrace, JoinsMessagesWithArrows) {
  const auto from = events('s'), to = events('f');
  ASSERT_EQ(from.size(), 2u);
  ASSERT_EQ(to.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(from[i]["id"], to[i]["id"]);
    EXPECT_EQ(from[i]["pid"], 0);
    EXPECT_EQ(to[i]["pid"], 3);
    EXPECT_EQ(to[i]["bp"], "e");
  }
  EXPECT_EQ(from[0]["ts"], 1000);
  EXPECT_EQ(from[1]["ts"], 2000);
}

TEST(ChromeTrace, WritesCounters) {
  const auto counters = events('C');
  ASSERT_EQ(counters.size(), 2u);
  EXPECT_EQ(counters[1]["name"], "memory");
  EXPECT_EQ(counters[1]["ts"], 2000);
  EXPECT_EQ(counters[1]["args"]["value"], 25.5);
}

TEST(ChromeTrace, CarriesProvenanceEvenWithQuotes) {
  const Json trace = Json::parse(chrome_trace(small::timeline()));
  EXPECT_EQ(trace["otherData"]["kind"], "simulated");
  EXPECT_EQ(trace["otherData"]["gpu"], "A800 \"80G\"");
  EXPECT_EQ(trace["displayTimeUnit"], "ms");
}

TEST(ChromeTrace, StaysJsonWhateverTextSays) {
  Timeline timeline = small::timeline();
  timeline.provenance.facts["odd"] = std::string("\\ \n \x01 \xff \xc3\xa9", 10);
  EXPECT_NO_THROW(Json::parse(chrome_trace(timeline)));
}

TEST(ChromeTrace, RoundsEndsNotDurations) {
  // 0.4 ns .. 1.6 ns is 0 .. 2 ns, so the next slice, from 1.6 ns, does not overlap it.
  Timeline timeline = small::timeline();
  timeline.ranks[0].lanes[0] = {small::span(OpKind::forward, 0, 0.4e-9, 1.6e-9),
                                small::span(OpKind::forward, 1, 1.6e-9, 3e-9)};
  const auto slices = events('X', timeline);
  EXPECT_EQ(slices[0]["dur"], 0.002);
  EXPECT_EQ(slices[1]["ts"], 0.002);
}

}  // namespace
}  // namespace braid
