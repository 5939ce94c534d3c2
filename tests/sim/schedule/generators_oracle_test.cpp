// SPDX-License-Identifier: Apache-2.0
// Generators against what the reference generators emit: cell by cell where there is a rule, no worse where both
// search.
#include <gtest/gtest.h>

#include <map>

#include "oracle_files.hpp"
#include "sim/schedule/generators.hpp"
#include "sim/schedule/peaks.hpp"
#include "sim/schedule/pytorch_csv.hpp"

namespace braid {
namespace {

/// Reference file, its generator, and the p and m in its name.
struct Oracle {
  std::string path;
  std::string generator;
  int p = 0;
  int m = 0;
};

Oracle oracle_of(const std::string& path, const std::string& generator) {
  const std::string stem = path.substr(path.find_last_of('/') + 1);
  const std::size_t p = stem.find("_p");
  const std::size_t m = stem.find("_m", p);
  return {path, generator, std::stoi(stem.substr(p + 2)), std::stoi(stem.substr(m + 2))};
}

std::vector<Oracle> closed_forms() {
  const std::map<std::string, std::string> by_stem{{"gpipe_p", "gpipe"},
                                                   {"1f1b_p", "1f1b"},
                                                   {"interleaved1f1b", "1f1b-i"},
                                                   {"loopedbfs", "looped-bfs"},
                                                   {"interleavedzb", "interleaved-zb"},
                                                   {"zbv_torch", "zb-v"},
                                                   {"dualpipev_torch", "dualpipev"},
                                                   {"mcore_combined1f1b", "combined-1f1b"},
                                                   {"dualpipe_deepseek", "dualpipe"},
                                                   {"stp_p", "stp"}};
  std::vector<Oracle> found;
  for (const auto& [stem, generator] : by_stem) {
    for (const std::string kind : {".compute_only.csv", ".bidir.csv", ".braided_ext.csv"}) {
      for (const std::string& path : test::files_ending_in(kind)) {
        if (path.find("/" + stem) != std::string::npos) found.push_back(oracle_of(path, generator));
      }
    }
  }
  return found;
}

class ClosedForm : public testing::TestWithParam<Oracle> {};

TEST_P(ClosedForm, IsTheReferenceCellByCell) {
  const auto& [path, generator, p, m] = GetParam();
  const Schedule schedule = generate_schedule(generator, {.stages = p, .microbatches = m});
  const bool braided = path.ends_with(".braided_ext.csv");
  EXPECT_EQ(write_schedule(schedule, braided ? CsvFlavour::braided : CsvFlavour::compute_only),
            test::text_with_lf(path));
  const Schedule reference = read_schedule(path);
  EXPECT_EQ(schedule.rank_of_stage, reference.rank_of_stage);
  EXPECT_EQ(schedule.reverse_rank_of_stage, reference.reverse_rank_of_stage);
}

/// All but DualPipe, of which torch has no such file.
std::vector<Oracle> closed_forms_with_messages() {
  std::vector<Oracle> found = closed_forms();
  std::erase_if(found, [](const Oracle& oracle) { return oracle.path.ends_with(".bidir.csv"); });
  return found;
}

class ClosedFormWithMessages : public testing::TestWithParam<Oracle> {};

TEST_P(ClosedFormWithMessages, HasItsMessagesWhereTorchPutsThem) {
  const auto& [path, generator, p, m] = GetParam();
  EXPECT_EQ(write_schedule(generate_schedule(generator, {.stages = p, .microbatches = m}), CsvFlavour::compute_comms),
            test::text_with_lf(test::sibling(path, "compute_comms.csv")));
}

std::string test_name(const testing::TestParamInfo<Oracle>& info) {
  const Oracle& oracle = info.param;
  const bool braided = oracle.path.ends_with("braided_ext.csv");
  std::string name = oracle.generator + "_p" + std::to_string(oracle.p) + "_m" + std::to_string(oracle.m) +
                     (braided ? "_braided" : "");
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Files, ClosedForm, testing::ValuesIn(closed_forms()), test_name);
INSTANTIATE_TEST_SUITE_P(Files, ClosedFormWithMessages, testing::ValuesIn(closed_forms_with_messages()), test_name);

TEST(ClosedForms, AreAllThere) {
  // 8 names x (p2 m4, p4 m8, p4 m12), 5 of STP twice (flat and braided), 1 of DualPipe.
  EXPECT_EQ(closed_forms().size(), 8U * 3 + 2 * 5 + 1);
}

const std::map<std::string, std::string>& generator_of_row() {
  static const std::map<std::string, std::string> names{{"GPipe", "gpipe"},
                                                        {"1F1B", "1f1b"},
                                                        {"Interleaved1F1B v2", "1f1b-i"},
                                                        {"LoopedBFS v2", "looped-bfs"},
                                                        {"InterleavedZeroBubble v2", "interleaved-zb"},
                                                        {"ZB-H1 (sail)", "zb-h1"},
                                                        {"ZB-H2 (sail)", "zb-h2"},
                                                        {"ZB-V (torch)", "zb-v"},
                                                        {"ZB-V (sail)", "zb-v"},
                                                        {"V-Half (sail)", "v-half"},
                                                        {"V-Min (sail)", "v-min"},
                                                        {"1F1B-V (sail)", "1f1b-v"},
                                                        {"DualPipeV", "dualpipev"},
                                                        {"Megatron combined 1F1B v2", "combined-1f1b"},
                                                        {"STP", "stp"}};
  return names;
}

class SummaryOfUnitCosts : public testing::TestWithParam<test::SummaryRow> {};

TEST_P(SummaryOfUnitCosts, IsMetByTheGenerator) {
  const test::SummaryRow& row = GetParam();
  const Schedule schedule =
      generate_schedule(generator_of_row().at(row.schedule), {.stages = row.p, .microbatches = row.m});
  const int makespan = unit_times(schedule).makespan;
  const int span = test::unit_span(schedule);
  const PeakActivations peaks = peak_activations(schedule);
  if (row.schedule.find("(sail)") == std::string::npos) {  // a rule: equal
    EXPECT_EQ(makespan, row.makespan);
    EXPECT_EQ(makespan - row.work, row.bubble_global);
    EXPECT_EQ(span - row.work, row.bubble_span);
    EXPECT_EQ(peaks.inclusive, row.peaks_at_i);
    EXPECT_EQ(peaks.until_w, row.peaks_at_w);
  } else {  // a search: no worse
    EXPECT_LE(makespan, row.makespan);
    EXPECT_LE(makespan - row.work, row.bubble_global);
    EXPECT_LE(span - row.work, row.bubble_span);
    EXPECT_LE(std::ranges::max(peaks.inclusive), std::ranges::max(row.peaks_at_i));
    EXPECT_LE(std::ranges::max(peaks.until_w), std::ranges::max(row.peaks_at_w));
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, SummaryOfUnitCosts, testing::ValuesIn(test::summary_rows()), [](const auto& param) {
  std::string name = param.param.schedule + "_p" + std::to_string(param.param.p) + "_m" + std::to_string(param.param.m);
  std::erase_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_'; });
  return name;
});

TEST(SummaryOfUnitCosts, HasEveryRow) {
  EXPECT_EQ(test::summary_rows().size(), 44U);  // 15 at p=2 m=8; 14 at p=4 m=8 (STP needs 11); 15 at p=4 m=12
}

/// Files whose schedule and (p, m) have a row, played as imported.
TEST(SummaryOfUnitCosts, IsMetByTheImportedFiles) {
  const std::map<std::string, std::string> stem_of_row{{"GPipe", "gpipe"},
                                                       {"1F1B", "1f1b"},
                                                       {"Interleaved1F1B v2", "interleaved1f1b_v2"},
                                                       {"LoopedBFS v2", "loopedbfs_v2"},
                                                       {"InterleavedZeroBubble v2", "interleavedzb_v2"},
                                                       {"ZB-H1 (sail)", "zbh1_sail"},
                                                       {"ZB-H2 (sail)", "zbh2_sail"},
                                                       {"ZB-V (torch)", "zbv_torch"},
                                                       {"ZB-V (sail)", "zbv_sail"},
                                                       {"V-Half (sail)", "vhalf_sail"},
                                                       {"V-Min (sail)", "vmin_sail"},
                                                       {"1F1B-V (sail)", "v1f1b_sail"},
                                                       {"DualPipeV", "dualpipev_torch"},
                                                       {"Megatron combined 1F1B v2", "mcore_combined1f1b_ep_v2"},
                                                       {"STP", "stp"}};
  int played = 0;
  for (const test::SummaryRow& row : test::summary_rows()) {
    const std::string base =
        test::kSchedules + stem_of_row.at(row.schedule) + "_p" + std::to_string(row.p) + "_m" + std::to_string(row.m);
    const std::string braided = base + ".braided_ext.csv";
    const std::string path = std::filesystem::exists(braided) ? braided : base + ".compute_only.csv";
    if (!std::filesystem::exists(path)) continue;
    SCOPED_TRACE(path);
    const Schedule schedule = read_schedule(path);
    const PeakActivations peaks = peak_activations(schedule);
    EXPECT_EQ(unit_times(schedule).makespan, row.makespan);
    EXPECT_EQ(test::unit_span(schedule) - row.work, row.bubble_span);
    EXPECT_EQ(peaks.inclusive, row.peaks_at_i);
    EXPECT_EQ(peaks.until_w, row.peaks_at_w);
    ++played;
  }
  EXPECT_EQ(played, 30);  // p=4: 14 of m=8, 15 of m=12; p=2 has files of m=8 for STP alone
}

TEST(DualPipe, HasTheMakespanAndPeakOfItsReadme) {
  // p = 8, m = 20: each rank's work is 3 units x 20 = 60, the bubble (p/2-1)(F&B + B - 3W) = 3 (3 + 2 - 3) = 6;
  // p+1 = 9 activations.
  const Schedule schedule = dualpipe({.stages = 8, .microbatches = 20});
  EXPECT_EQ(unit_times(schedule).makespan, 66);
  EXPECT_EQ(std::ranges::max(peak_activations(schedule).inclusive), 9);
}

TEST(DualPipeV, HasTheBubbleAndPeakOfItsReadme) {
  // 2(p-1) and 2p+1.
  for (const int p : {2, 3, 4, 5, 8}) {
    const Schedule schedule = dualpipe_v({.stages = p, .microbatches = 3 * p});
    EXPECT_EQ(unit_times(schedule).makespan, 18 * p + 2 * (p - 1));
    EXPECT_EQ(std::ranges::max(peak_activations(schedule).inclusive), 2 * p + 1);
  }
}

}  // namespace
}  // namespace braid
