// SPDX-License-Identifier: Apache-2.0
// For each rule of check() the smallest change that breaks it, and what a reader says of files that are none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "sim/base/csv.hpp"
#include "tests/calibrate/temporary_folder.hpp"
#include "tests/sim/timeline/small_run.hpp"
#include "tests/validate/complaint.hpp"

namespace braid {
namespace {

using test::complaint;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Breach {
  const char* name;
  std::function<void(RunColumns&)> change;
  Issue issue;
};

void PrintTo(const Breach& breach, std::ostream* out) { *out << breach.name; }

class RunCheck : public testing::TestWithParam<Breach> {};

TEST_P(RunCheck, FindsTheSmallestBreach) {
  RunColumns run = small_run();
  ASSERT_THAT(check(run.view()), IsEmpty());
  GetParam().change(run);
  EXPECT_THAT(check(run.view()), ElementsAre(GetParam().issue));
}

const Issue kColumns{"columns", "have different lengths"};
const Issue kLength{"", "has another length than the spans"};
const Issue kNames{"names", "contradict themselves"};
const Issue kRowsKnow{"rows", "have a rank, a kind or a name that is not there"};
const Issue kRowsFollow{"rows", "do not follow one another"};
const Issue kRowsCover{"rows", "do not cover what is there"};
const Issue kCounter{"row 2", "its counter goes back in time or has no value"};
const Issue kCategory{"category", "is one that this Braid does not know"};
const Issue kKey{"key", "names a kind or a unit that this Braid does not know"};
const Issue kDepBegin{"dep_begin", "contradicts itself"};
const Issue kDeps{"deps", "name a span that is not there"};

Issue length_of(const char* column) { return {column, kLength.what}; }
Issue overlap(int row, int span) {
  return {"row " + std::to_string(row),
          "span " + std::to_string(span) + " overlaps the one before it, ends before it starts, or is out of range"};
}

constexpr std::int64_t kTooLate = (std::int64_t{1} << 60) + 1;

const std::vector<Breach> kBreaches{
    {"EndIsShort", [](RunColumns& r) { r.end.pop_back(); }, kColumns},
    {"CategoryIsShort", [](RunColumns& r) { r.category.pop_back(); }, kColumns},
    {"HalfIsShort", [](RunColumns& r) { r.half.pop_back(); }, length_of("half")},
    {"KeyIsShort", [](RunColumns& r) { r.key.pop_back(); }, length_of("key")},
    {"NameIsShort", [](RunColumns& r) { r.name.pop_back(); }, length_of("name")},
    {"WorkIsLong", [](RunColumns& r) { r.work.push_back(0); }, length_of("work")},
    {"StretchIsShort", [](RunColumns& r) { r.stretch.pop_back(); }, length_of("stretch")},
    {"DepBeginHasNoEnd", [](RunColumns& r) { r.dep_begin.pop_back(); }, length_of("dep_begin")},
    {"NamesDoNotBeginAtZero", [](RunColumns& r) { r.name_begin[0] = 1; }, kNames},
    {"NamesEndTooEarly", [](RunColumns& r) { r.name_begin.back() -= 1; }, kNames},
    {"NamesGoBack", [](RunColumns& r) { std::swap(r.name_begin[1], r.name_begin[2]); }, kNames},
    {"NamesWithoutBegin", [](RunColumns& r) { r.name_begin.clear(); }, kNames},
    {"RankHasAnUnknownName", [](RunColumns& r) { r.ranks[0].name = 3; }, {"ranks", "have a name that is not there"}},
    {"RowOfAnUnknownRank", [](RunColumns& r) { r.rows[1].rank = 1; }, kRowsKnow},
    {"RowOfANegativeRank", [](RunColumns& r) { r.rows[1].rank = -2; }, kRowsKnow},
    {"RowOfAnUnknownKind", [](RunColumns& r) { r.rows[1].kind = static_cast<RowKind>(3); }, kRowsKnow},
    {"RowOfAnUnknownLane", [](RunColumns& r) { r.rows[1].lane = static_cast<Lane>(kLanes); }, kRowsKnow},
    {"RowOfAnUnknownCounter", [](RunColumns& r) { r.rows[2].counter = static_cast<CounterKind>(kCounterKinds); },
     kRowsKnow},
    {"RowOfAnUnknownName", [](RunColumns& r) { r.rows[3].name = 3; }, kRowsKnow},
    {"RowsLeaveAHole", [](RunColumns& r) { r.rows[1].begin = 2; }, kRowsFollow},
    {"RowsShareASpan", [](RunColumns& r) { r.rows[1].begin = 0; }, kRowsFollow},
    {"RowEndsBeforeItBegins", [](RunColumns& r) { r.rows[1].end = 0; }, kRowsFollow},
    {"CountersShareAPoint", [](RunColumns& r) { r.rows[3].begin = 1; }, kRowsFollow},
    {"RowsLeaveASpanOut", [](RunColumns& r) { r.rows[1].end = 3; }, kRowsCover},
    {"RowsGoPastTheSpans", [](RunColumns& r) { r.rows[1].end = 5; }, kRowsCover},
    {"RowsLeaveAPointOut", [](RunColumns& r) { r.rows[3].end = 2; }, kRowsCover},
    {"SpansOverlap", [](RunColumns& r) { r.start[2] = 3; }, overlap(1, 2)},
    {"SpanEndsBeforeItStarts", [](RunColumns& r) { r.end[3] = 5; }, overlap(1, 3)},
    {"SpanTooLate", [](RunColumns& r) { r.end[0] = kTooLate; }, overlap(0, 0)},
    {"SpanTooEarly", [](RunColumns& r) { r.start[0] = -kTooLate; }, overlap(0, 0)},
    {"CounterGoesBack", [](RunColumns& r) { r.points[1].time = -1; }, kCounter},
    {"CounterIsNoNumber", [](RunColumns& r) { r.points[1].value = std::nan(""); }, kCounter},
    {"CounterIsInfinite", [](RunColumns& r) { r.points[1].value = HUGE_VAL; }, kCounter},
    {"CounterTooLate", [](RunColumns& r) { r.points[1].time = kTooLate; }, kCounter},
    {"UnknownCategory", [](RunColumns& r) { r.category[1] = static_cast<Category>(kCategories); }, kCategory},
    {"UnknownHalf", [](RunColumns& r) { r.half[1] = static_cast<Category>(kCategories); }, kCategory},
    {"UnknownName", [](RunColumns& r) { r.name[1] = 3; }, {"name", "is not there"}},
    {"UnknownOpKind", [](RunColumns& r) { r.key[1].kind = static_cast<OpKind>(13); }, kKey},
    {"UnknownUnit", [](RunColumns& r) { r.key[1].unit = static_cast<Unit>(8); }, kKey},
    {"DepsDoNotBeginAtZero",
     [](RunColumns& r) {
       r.dep_begin = {1, 1, 1, 2, 3};
     },
     kDepBegin},
    {"DepsGoBack",
     [](RunColumns& r) {
       r.dep_begin = {0, 2, 1, 2, 3};
     },
     kDepBegin},
    {"DepsAreLeftOver", [](RunColumns& r) { r.deps.push_back(0); }, kDepBegin},
    {"DepsOfNobody", [](RunColumns& r) { r.dep_begin.clear(); }, {"deps", "are there without dep_begin"}},
    {"DepOnNoSpan", [](RunColumns& r) { r.deps[0] = 4; }, kDeps},
    {"CriticalIsNoSpan", [](RunColumns& r) { r.critical[0] = 4; }, kDeps},
};

INSTANTIATE_TEST_SUITE_P(Rules, RunCheck, testing::ValuesIn(kBreaches),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(RunCheckLimits, TheLastNanosecondIsAllowed) {
  RunColumns run = small_run();
  run.end[0] = run.end[3] = run.points[1].time = kTooLate - 1;
  EXPECT_THAT(check(run.view()), IsEmpty());
}

TEST(RunCheckLimits, NamesTheFirstFewOfManyFaults) {
  RunColumns run = small_run();
  run.half.pop_back();
  run.key.pop_back();
  run.name.pop_back();
  run.work.pop_back();
  run.stretch.pop_back();
  run.dep_begin.pop_back();
  EXPECT_EQ(check(run.view()).size(), 5u);
}

TEST(RunFileErrors, AFileWithAFaultIsRefusedWithItsPath) {
  const TemporaryFolder folder;
  RunColumns run = small_run();
  run.deps[0] = 4;
  write_run_file(run.view(), folder / "bad.braid");
  EXPECT_EQ(complaint([&] { RunFile(folder / "bad.braid"); }),
            folder / "bad.braid" + ": deps: name a span that is not there");
}

TEST(RunFileErrors, AColumnOfOtherItemsIsDamage) {
  const TemporaryFolder folder;
  ColumnWriter writer(kRunFileKind);
  const std::vector<std::int32_t> start{1, 2};
  writer.add("start", std::span<const std::int32_t>(start));
  writer.write(folder / "odd.braid");
  EXPECT_THAT(complaint([&] { RunFile(folder / "odd.braid"); }), HasSubstr("column start has items of another size"));
}

TEST(RunFileErrors, ACutFileIsRefusedAtEveryLength) {
  const TemporaryFolder folder;
  write_run_file(small_run().view(), folder / "a.braid");
  const std::string whole = read_file(folder / "a.braid");
  for (std::size_t bytes = 0; bytes < whole.size(); bytes += 41) {
    std::ofstream(folder / "cut.braid", std::ios::binary) << whole.substr(0, bytes);
    const std::string said = complaint([&] { RunFile(folder / "cut.braid"); });
    EXPECT_THAT(said, testing::AnyOf(HasSubstr("is empty"), HasSubstr("is cut short"),
                                     HasSubstr("is not a file of Braid's columns")))
        << bytes;
  }
}

/// No wrong byte can make the reader do worse than complain.
TEST(RunFileErrors, AnyWrongByteIsReadOrRefused) {
  const TemporaryFolder folder;
  write_run_file(small_run().view(), folder / "a.braid");
  const std::string whole = read_file(folder / "a.braid");
  int refused = 0;
  for (std::size_t at = 0; at < whole.size(); at += 5) {
    std::string broken = whole;
    broken[at] = static_cast<char>(~broken[at]);
    std::ofstream(folder / "b.braid", std::ios::binary) << broken;
    if (complaint([&] { RunFile(folder / "b.braid"); }) != "no complaint") ++refused;
  }
  // The magic and the kind's name at least.
  EXPECT_GE(refused, (8 + 9) / 5);
}

}  // namespace
}  // namespace braid
