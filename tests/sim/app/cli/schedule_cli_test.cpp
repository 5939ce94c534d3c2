// SPDX-License-Identifier: Apache-2.0
// `braid schedule`: prints, writes, reads, plays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/schedule/generators.hpp"
#include "sim/timeline/run_file.hpp"
#include "tests/sim/app/cli/run_braid.hpp"
#include "tests/sim/schedule/oracle_files.hpp"

namespace braid {
namespace {

using nlohmann::json;
using test::Outcome;
using test::Workplace;
using testing::HasSubstr;

const std::vector<std::string> kStp{"schedule", "stp", "--stages", "4", "--microbatches", "12"};

std::vector<std::string> operator+(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

json json_of(const Outcome& outcome) {
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  return json::parse(outcome.out);
}

TEST(ScheduleCommand, PrintsStpAsTheReferenceWritesItInEveryForm) {
  const Workplace place;
  for (const auto& [form, kind] : {std::pair<std::string, std::string>{"compute_only", "compute_only.csv"},
                                   {"compute_comms", "compute_comms.csv"},
                                   {"braided", "braided_ext.csv"}}) {
    const Outcome outcome = place.braid(kStp + std::vector<std::string>{"--csv", form});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.out, test::text_with_lf(test::kSchedules + "stp_p4_m12." + kind)) << form;
  }
}

TEST(ScheduleCommand, DrawsTheFigureOfThePaper) {
  const Workplace place;
  EXPECT_EQ(place.braid(kStp + std::vector<std::string>{"--grid", "--p2p", "batched"}).out,
            test::text_with_lf(test::kSchedules + "stp_fig_p4_m12.grid.csv"));
}

TEST(ScheduleCommand, PlaysAbstractCostsAsJson) {
  // 6m + p - 1 = 75 slots, work 72, so 3 slots of bubble; the busiest ranks wait from their first op on as well.
  const Workplace place;
  for (const std::string mode : {"eager", "batched", "blocking"}) {
    const json played = json_of(place.braid(
        kStp + std::vector<std::string>{"--play", "--costs", "f=1,i=1,w=1,ar=0,p2p=0", "--p2p", mode, "--json"}));
    EXPECT_EQ(played["makespan"], 75);
    EXPECT_EQ(played["bubble_global"], 3);
    EXPECT_EQ(played["bubble_span"], 3);
    EXPECT_EQ(played["peak_activations"]["netted"], 12);     // 3p
    EXPECT_EQ(played["peak_activations"]["inclusive"], 13);  // 3p + 1
    EXPECT_EQ(played["peak_activations"]["until_w"], 15);    // 4p - 1
    ASSERT_EQ(played["per_rank"].size(), 4U);
    for (const json& rank : played["per_rank"]) EXPECT_EQ(rank["work"], 72);
    EXPECT_TRUE(played.contains("schema"));
  }
}

TEST(ScheduleCommand, PaysAllReducesAndMessages) {
  // GPipe, p = 2, m = 1: F and AR 1.5 each, B = 1 + max(1, 0.5) = 2 each, two messages of 0.25.
  const Workplace place;
  const json played = json_of(place.braid(
      {"schedule", "gpipe", "--stages", "2", "--microbatches", "1", "--play", "--costs", "ar=0.5,p2p=0.25", "--json"}));
  EXPECT_EQ(played["makespan"], 7.5);
}

TEST(ScheduleCommand, ReadsWhatItWroteAndPlaysItTheSame) {
  const Workplace place;
  for (const GeneratorEntry& entry : generators()) {
    SCOPED_TRACE(entry.name);
    // DualPipe needs even p and m; 12 is enough for STP's 3p - 1 = 11 and a multiple of p.
    std::vector<std::string> make{"schedule", entry.name, "--stages", "4", "--microbatches", "12"};
    if (entry.name == "zb") make = make + std::vector<std::string>{"--memory-limit", "4"};
    const json generated = json_of(place.braid(make + std::vector<std::string>{"--play", "--json"}));
    for (const std::string form : {"braided", "compute_only", "compute_comms"}) {
      const Outcome csv = place.braid(make + std::vector<std::string>{"--csv", form});
      if (form == "compute_comms" && entry.name == "dualpipe") continue;  // torch's form cannot say where a stage is
      ASSERT_EQ(csv.code, 0) << csv.err;
      place.file("s.csv", csv.out);
      const json read = json_of(place.braid({"schedule", "--from", "s.csv", "--play", "--json"}));
      // Flattened, STP's (F;F) and (F;W) are two cells: their parts end one after the other, the rest is equal.
      if (form != "braided" && entry.name == "stp") continue;
      for (const char* field : {"makespan", "bubble_global", "bubble_span", "peak_activations", "per_rank"}) {
        EXPECT_EQ(read[field], generated[field]) << form << " " << field;
      }
      EXPECT_EQ(place.braid({"check", "s.csv"}).code, 0);
    }
  }
}

TEST(ScheduleCommand, ReadsSchedulesInTwoDirections) {
  // 3*8 + (4/2 - 1)(3 + 2 - 3) = 26, DualPipe's own law.
  const Workplace place;
  const json played = json_of(
      place.braid({"schedule", "--from", test::kSchedules + "dualpipe_deepseek_p4_m8.bidir.csv", "--play", "--json"}));
  EXPECT_EQ(played["makespan"], 26);
  EXPECT_EQ(played["ranks"], 4);
  EXPECT_EQ(played["microbatches"], 8);
}

TEST(ScheduleCommand, PrintsRowsAndASummaryForPeople) {
  const Workplace place;
  const Outcome outcome = place.braid({"schedule", "1f1b", "--stages", "2", "--microbatches", "2"});
  EXPECT_EQ(outcome.code, 0);
  // Pauses stand where torch writes empty cells. Work 3 x 2 = 6, bubble (p-1)(F + B) = 3.
  EXPECT_THAT(outcome.out, testing::AllOf(HasSubstr("0: F0.0 - - F0.1 B0.0 - B0.1\n1: - F1.0 B1.0 F1.1 B1.1\n"),
                                          HasSubstr("makespan 9, work 6, bubble 3 global (33.33 % of the makespan)")));
}

TEST(ScheduleCommand, TellsAUserWhatIsWrong) {
  const Workplace place;
  place.file("quote.csv", "0F0,\"0B0\n");
  place.file("junk.csv", "0F0,0B0x\n");
  place.file("twice.csv", "0F0,0F0,0B0\n");
  place.file("no_b.csv", "0F0,0F1,0B0\n");
  place.file("cycle.csv", "0F0,0B0,0F1,0B1\n1F1,1B1,1F0,1B0\n");
  struct Case {
    std::vector<std::string> arguments;
    std::vector<std::string> words;
  };
  for (const Case& c :
       std::vector<Case>{{{"schedule"}, {"NAME", "--from"}},
                         {{"schedule", "stp"}, {"--stages"}},
                         {{"schedule", "stp", "--stages", "4"}, {"--microbatches"}},
                         {{"schedule", "spt", "--stages", "4", "--microbatches", "12"}, {"spt", "did you mean stp"}},
                         {{"schedule", "stp", "--stages", "4", "--microbatches", "10"}, {"3p-1", "11"}},
                         {{"schedule", "stp", "--stages", "5", "--microbatches", "13"}, {"3p-1", "14"}},
                         {{"schedule", "dualpipe", "--stages", "3", "--microbatches", "12"}, {"even"}},
                         {{"schedule", "gpipe", "--stages", "2", "--microbatches", "4", "--chunks", "2"}, {"chunks"}},
                         {{"schedule", "gpipe", "--stages", "-2", "--microbatches", "4"}, {"-2"}},
                         {{"schedule", "gpipe", "--stages", "2", "--microbatches", "1000000000"}, {"1000000000"}},
                         {kStp + std::vector<std::string>{"--csv", "torch"}, {"--csv", "torch", "compute_only"}},
                         {kStp + std::vector<std::string>{"--p2p", "lazy"}, {"--p2p", "lazy", "batched"}},
                         {kStp + std::vector<std::string>{"--play", "--costs", "g=1"}, {"--costs", "g=1"}},
                         {kStp + std::vector<std::string>{"--json"}, {"--json", "--play"}},
                         {kStp + std::vector<std::string>{"--out", "a.braid"}, {"--out", "--play"}},
                         {kStp + std::vector<std::string>{"--play", "--out", "no/folder.braid"},
                          {"no/folder.braid", "cannot be written"}},
                         {kStp + std::vector<std::string>{"--grid", "--play"}, {"--grid", "--play"}},
                         {kStp + std::vector<std::string>{"--grid", "--costs", "f=1.5"}, {"--grid", "whole"}},
                         {{"schedule", "--from", "none.csv"}, {"none.csv", "No such file"}},
                         {{"schedule", "--from", "junk.csv", "--stages", "2"}, {"--from"}},
                         {{"schedule", "stp", "--from", "junk.csv"}, {"--from"}},
                         {{"schedule", "--from", "quote.csv"}, {"quote.csv:1"}},
                         {{"schedule", "--from", "junk.csv"}, {"junk.csv:1", "0B0x"}},
                         {{"schedule", "--from", "twice.csv"}, {"twice.csv:1"}},
                         {{"schedule", "--from", test::kSchedules + "BAD_torch_1f1b_lastrank_p4_m8.compute_only.csv"},
                          {"BAD_torch_1f1b_lastrank_p4_m8.compute_only.csv:4", "microbatches 1 to 8"}}}) {
    const std::string said = test::user_mistake(place, c.arguments);
    for (const std::string& word : c.words) EXPECT_THAT(said, HasSubstr(word));
  }
  // How many passes there are, and which one is missing.
  EXPECT_THAT(test::user_mistake(place, {"schedule", "--from", "no_b.csv"}, 2),
              HasSubstr("no_b.csv:1: 0B1 is missing"));
  EXPECT_THAT(test::user_mistake(place, {"check", "no_b.csv"}, 2), HasSubstr("no_b.csv:1: 0B1 is missing"));
  // Every rank that waits is a fault of its own.
  EXPECT_THAT(test::user_mistake(place, {"schedule", "--from", "cycle.csv"}, 2), HasSubstr("cycle.csv"));
}

TEST(ScheduleCommand, WritesARunFileOfAPlay) {
  const Workplace place;
  const Outcome told = place.braid(kStp + std::vector<std::string>{"--p2p", "batched", "--play", "--out", "stp.braid"});
  EXPECT_EQ(told.code, 0);
  EXPECT_THAT(told.out, HasSubstr("wrote stp.braid"));
  const RunFile file((place.folder() / "stp.braid").string());
  const json facts = json::parse(file.view().facts);
  EXPECT_EQ(facts["kind"], "abstract");
  EXPECT_EQ(facts["p2p"], "batched");
  // The paper's figure: 75 slots.
  EXPECT_EQ(facts["step_time_ns"], 75'000'000'000);
  EXPECT_EQ(file.view().ranks.size(), 4U);
  // stdout of --json stays one document.
  json_of(place.braid(kStp + std::vector<std::string>{"--play", "--json", "--out", "again.braid"}));
  EXPECT_THAT(place.files(), testing::ElementsAre("again.braid", "stp.braid"));
}

}  // namespace
}  // namespace braid
