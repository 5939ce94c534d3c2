// SPDX-License-Identifier: Apache-2.0
// `braid report STORE` as a user runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/base/csv.hpp"
#include "sim/sweep/store/store.hpp"
#include "tests/sim/app/cli/run_braid.hpp"
#include "tests/sim/app/verified.hpp"

namespace braid {
namespace {

using test::kThreeRuns;
using test::Outcome;
using test::user_mistake;
using test::Workplace;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Configuration row(const std::string& run, double tokens_per_s) {
  Configuration row;
  row.choice = R"({"plan.tp":2,"run":")" + run + "\"}";
  row.hash = run;
  row.scenario = kThreeRuns;
  row.run = row.schedule = run;
  row.gpu = "A100-80G";
  row.tp = row.pp = row.dp = 2;
  row.microbatches = 8;
  row.version = "0.1.0";
  row.network = "simgrid";
  row.grain = "unit";
  row.step_time_s = row.screened_step_time_s = row.busy_s = 1;
  row.tokens_per_s = tokens_per_s;
  row.peak_memory_bytes = 1e10;
  row.gpus = 8;
  return row;
}

class ReportCli : public testing::Test {
 protected:
  void store(const std::string& name, const std::vector<Configuration>& rows) const {
    SweepStore made((place.folder() / name).string(), SweepStore::Mode::write);
    for (const Configuration& each : rows) made.add(each);
  }
  std::string text(const std::string& name) const { return read_file((place.folder() / name).string()); }
  Workplace place;
};

TEST_F(ReportCli, WritesAPageWithTheBestPlayedAgain) {
  store("a.db", {row("stp", 300), row("zb-v", 200)});
  const Outcome outcome = place.braid({"report", "a.db"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("wrote out/a/sweep.html\nwrote out/a/sweep.csv\nwrote out/a/sweep.json\n"));
  const std::string html = text("out/a/sweep.html");
  EXPECT_THAT(html, HasSubstr("<h2>Timelines of the best</h2>"));
  EXPECT_THAT(html, HasSubstr("<div class=\"timeline\">"));
  EXPECT_THAT(html, Not(HasSubstr("cannot be played again")));
  EXPECT_EQ(nlohmann::json::parse(text("out/a/sweep.json"))["rows"].size(), 2u);
  EXPECT_EQ(parse_csv(text("out/a/sweep.csv"), "sweep.csv").rows.size(), 3u);
  // The same again gives the same bytes.
  ASSERT_EQ(place.braid({"report", "a.db"}).code, 0);
  EXPECT_EQ(text("out/a/sweep.html"), html);
}

TEST_F(ReportCli, ARowThatCannotBePlayedAgainSaysWhy) {
  Configuration broken = row("stp", 300);
  broken.run = "gone";
  store("a.db", {broken});
  const Outcome outcome = place.braid({"report", "a.db", "--html", "a.html"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(text("a.html"), HasSubstr("cannot be played again: "));
}

TEST_F(ReportCli, WritesOnlyWhatIsNamed) {
  store("a.db", {row("stp", 300)});
  ASSERT_EQ(place.braid({"report", "a.db", "--csv", "a.csv"}).code, 0);
  EXPECT_THAT(place.files(), ElementsAre("a.csv", "a.db"));
  const Outcome outcome = place.braid({"report", "a.db", "--json"});
  EXPECT_EQ(nlohmann::json::parse(outcome.out)["schema"], "braid.sweep-report/1");
  EXPECT_THAT(place.files(), ElementsAre("a.csv", "a.db"));
}

TEST_F(ReportCli, ShowsWhatWasSweptInTheTerminal) {
  Configuration slow = row("stp", 200), fast = row("stp", 300);
  slow.choice = R"({"cluster.nic_bandwidth":"100 Gbit/s","plan.tp":2,"run":"stp"})";
  fast.choice = R"({"cluster.nic_bandwidth":"400 Gbit/s","plan.tp":2,"run":"stp"})";
  slow.hash = "slow";
  store("a.db", {slow, fast});
  const Outcome outcome = place.braid({"report", "a.db", "--no-timelines"});
  EXPECT_THAT(outcome.out, HasSubstr("nic_bandwidth"));
  EXPECT_THAT(outcome.out, HasSubstr("400 Gbit/s"));
  EXPECT_THAT(outcome.out, Not(HasSubstr(" tp ")));  // the same in both
}

TEST_F(ReportCli, HoldsTwoStoresAgainstEachOther) {
  store("new.db", {row("stp", 300), row("zb-v", 200)});
  store("old.db", {row("stp", 150), row("zb-v", 200)});
  const Outcome outcome =
      place.braid({"report", "new.db", "--against", "old.db", "--html", "a.html", "--no-timelines"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  // 300 / 150 and 200 / 200.
  EXPECT_THAT(outcome.out, HasSubstr("against old: 2 configurations in both (joined by choice)"));
  EXPECT_THAT(outcome.out, HasSubstr("tokens/s of new over those of old: +"));
  EXPECT_THAT(outcome.out, HasSubstr("(+0.00 .. +100.00 %), another best"));
  EXPECT_THAT(text("a.html"), HasSubstr("<h2>Against old</h2>"));
  EXPECT_THAT(text("a.html"), Not(HasSubstr("class=\"timeline\"")));
}

TEST_F(ReportCli, NothingPlayedIsAnOutcomeWithItsReason) {
  Configuration pruned = row("stp", 0);
  pruned.status = ConfigurationStatus::pruned;
  pruned.reason = "heads do not divide";
  store("a.db", {pruned});
  const Outcome outcome = place.braid({"report", "a.db"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("none of 1 configurations was played: 1 pruned, 0 failed; most often (1): heads "
                                     "do not divide\n"));
}

TEST_F(ReportCli, MistakesAreOneLine) {
  EXPECT_THAT(user_mistake(place, {"report"}), HasSubstr("STORE"));
  EXPECT_THAT(user_mistake(place, {"report", "none.db"}), HasSubstr("none.db: there is no such file"));
  store("empty.db", {});
  store("a.db", {row("stp", 300)});
  store("b.db", {row("zb-v", 300)});
  EXPECT_THAT(user_mistake(place, {"report", "empty.db"}), HasSubstr("empty.db: holds no configuration yet"));
  EXPECT_THAT(user_mistake(place, {"report", "a.db", "--against", "none.db"}), HasSubstr("none.db"));
  EXPECT_THAT(user_mistake(place, {"report", "a.db", "--against", "b.db"}),
              HasSubstr("a.db: has no configuration in common with b.db"));
  EXPECT_THAT(user_mistake(place, {"report", "a.db", "--top", "-1"}), HasSubstr("--top"));
  EXPECT_THAT(user_mistake(place, {"report", "a.db", "--out", "a.db"}), HasSubstr("a.db"));
  EXPECT_THAT(user_mistake(place, {"report", "a.db", "--csv", "/proc/a.csv", "--no-timelines"}),
              HasSubstr("/proc/a.csv: cannot be written"));
}

}  // namespace
}  // namespace braid
