// SPDX-License-Identifier: Apache-2.0
#include "gui/model/run_facts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace braid {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

TEST(RunFacts, AreReadInFull) {
  const RunFacts facts = parse_run_facts(R"({
    "title": "stp", "kind": "simulated", "time_unit": "slot", "step_time_ns": 12, "multiplicity": 8, "lost": 3,
    "p2p": "eager", "scenario": "schema = 1", "profile": "a,b", "run": "stp", "provenance": {"gpu": "A800"},
    "notes": ["one", "two"],
    "report": {"schedule": "stp", "mfu": 0.5, "fits": true, "bubble_by_cause_s": {"tp": 1},
               "worst_rank": {"busy_s": {"s": 2.5, "rank": 3}}, "ranks": [{"rank": 0}]},
    "works": [{"class": "F attn", "shape": "s", "flops": 1e9, "bytes": 7, "price_s": 0.25, "source": "rule"}]})");
  EXPECT_EQ(facts.title, "stp");
  EXPECT_EQ(facts.kind, "simulated");
  EXPECT_EQ(facts.time_unit, "slot");
  EXPECT_EQ(facts.step_time_ns, 12);
  EXPECT_EQ(facts.multiplicity, 8);
  EXPECT_EQ(facts.lost, 3u);
  EXPECT_EQ(facts.p2p, "eager");
  EXPECT_EQ(facts.scenario, "schema = 1");
  EXPECT_EQ(facts.profile, "a,b");
  EXPECT_EQ(facts.run, "stp");
  EXPECT_THAT(facts.provenance, UnorderedElementsAre(Pair("gpu", "A800")));
  EXPECT_THAT(facts.notes, ElementsAre("one", "two"));
  // Numbers and truths by dotted name; words and lists are left out.
  EXPECT_THAT(facts.figures, UnorderedElementsAre(Pair("mfu", 0.5), Pair("fits", 1), Pair("bubble_by_cause_s.tp", 1),
                                                  Pair("worst_rank.busy_s.s", 2.5), Pair("worst_rank.busy_s.rank", 3)));
  ASSERT_EQ(facts.works.size(), 1u);
  EXPECT_EQ(facts.works[0].op_class, "F attn");
  EXPECT_EQ(facts.works[0].shape, "s");
  EXPECT_EQ(facts.works[0].flops, 1e9);
  EXPECT_EQ(facts.works[0].bytes, 7);
  EXPECT_EQ(facts.works[0].price_s, 0.25);
  EXPECT_EQ(facts.works[0].source, "rule");
}

TEST(RunFacts, HaveDefaultsForWhatIsMissing) {
  const RunFacts facts = parse_run_facts("{}");
  EXPECT_EQ(facts.title, "");
  EXPECT_EQ(facts.time_unit, "s");
  EXPECT_EQ(facts.step_time_ns, 0);
  EXPECT_EQ(facts.multiplicity, 1);
  EXPECT_THAT(facts.notes, IsEmpty());
  EXPECT_THAT(facts.figures, IsEmpty());
  EXPECT_THAT(facts.works, IsEmpty());
}

TEST(RunFacts, LeaveOutWhatIsOfAnotherKind) {
  const RunFacts facts = parse_run_facts(R"({
    "title": 3, "kind": null, "step_time_ns": "12", "multiplicity": 1e99, "lost": -1, "provenance": ["x"],
    "notes": [1, "kept", {}], "report": [1, 2], "works": [7, {"class": [], "flops": "many", "price_s": 2}]})");
  EXPECT_EQ(facts.title, "");
  EXPECT_EQ(facts.kind, "");
  EXPECT_EQ(facts.step_time_ns, 0);
  EXPECT_EQ(facts.multiplicity, 1);
  EXPECT_EQ(facts.lost, 0u);
  EXPECT_THAT(facts.provenance, IsEmpty());
  EXPECT_THAT(facts.notes, ElementsAre("kept"));
  EXPECT_THAT(facts.figures, IsEmpty());
  // Spans name works by position: one that cannot be read keeps its place.
  ASSERT_EQ(facts.works.size(), 2u);
  EXPECT_EQ(facts.works[0].op_class, "");
  EXPECT_EQ(facts.works[1].op_class, "");
  EXPECT_EQ(facts.works[1].price_s, 2);
}

TEST(RunFacts, TakeNoNumberThatDoesNotFit) {
  // 2^31 is no int, 2^63 no int64; -(2^63) is one.
  const RunFacts facts = parse_run_facts(
      R"({"multiplicity": 2147483648, "step_time_ns": 9223372036854775808, "lost": 18446744073709551615})");
  EXPECT_EQ(facts.multiplicity, 1);
  EXPECT_EQ(facts.step_time_ns, 0);
  EXPECT_EQ(facts.lost, 18446744073709551615u);
  EXPECT_EQ(parse_run_facts(R"({"step_time_ns": -9223372036854775808})").step_time_ns,
            std::numeric_limits<std::int64_t>::min());
}

TEST(RunFacts, OfTextThatIsNoObjectSaySo) {
  for (const char* text : {"", "nonsense", "[]", "3", "{\"title\": \"cut", "\"\xff\xfe\"", "null"}) {
    const RunFacts facts = parse_run_facts(text);
    EXPECT_THAT(facts.notes, ElementsAre("the facts of this run cannot be read: they are no JSON object")) << text;
    EXPECT_EQ(facts.title, "");
  }
}

TEST(RunFacts, SurviveNestingOfAnyDepth) {
  std::string deep = "{\"report\": ";
  for (int i = 0; i < 100000; ++i) deep += "{\"a\": ";
  deep += "1";
  deep.append(100001, '}');
  EXPECT_THAT(parse_run_facts(deep).figures, IsEmpty());
}

TEST(RunFacts, TellHowManyGpusEachRankStandsFor) {
  EXPECT_EQ(parse_run_facts(R"({"report": {"ranks": [{"rank": 0, "gpus": 3}, {"rank": 5}]}})").gpus,
            (std::vector<int>{3, 1}));
  EXPECT_TRUE(parse_run_facts(R"({"report": {"ranks": [{"gpus": 1}, {"gpus": 1}]}})").gpus.empty());
  EXPECT_TRUE(parse_run_facts(R"({"report": {"ranks": 7}})").gpus.empty());
}

}  // namespace
}  // namespace braid
