// SPDX-License-Identifier: Apache-2.0
#include "sim/app/best_timelines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sim/base/error.hpp"
#include "sim/cost/profile.hpp"
#include "sim/cost/scenario_profile.hpp"
#include "sim/play/play.hpp"
#include "sim/program/scheduled.hpp"
#include "sim/report/timeline_svg.hpp"

namespace braid {
namespace {

constexpr std::size_t kRectangles = 24000;  ///< of all timelines of a page
constexpr std::size_t kMostRanks = 16;

struct PlayedRow {
  std::optional<PlayedRun> run;
  std::string fault;
};

PlayedRow played(const SweepStore& store, const Configuration& slim) try {
  const Configuration row = store.at(slim.id);
  const std::string where = fmt::format("configuration {}", row.id);
  Scenario scenario = parse_scenario(row.scenario, where);
  scenario.network = row.network == "simgrid" ? NetworkKind::simgrid : NetworkKind::ideal;
  throw_if_any(check(scenario));
  const Profile base = row.profile.empty() ? profile_of("", scenario.cluster.gpu)
                                           : parse_profile(row.profile, where + ": profile", scenario.cluster.gpu);
  const Profile profile = changed_by(scenario, base);
  return {.run = play(scenario, run_called(scenario, row.run, where), profile), .fault = ""};
} catch (const Error& error) { return {.run = std::nullopt, .fault = error.what()}; }

}  // namespace

std::vector<DrawnRow> best_timelines(const SweepStore& store, const Survey& survey, std::size_t most) {
  const std::size_t count = std::min(most, survey.ranking.size());
  std::vector<PlayedRow> plays;
  Seconds longest{};
  for (std::size_t i = 0; i < count; ++i) {
    plays.push_back(played(store, survey.rows[survey.ranking[i]]));
    if (plays.back().run) longest = std::max(longest, plays.back().run->report.step_time);
  }
  std::vector<DrawnRow> drawn;
  for (std::size_t i = 0; i < count; ++i) {
    DrawnRow row{.row = survey.ranking[i], .svg = "", .note = "cannot be played again: " + plays[i].fault};
    if (plays[i].run) {
      const RunReport& report = plays[i].run->report;
      row.note = fmt::format("{}, {:.1f} % idle, {} network", to_text(report.step_time),
                             100 * (report.bubble_global / report.step_time), survey.rows[row.row].network);
      row.svg = timeline_svg(report, join_complete(plays[i].run->program, plays[i].run->timeline),
                             {.scale = longest, .most_ranks = kMostRanks, .rectangles = kRectangles / count});
    }
    drawn.push_back(std::move(row));
  }
  return drawn;
}

}  // namespace braid
