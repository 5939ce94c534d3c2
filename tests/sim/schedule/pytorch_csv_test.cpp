// SPDX-License-Identifier: Apache-2.0
#include "sim/schedule/pytorch_csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oracle_files.hpp"
#include "sim/schedule/generators.hpp"

namespace braid {
namespace {

std::vector<std::string> all_schedule_files() {
  std::vector<std::string> files;
  for (const char* kind : {".compute_only.csv", ".compute_comms.csv", ".braided_ext.csv", ".bidir.csv"}) {
    for (std::string& path : test::files_ending_in(kind)) files.push_back(std::move(path));
  }
  return files;
}

class EveryFile : public testing::TestWithParam<std::string> {};

TEST_P(EveryFile, IsReadAndWellFormed) {
  const Schedule schedule = read_schedule(GetParam());
  EXPECT_TRUE(check(schedule).empty());
  const std::string file = GetParam().substr(GetParam().find_last_of('/') + 1);
  EXPECT_EQ(schedule.name, file.substr(0, file.find('.')));
  EXPECT_EQ(schedule.ranks(), std::stoi(file.substr(file.find("_p") + 2)));
  EXPECT_EQ(schedule.microbatches, std::stoi(file.substr(file.find("_m", file.find("_p")) + 2)));
  EXPECT_EQ(schedule.bidirectional(), file.ends_with(".bidir.csv"));
}

TEST_P(EveryFile, ComesBackAsItWasWritten) {
  const Schedule schedule = read_schedule(GetParam());
  const std::string text = test::text_with_lf(GetParam());
  if (GetParam().ends_with(".compute_comms.csv")) {
    // Written from the compute order beside it: pauses matter for torch's turns, and this file has none.
    const Schedule order = read_schedule(test::sibling(GetParam(), "compute_only.csv"));
    EXPECT_EQ(write_schedule(order, CsvFlavour::compute_comms), text);
    EXPECT_EQ(test::without_pauses(order).rows, schedule.rows);
  } else {
    EXPECT_EQ(write_schedule(schedule, CsvFlavour::braided), text);
  }
}

INSTANTIATE_TEST_SUITE_P(Files, EveryFile, testing::ValuesIn(all_schedule_files()), [](const auto& param) {
  std::string name = param.param.substr(param.param.find_last_of('/') + 1);
  std::erase(name, '_');
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
});

TEST(EveryFile, IsCovered) {
  // 47 of each of compute_only and compute_comms, 5 braided, 1 bidirectional.
  EXPECT_EQ(all_schedule_files().size(), 47U + 47 + 5 + 1);
}

TEST(ParseSchedule, TakesWhatSpreadsheetsAndWindowsAdd) {
  const Schedule plain = parse_schedule("0F0,0B0\n", "a.csv");
  for (const char* text :
       {"\xEF\xBB\xBF"
        "0F0,0B0\r\n",
        "\"0F0\",\"0B0\"\n", "0F0,0B0", " 0F0 ,\t0B0\n", "0F0,0B0\n\n\n", "# made by hand\n0F0,0B0\n"}) {
    EXPECT_EQ(parse_schedule(text, "a.csv"), plain) << text;
  }
}

TEST(ParseSchedule, KeepsPausesAndBraids) {
  EXPECT_EQ(to_text(parse_schedule("0F0,,(0F1;0B0)OVERLAP_F_B,0B1\n", "a.csv")), "0: F0.0 - [F0.1+B0.0] B0.1\n");
  EXPECT_EQ(to_text(parse_schedule("0F0,(0F1;0F2)OVERLAP_F_F,0I0,(0F3;0W0)OVERLAP_F_W,0B1,0B2,0B3\n", "a.csv")),
            "0: F0.0 [F0.1+F0.2] I0.0 [F0.3+W0.0] B0.1 B0.2 B0.3\n");
}

TEST(ParseSchedule, FindsThePlacementInTheFile) {
  // Stages 0 and 1 on swapped ranks, and both chunks of stage 2 and 3 on rank 0.
  const Schedule schedule = parse_schedule("1F0,2F0,2B0,1B0\n0F0,0B0\n", "a.csv");
  EXPECT_EQ(schedule.rank_of_stage, (std::vector<int>{1, 0, 0}));
}

TEST(ParseSchedule, DropsShardActions) {
  const Schedule schedule = parse_schedule("0UNSHARD,0F0,0RESHARD,0UNSHARD,0B0,0RESHARD,0REDUCE_GRAD\n", "a.csv");
  EXPECT_EQ(to_text(schedule), "0: F0.0 B0.0\n");
}

TEST(WriteSchedule, FlattensBraidsThatTorchLacksAndKeepsThoseItHas) {
  const Schedule schedule = stp({.stages = 2, .microbatches = 5});
  const std::string flat = write_schedule(schedule, CsvFlavour::compute_only);
  EXPECT_THAT(flat, testing::Not(testing::HasSubstr("OVERLAP_F_F")));
  EXPECT_THAT(flat, testing::Not(testing::HasSubstr("OVERLAP_F_W")));
  EXPECT_THAT(flat, testing::HasSubstr("(3F1;3I0)OVERLAP_F_B,0F4,3W0,"));  // (0F4;3W0)OVERLAP_F_W in two cells
}

TEST(WriteSchedule, PlacesMessagesOfBothDirectionsOfDualPipe) {
  const std::string comms = write_schedule(dualpipe({.stages = 4, .microbatches = 8}), CsvFlavour::compute_comms);
  EXPECT_TRUE(check(parse_schedule(comms, "a.csv")).empty());
  EXPECT_THAT(comms, testing::HasSubstr("0F0,0SEND_F0"));  // direction 0 leaves rank 0
  EXPECT_THAT(comms, testing::HasSubstr("0F4,0SEND_F4"));  // direction 1 leaves rank 3
}

TEST(WriteSchedule, RefusesWhatCheckRefuses) {
  Schedule schedule = gpipe({.stages = 2, .microbatches = 2});
  schedule.rows[1].pop_back();
  EXPECT_THROW(write_schedule(schedule, CsvFlavour::compute_only), Error);
}

}  // namespace
}  // namespace braid
