// SPDX-License-Identifier: Apache-2.0
// Bars 3 and 3b: the engine against what papers printed, STP's figure slot by slot and the bubble rates of the
// zero-bubble paper.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "sim/base/csv.hpp"
#include "sim/schedule/generators.hpp"
#include "sim/schedule/grid.hpp"
#include "tests/sim/app/verified.hpp"
#include "tests/sim/schedule/oracle_files.hpp"

namespace braid {
namespace {

std::string played_grid(const Schedule& schedule, P2pMode mode) {
  std::vector<std::vector<int>> slots;
  for (const std::vector<double>& row : test::verified_play(schedule, {}, mode).cell_start) {
    slots.emplace_back();
    for (const double start : row) {
      EXPECT_EQ(start, std::floor(start));
      slots.back().push_back(static_cast<int>(start));
    }
  }
  return slot_grid(schedule, slots);
}

struct Agreement {
  int equal = 0, cells = 0;
};

Agreement agreement(const std::string& grid, const std::string& figure_file) {
  const Csv ours = parse_csv(grid, "ours"), figure = read_csv(test::kSchedules + figure_file);
  Agreement a;
  EXPECT_EQ(ours.rows.size(), figure.rows.size());
  for (std::size_t r = 1; r < figure.rows.size(); ++r) {
    EXPECT_EQ(ours.rows[r].fields.size(), figure.rows[r].fields.size());
    for (std::size_t slot = 1; slot < figure.rows[r].fields.size(); ++slot, ++a.cells) {
      a.equal += ours.rows[r].fields[slot] == figure.rows[r].fields[slot] ? 1 : 0;
    }
  }
  return a;
}

TEST(StpFigure, OfFourRanksIsMetInAll300SlotsWithBatchedMessages) {
  // 4 ranks x (6*12 + 4 - 1 = 75) slots.
  const Agreement a =
      agreement(played_grid(stp({.stages = 4, .microbatches = 12}), P2pMode::batched), "stp_fig_p4_m12.grid.csv");
  EXPECT_EQ(a.cells, 300);
  EXPECT_EQ(a.equal, 300);
}

TEST(StpFigure, OfFourRanksIsNotMetWithEagerMessages) {
  // The known disagreement of the eager reading, two blocks drawn later: 291 of 300. Were it 300, the mode had no
  // effect.
  const Agreement a =
      agreement(played_grid(stp({.stages = 4, .microbatches = 12}), P2pMode::eager), "stp_fig_p4_m12.grid.csv");
  EXPECT_EQ(a.equal, 291);
}

TEST(StpFigure, OfTwoRanksIsMetInAll110SlotsWithBatchedMessages) {
  // 2 ranks x (6*9 + 2 - 1 = 55) slots, the compute lanes of the figure with offload.
  const Agreement a =
      agreement(played_grid(stp({.stages = 2, .microbatches = 9}), P2pMode::batched), "stp_fig_p2_m9.grid.csv");
  EXPECT_EQ(a.cells, 110);
  EXPECT_EQ(a.equal, 110);
}

// ---- zero-bubble paper, arXiv 2401.10241, table 5
// --------------------------------------------------------------------

using Row = std::map<std::string, double>;

std::vector<Row> paper_rows() {
  const Csv csv = read_csv(test::kSchedules + "zero_bubble_paper.csv");
  std::vector<Row> rows;
  for (std::size_t i = 1; i < csv.rows.size(); ++i) {
    Row& row = rows.emplace_back();
    for (std::size_t f = 1; f < csv.rows[0].fields.size(); ++f) {
      row[csv.rows[0].fields[f]] = std::stod(csv.rows[i].fields[f]);
    }
  }
  return rows;
}

class PlayedZeroBubblePaper : public testing::TestWithParam<Row> {
 protected:
  double at(const char* column) const { return GetParam().at(column); }
  ScheduleRequest request() const {
    return {.stages = static_cast<int>(at("p")),
            .microbatches = static_cast<int>(at("m")),
            .f = at("t_f_ms"),
            .i = at("t_b_ms"),
            .w = at("t_w_ms"),
            .comm = at("t_comm_ms")};
  }
  /// (cost - m(F+I+W)) / cost, cost the longest span of a rank; v chunks share a rank's times.
  double bubble_rate(const Schedule& schedule, double v = 1) const {
    const AbstractPlay play = test::verified_play(
        schedule, {.f = at("t_f_ms") / v, .i = at("t_b_ms") / v, .w = at("t_w_ms") / v, .p2p = at("t_comm_ms")});
    double span = 0;
    for (const AbstractRank& rank : play.ranks) span = std::max(span, rank.last_end - rank.first_start);
    return (span - at("m") * (at("t_f_ms") + at("t_b_ms") + at("t_w_ms"))) / span;
  }
};

constexpr double kPrinted = 0.00005;  // half of the last of four printed decimals
constexpr double kSearched = 0.01;

TEST_P(PlayedZeroBubblePaper, MeetsThePrintedRatesOnTheEngine) {
  const int m = static_cast<int>(at("m"));
  EXPECT_NEAR(bubble_rate(one_f_one_b({.stages = 8, .microbatches = m})), at("bubble_1f1b"), kPrinted);
  const int v = static_cast<int>(at("v_interleaved"));
  EXPECT_NEAR(bubble_rate(interleaved_one_f_one_b({.stages = 8, .microbatches = m, .chunks = v}), v),
              at("bubble_interleaved"), kSearched);
  EXPECT_NEAR(bubble_rate(zb_h1(request())), at("bubble_zbh1"), kSearched);
  EXPECT_NEAR(bubble_rate(zb_h2(request())), at("bubble_zbh2"), kSearched);
  for (const int limit : {8, 16}) {
    ScheduleRequest limited = request();
    limited.memory_limit = limit;
    EXPECT_NEAR(bubble_rate(zero_bubble_with_memory_limit(limited)), at(limit == 8 ? "bubble_zb1p" : "bubble_zb2p"),
                kSearched);
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, PlayedZeroBubblePaper, testing::ValuesIn(paper_rows()),
                         [](const auto& param) { return "row" + std::to_string(param.index); });

}  // namespace
}  // namespace braid
