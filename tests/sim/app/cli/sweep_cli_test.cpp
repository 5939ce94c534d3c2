// SPDX-License-Identifier: Apache-2.0
// `braid sweep` as a user runs it.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "sim/sweep/store/store.hpp"
#include "tests/sim/app/cli/run_braid.hpp"

namespace braid {
namespace {

using test::lines_of;
using test::Outcome;
using test::user_mistake;
using test::Workplace;
using testing::HasSubstr;

/// 2 x 2 plans of Llama-mini's size, one of which has heads that do not divide.
const std::string kSweep = R"(schema = 1
name = "few"
refine = 2
[fields]
"plan.tp" = [1, 3]
"plan.microbatches" = [4, 8]
[scenario]
schema = 1
name = "small"
model = ")" BRAID_SOURCE_DIR R"(/scenarios/models/llama-mini.toml"
cluster = ")" BRAID_SOURCE_DIR R"(/scenarios/clusters/h100-sxm-8x2.toml"
[scenario.plan]
tp = 1
pp = 2
microbatches = 8
sequence = 512
[[scenario.run]]
schedule = "1f1b"
)";

TEST(SweepCli, FillsItsStoreAndSaysWhatIsBest) {
  const Workplace place;
  place.file("s.toml", kSweep);
  const Outcome told = place.braid({"sweep", "s.toml", "--jobs", "2"});
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_EQ(told.err, "");
  EXPECT_THAT(told.out, HasSubstr("4 configurations: 4 new in "));
  EXPECT_THAT(told.out, HasSubstr("2 pruned:"));
  EXPECT_THAT(told.out, HasSubstr("the best, played by units on SimGrid:"));
  EXPECT_THAT(told.out, HasSubstr("of 2 refined, "));
  EXPECT_THAT(told.out, HasSubstr("results in out/few.db: braid report out/few.db, braid gui out/few.db\n"));
  EXPECT_EQ(place.files(), (std::vector<std::string>{"out/", "out/few.db", "s.toml"}));
}

TEST(SweepCli, JsonQuietAndProgress) {
  const Workplace place;
  place.file("s.toml", kSweep);
  const Outcome told = place.braid({"sweep", "s.toml", "--json", "--progress", "--store", "a.db"});
  const auto json = nlohmann::json::parse(told.out);
  EXPECT_EQ(json["schema"], "braid.sweep-summary/1");
  EXPECT_EQ(json["screened"]["done"], 4);
  EXPECT_EQ(json["best"].size(), 2u);
  EXPECT_EQ(json["order_change"]["refined"], 2);
  EXPECT_THAT(lines_of(told.err).back(), HasSubstr("progress 1.000 refining 2 of 2"));
  const Outcome quiet = place.braid({"sweep", "s.toml", "--quiet", "--store", "a.db"});
  EXPECT_EQ(quiet.out + quiet.err, "");
}

TEST(SweepCli, ShardsAreMerged) {
  const Workplace place;
  place.file("s.toml", kSweep);
  EXPECT_EQ(place.braid({"sweep", "s.toml", "--shard", "1/2", "--store", "1.db"}).code, 0);
  EXPECT_EQ(place.braid({"sweep", "s.toml", "--shard", "2/2", "--store", "2.db"}).code, 0);
  // Each has two of the four points.
  const Outcome one = place.braid({"sweep", "merge", "some.db", "1.db"});
  EXPECT_EQ(one.out,
            "2 configurations in some.db\n2 of the 4 points of the sweep are missing: merge the other shards, too\n");
  const Outcome merged = place.braid({"sweep", "merge", "all.db", "1.db", "2.db"});
  EXPECT_EQ(merged.code, 0) << merged.err;
  EXPECT_EQ(merged.out, "4 configurations in all.db\n");
}

// The run that is played has no chunks of another run, so both values of those are one configuration.
TEST(SweepCli, SaysHowManyAreTheSameAsOthers) {
  const Workplace place;
  std::string text = kSweep;
  text.insert(text.find("[fields]") + 9, "\"run.1.p2p\" = [\"batched\", \"eager\"]\n");
  place.file("s.toml", "runs = [\"1f1b\"]\n" + text + "[[scenario.run]]\nschedule = \"gpipe\"\n");
  const Outcome told = place.braid({"sweep", "s.toml", "--store", "a.db"});
  EXPECT_THAT(told.out, HasSubstr("8 configurations, 4 of them the same as others: 8 new in ")) << told.err;
  const Outcome report = place.braid({"report", "a.db", "--no-timelines"});
  EXPECT_THAT(report.out, HasSubstr("4 configurations (8 points of the sweep, 4 of them the same as others): "));
}

TEST(SweepCli, FreshEmptiesAStoreAndNothingElse) {
  const Workplace place;
  place.file("s.toml", kSweep);
  place.braid({"sweep", "s.toml", "--store", "a.db", "--set", "plan.sequence=256"});
  EXPECT_THAT(user_mistake(place, {"sweep", "s.toml", "--store", "a.db"}), HasSubstr("a.db: holds the sweep 'few' of"));
  EXPECT_EQ(place.braid({"sweep", "s.toml", "--store", "a.db", "--fresh"}).code, 0);
  place.file("notes.txt", std::string(2000, 'x'));
  EXPECT_THAT(user_mistake(place, {"sweep", "s.toml", "--store", "notes.txt", "--fresh"}),
              HasSubstr("notes.txt: cannot be read: file is not a database"));
}

TEST(SweepCli, MistakesAreOneLine) {
  const Workplace place;
  place.file("s.toml", kSweep);
  EXPECT_THAT(user_mistake(place, {"sweep"}), HasSubstr("name a sweep file"));
  EXPECT_THAT(user_mistake(place, {"sweep", "none.toml"}), HasSubstr("none.toml"));
  EXPECT_THAT(user_mistake(place, {"sweep", "s.toml", "--shard", "3/2"}), HasSubstr("--shard: '3/2' is not I/N"));
  EXPECT_THAT(user_mistake(place, {"sweep", "s.toml", "--time-limit", "60"}), HasSubstr("--time-limit"));
  EXPECT_THAT(user_mistake(place, {"sweep", "s.toml", "--refine", "-1"}), HasSubstr("--refine"));
  EXPECT_THAT(user_mistake(place, {"sweep", "s.toml", "--store", "/proc/none/a.db"}), HasSubstr("/proc/none"));
  EXPECT_THAT(user_mistake(place, {"sweep", "merge", "all.db", "none.db"}),
              HasSubstr("none.db: there is no such file"));
}

TEST(SweepCli, AnInterruptKeepsWhatIsDoneAndExitsWith130) {
  const Workplace place;
  std::string many = kSweep;
  many.replace(many.find("[4, 8]"), 6, "{ from = 4, to = 4000, step = 4 }");
  place.file("s.toml", many);
  const pid_t child = fork();
  if (child == 0) {
    const int nowhere = open("/dev/null", O_WRONLY);
    if (chdir(place.folder().c_str()) != 0 || dup2(nowhere, 1) < 0 || dup2(nowhere, 2) < 0) _exit(127);
    execl(test::built_braid().c_str(), "braid", "sweep", "s.toml", "--store", "a.db", "--jobs", "1", nullptr);
    _exit(127);
  }
  const std::string store = (place.folder() / "a.db").string();
  const auto rows = [&]() -> std::size_t {
    try {
      return SweepStore(store, SweepStore::Mode::read).all(true).size();
    } catch (const std::exception&) { return 0; }  // not there yet
  };
  for (int i = 0; i < 600 && rows() == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  kill(child, SIGINT);
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 130);
  EXPECT_GT(rows(), 0u);
  EXPECT_LT(rows(), 2000u);
}

}  // namespace
}  // namespace braid
