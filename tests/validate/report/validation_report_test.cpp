// SPDX-License-Identifier: Apache-2.0
// A whole report of fabricated runs, from timelines to text, JSON and HTML.
#include "validate/report/validation_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/engine/core/simulate.hpp"
#include "tests/validate/fabricated.hpp"
#include "validate/report/validation_html.hpp"
#include "validate/report/validation_json.hpp"
#include "validate/report/validation_text.hpp"
#include "validate/runner/host_runner.hpp"

namespace braid {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The scenario's runs; each measured at costs that `change` makes of the predicted ones.
template <typename Change>
std::vector<ValidationRun> runs_of(const Fabrication& how, Change change) {
  const Scenario scenario = parse_scenario(kFabricatedScenario, "fabricated.toml");
  std::vector<ValidationRun> runs;
  for (std::size_t i = 0; i < scenario.runs.size(); ++i) {
    const Priced p = priced(scenario, i);
    MeasuredRun measured = fabricated_run(p.program, change(p), scenario.cluster, how);
    Timeline predicted = simulate_ideal(p.program, p.costs, scenario.cluster);
    runs.push_back(validate_run(scenario.runs[i].schedule, p.program, p.costs, scenario.cluster, std::move(predicted),
                                std::move(measured)));
  }
  return runs;
}

ValidationReport report_with(const Limits& limits, const Fabrication& how = {.jitter = 0.01}) {
  return validation_report(
      "fabricated", runs_of(how, [](const Priced& p) { return with_class_scaled(p.program, p.costs, "F attn", 1.2); }),
      limits);
}

const Limits kLoose{{{"partition", {.step_error_percent = 50, .unit_error_percent = 5, .order = true}}}};

TEST(ValidationReport, IsExactWhereTheMachineIsTheEngine) {
  // No jitter and the predicted costs: everything is equal, in every schedule, and the host's limits hold.
  Fabrication how{.tracing = 0, .placement = "host"};
  std::vector<ValidationRun> runs = runs_of(how, [](const Priced& p) { return p.costs; });
  for (const ValidationRun& run : runs) {
    EXPECT_EQ(run.step_error(), 0);
    EXPECT_EQ(run.comparison.inversions, 0u);
    EXPECT_EQ(run.comparison.path_agreement, 1);
    EXPECT_NEAR(run.attribution.profile_error().value, 0, 1e-12);
    EXPECT_NEAR(run.attribution.model_error().value, 0, 1e-12);
  }
  const ValidationReport report =
      validation_report("fabricated", std::move(runs), read_limits(BRAID_SOURCE_DIR "/validate/limits.toml"));
  EXPECT_TRUE(report.held()) << verdicts_text(report);
  EXPECT_GE(report.verdicts.size(), 18u);
}

TEST(ValidationReport, OfTheHostBackendHoldsTheHostsLimits) {
  // Threads, events and rendezvous in place of the event core: every figure is equal to 1e-9.
  const Scenario scenario = parse_scenario(kFabricatedScenario, "fabricated.toml");
  for (const bool unfolded : {false, true}) {
    std::vector<ValidationRun> runs;
    for (std::size_t i = 0; i < scenario.runs.size(); ++i) {
      const Priced p = priced(scenario, i);
      MeasuredRun measured = host_runner({.unfolded = unfolded})->run({p.program, p.costs, scenario.cluster});
      runs.push_back(validate_run(scenario.runs[i].schedule, p.program, p.costs, scenario.cluster,
                                  simulate_ideal(p.program, p.costs, scenario.cluster), std::move(measured)));
      EXPECT_EQ(runs.back().memory.size(), unfolded ? 4u : 2u);
    }
    const ValidationReport report =
        validation_report("fabricated", std::move(runs), read_limits(BRAID_SOURCE_DIR "/validate/limits.toml"));
    EXPECT_EQ(report.placement, "host");
    EXPECT_GE(report.verdicts.size(), 18u);
    EXPECT_TRUE(report.held()) << verdicts_text(report);
  }
}

TEST(ValidationReport, FindsTheClassThatIsSlower) {
  const ValidationReport report = report_with(kLoose);
  for (const ValidationRun& run : report.runs) {
    // Really 1.2 times as long (a little less where other communication stretches it too): predicted / measured - 1 =
    // 1 / 1.2 - 1 = -16.7 %.
    EXPECT_NEAR(run.comparison.find("F attn")->error(), 1 / 1.2 - 1, 0.02);
    EXPECT_NEAR(run.comparison.find("I attn")->error(), 0, 0.02);
    EXPECT_LT(run.step_error(), 0);
    EXPECT_EQ(run.attribution.classes.front().name, "F attn");
    EXPECT_NEAR(run.attribution.model_error() / run.measured_step(), 0, 1e-6);
    ASSERT_EQ(run.memory.size(), 4u);
  }
  EXPECT_FALSE(report.held());
  EXPECT_THAT(verdicts_text(report), HasSubstr("BROKEN     unit_error_percent of 1f1b: -16"));
  EXPECT_THAT(verdicts_text(report), HasSubstr(", F attn"));
}

TEST(ValidationReport, OrdersSchedulesBySpeed) {
  const ValidationReport report = report_with(kLoose);
  ASSERT_EQ(report.order.size(), 3u);
  for (const SpeedPair& pair : report.order) {
    EXPECT_GE(pair.measured_ratio, 1);
    EXPECT_LE(report.runs[pair.faster].measured_step(), report.runs[pair.slower].measured_step());
    EXPECT_EQ(pair.agrees, report.runs[pair.faster].predicted_step() < report.runs[pair.slower].predicted_step());
  }
  // STP hides its all-reduces, 1F1B does not: the ratio is well below 1 in both.
  ASSERT_TRUE(report.exposed_tp.has_value());
  EXPECT_EQ(report.runs[report.exposed_tp->stp].schedule, "stp");
  EXPECT_LT(report.exposed_tp->measured, 0.6);
  EXPECT_LT(report.exposed_tp->predicted, 0.6);
}

TEST(ValidationReport, HasAnOrderOnlyWhereQuartilesDoNotTouch) {
  std::vector<ValidationRun> runs = runs_of({}, [](const Priced& p) { return p.costs; });
  runs.resize(2);
  runs[0].measured.untraced = {Seconds(1), Seconds(2), Seconds(3), Seconds(4)};
  runs[1].measured.untraced = {Seconds(2), Seconds(3), Seconds(4), Seconds(5)};
  // Nearest-rank quartiles: 1 and 3 against 2 and 4, which overlap.
  runs[0].untraced = {.repeats = 4, .median = Seconds(2.5), .p25 = Seconds(1), .p75 = Seconds(3)};
  runs[1].untraced = {.repeats = 4, .median = Seconds(3.5), .p25 = Seconds(2), .p75 = Seconds(4)};
  EXPECT_FALSE(validation_report("s", runs, {}).order.front().apart);
  runs[1].untraced.p25 = Seconds(3.1);
  EXPECT_TRUE(validation_report("s", runs, {}).order.front().apart);
}

TEST(ValidationReport, ComparesAnUnfoldedRunWithAFoldedPrediction) {
  // Jitter unfolds: 4 GPUs are measured, 2 pipeline ranks predicted. GPU 3 is pipeline rank 1's second member.
  const ValidationReport report = report_with(kLoose);
  const ValidationRun& run = report.runs.front();
  EXPECT_EQ(run.predicted.ranks.size(), 2u);
  EXPECT_EQ(run.measured.timeline.ranks.size(), 4u);
  EXPECT_EQ(run.memory[3].predicted, run.predicted_report.peaks[1].bytes);
}

TEST(ValidationReport, WritesTextForPeople) {
  const ValidationReport report = report_with(kLoose);
  const std::string text = to_text(report);
  EXPECT_THAT(text, HasSubstr("fabricated: placement partition"));
  EXPECT_THAT(text, HasSubstr("gpu_uuid = GPU-00000000-fabricated"));
  EXPECT_THAT(text, HasSubstr("== zb-v =="));
  EXPECT_THAT(text, HasSubstr("all_reduce F attn"));
  EXPECT_THAT(text, HasSubstr("note: fabricated"));
  EXPECT_THAT(text, HasSubstr("peak memory"));
  EXPECT_THAT(text, HasSubstr("~"));
  EXPECT_THAT(text, Not(HasSubstr("nan")));
}

TEST(ValidationReport, WritesJsonForPrograms) {
  // Of four repeats the one that is kept is not the median, so that tracing is more than what it adds to medians.
  const ValidationReport report = report_with(kLoose, {.jitter = 0.01, .repeats = 4});
  const auto json = nlohmann::json::parse(to_json(report));
  EXPECT_EQ(json["schema"], kValidationSchema);
  EXPECT_EQ(json["held"], false);
  ASSERT_EQ(json["runs"].size(), 3u);
  const auto& run = json["runs"][0];
  EXPECT_DOUBLE_EQ(run["step_error"], report.runs[0].step_error());
  EXPECT_EQ(run["untraced"]["each_s"].size(), 4u);
  EXPECT_EQ(run["worst_by_time"].size(), 10u);
  EXPECT_EQ(run["provenance"]["kind"], "measured");
  EXPECT_EQ(json["verdicts"].size(), report.verdicts.size());
  // Error = profile + model + tracing.
  const double parts =
      run["profile_error_s"].get<double>() + run["model_error_s"].get<double>() + run["tracing_error_s"].get<double>();
  EXPECT_NEAR(run["predicted_step_s"].get<double>() - run["measured_step_s"].get<double>(), parts, 1e-12);
}

TEST(ValidationReport, WritesOnePageThatNeedsNothingElse) {
  ValidationReport report = report_with(kLoose);
  report.scenario = "<b>&";
  const std::string html = to_html(report);
  // Not by matchers: the page would be printed.
  const auto has = [&](const char* text) { return html.find(text) != std::string::npos; };
  EXPECT_TRUE(has("&lt;b&gt;&amp;"));
  EXPECT_FALSE(has("http"));
  EXPECT_FALSE(has(">nan") || has("\"nan") || has("inf "));
  std::size_t timelines = 0;
  for (auto at = html.find("class=\"timeline\""); at != std::string::npos;
       at = html.find("class=\"timeline\"", at + 1)) {
    ++timelines;
  }
  EXPECT_EQ(timelines, 6u);  // predicted and measured of three schedules
  EXPECT_TRUE(has("Where the error comes from"));
  EXPECT_TRUE(has("unit_error_percent"));
}

TEST(ValidationReport, SaysWhenThereAreNoLimits) {
  const ValidationReport report = report_with({});
  EXPECT_TRUE(report.held());
  EXPECT_THAT(to_text(report), HasSubstr("no limits for placement partition"));
}

}  // namespace
}  // namespace braid
