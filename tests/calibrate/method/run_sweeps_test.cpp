// SPDX-License-Identifier: Apache-2.0
// The driver with sweeps that measure nothing: order, allowance, stop, failure, and going on with a table that was cut.
#include "calibrate/method/run_sweeps.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <stdexcept>

#include "calibrate/method/interrupt.hpp"
#include "calibrate/table/table.hpp"
#include "calibrate/table/table_writer.hpp"
#include "tests/calibrate/temporary_folder.hpp"

namespace braid {
namespace {

using testing::ElementsAre;

struct Quiet {
  std::ostringstream text;
  ProgressLine line{text, false, [] { return 0.0; }};
};

/// A sweep of squares 0 to 9, one point each; `after` sees every number when it is measured.
SweepTask squares(const std::string& path, const std::function<void(int)>& after, ProgressLine& progress) {
  return {"squares", 1e9, [=, &progress](const Budget& budget) {
            TableWriter csv({.path = path,
                             .provenance = {"braid-calibrate 2, table: squares", "gpu: none"},
                             .header = "number,square",
                             .key_columns = 1,
                             .cut_short = [&budget] { return budget.cut(); }});
            std::vector<Point> points;
            for (int i = 0; i < 10; ++i) {
              if (csv.has({i})) continue;
              points.push_back({.measure = [&csv, &after, i] { csv.row({i, i * i}), after(i); }});
            }
            measure_points(points, budget, &progress);
          }};
}

std::vector<std::string> numbers(const std::string& path) {
  const std::string columns[] = {"number", "square"};
  const Table table = read_table(path, "squares", columns);
  std::vector<std::string> r;
  for (std::size_t i = 0; i < table.rows(); ++i) r.push_back(table.text(i, "number"));
  return r;
}
bool cut(const std::string& path) { return read_table(path, "squares", {}).cut_short(); }

TEST(RunSweeps, RunsInOrderAndReportsFailureWithoutStopping) {
  Quiet quiet;
  std::vector<std::string> ran;
  const auto named = [&](const char* name) {
    return SweepTask{name, 1e9, [&ran, name](const Budget&) { ran.emplace_back(name); }};
  };
  const auto results =
      run_sweeps({named("a"), {"b", 1e9, [](const Budget&) { throw std::runtime_error("no memory"); }}, named("c")},
                 quiet.line, {});
  EXPECT_THAT(ran, ElementsAre("a", "c"));
  EXPECT_EQ(results[0].end, SweepEnd::whole);
  EXPECT_EQ(results[1].end, SweepEnd::failed);
  EXPECT_EQ(results[1].error, "no memory");
  EXPECT_EQ(results[2].end, SweepEnd::whole);
  EXPECT_EQ(quiet.text.str(), "a: 0:00\nb: 0:00, failed: no memory\nc: 0:00\n");
}

TEST(RunSweeps, AStopFinishesThePointAtHandAndBeginsNoOtherSweep) {
  const TemporaryFolder folder;
  Quiet quiet;
  bool stop = false;
  const auto results = run_sweeps({squares(
                                       folder / "a.csv", [&](int i) { stop = i == 3; }, quiet.line),
                                   squares(
                                       folder / "b.csv", [](int) {}, quiet.line)},
                                  quiet.line, [&] { return stop; });
  EXPECT_THAT(numbers(folder / "a.csv"), ElementsAre("0", "1", "2", "3"));
  EXPECT_TRUE(cut(folder / "a.csv"));
  EXPECT_FALSE(std::filesystem::exists(folder / "b.csv"));
  EXPECT_EQ(results[0].end, SweepEnd::cut);
  EXPECT_EQ(results[1].end, SweepEnd::not_begun);
  EXPECT_EQ(quiet.text.str(), "squares: 4 of 10 points, 0:00, stopped\n");
}

TEST(RunSweeps, TheSameCommandAgainMeasuresOnlyWhatIsMissing) {
  const TemporaryFolder folder;
  Quiet quiet;
  bool stop = false;
  run_sweeps({squares(
                 folder / "a.csv", [&](int i) { stop = i == 6; }, quiet.line)},
             quiet.line, [&] { return stop; });
  std::vector<int> again;
  const auto sweep = squares(
      folder / "a.csv", [&](int i) { again.push_back(i); }, quiet.line);
  run_sweeps({sweep}, quiet.line, {});
  EXPECT_THAT(again, ElementsAre(7, 8, 9));
  EXPECT_EQ(numbers(folder / "a.csv").size(), 10u);
  EXPECT_FALSE(cut(folder / "a.csv"));
  again.clear();
  run_sweeps({sweep}, quiet.line, {});
  EXPECT_THAT(again, ElementsAre());
}

TEST(RunSweeps, AnAllowanceThatIsUsedUpLeavesATableCutShort) {
  const TemporaryFolder folder;
  Quiet quiet;
  bool stop = false;
  run_sweeps({squares(
                 folder / "a.csv", [&](int i) { stop = i == 1; }, quiet.line)},
             quiet.line, [&] { return stop; });
  SweepTask task = squares(
      folder / "a.csv", [](int) {}, quiet.line);
  task.seconds = -1;  // used up before the first point
  const auto results = run_sweeps({task}, quiet.line, {});
  EXPECT_EQ(results[0].end, SweepEnd::cut);
  EXPECT_THAT(numbers(folder / "a.csv"), ElementsAre("0", "1"));
  EXPECT_TRUE(cut(folder / "a.csv"));
}

TEST(RunSweeps, ASweepThatThrowsLeavesItsTableCutShort) {
  const TemporaryFolder folder;
  Quiet quiet;
  run_sweeps({squares(
                 folder / "a.csv",
                 [](int i) {
                   if (i == 2) throw std::runtime_error("lost");
                 },
                 quiet.line)},
             quiet.line, {});
  EXPECT_THAT(numbers(folder / "a.csv"), ElementsAre("0", "1", "2"));
  EXPECT_TRUE(cut(folder / "a.csv"));
}

TEST(RunSweeps, CtrlCClosesTheTableAndTheSameCommandGoesOn) {
  const TemporaryFolder folder;
  Quiet quiet;
  EXPECT_EXIT(
      {
        catch_interrupts();
        run_sweeps({squares(
                       folder / "a.csv",
                       [](int i) {
                         if (i == 2) std::raise(SIGINT);
                       },
                       quiet.line)},
                   quiet.line, interrupted);
        std::exit(interrupted() ? kInterruptedCode : 0);
      },
      testing::ExitedWithCode(130), "");
  EXPECT_THAT(numbers(folder / "a.csv"), ElementsAre("0", "1", "2"));
  EXPECT_TRUE(cut(folder / "a.csv"));
  run_sweeps({squares(
                 folder / "a.csv", [](int) {}, quiet.line)},
             quiet.line, {});
  EXPECT_EQ(numbers(folder / "a.csv").size(), 10u);
  EXPECT_FALSE(cut(folder / "a.csv"));
}

TEST(MeasurePoints, DoesPreparationsInTheirPlaceWithoutCountingThem) {
  Quiet quiet;
  std::string order;
  quiet.line.begin("s", 1, 0);
  measure_points({{.measure = [&] { order += 'a'; }},
                  {.weight = 0, .measure = [&] { order += 'p'; }},
                  {.weight = 5, .measure = [&] { order += 'b'; }}},
                 Budget(1e9), &quiet.line);
  quiet.line.end("");
  EXPECT_EQ(order, "apb");
  EXPECT_EQ(quiet.text.str(), "s: 6 of 6 points, 0:00\n");
}

}  // namespace
}  // namespace braid
