// SPDX-License-Identifier: Apache-2.0
#include "validate/report/validation_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace braid {
namespace {

using Json = nlohmann::ordered_json;

Json both_of(const Both& both) { return {{"predicted_s", both.predicted.value}, {"measured_s", both.measured.value}}; }

Json key_of(const OpKey& key) {
  return {
      {"op", to_text(key)},           {"rank", key.rank},   {"kind", to_text(key.kind)}, {"unit", to_text(key.unit)},
      {"microbatch", key.microbatch}, {"chunk", key.chunk}, {"layer", key.layer},        {"index", key.index}};
}

Json op_of(const OpDifference& one) {
  Json json = key_of(one.key);
  json["lane"] = to_text(one.lane);
  json["predicted_s"] = one.took.predicted.value;
  json["measured_s"] = one.took.measured.value;
  json["spread_s"] = one.spread.value;
  return json;
}

Json ops_of(const std::vector<OpDifference>& ops) {
  Json json = Json::array();
  for (const OpDifference& one : ops) json.push_back(op_of(one));
  return json;
}

Json classes_of(const ValidationRun& run) {
  Json classes = Json::array();
  for (const ClassDifference& one : run.comparison.classes) {
    const auto found = std::ranges::find(run.attribution.classes, one.name, &ClassExplains::name);
    classes.push_back({{"class", one.name},
                       {"lane", to_text(one.lane)},
                       {"ops", one.count},
                       {"predicted_s", one.total.predicted.value},
                       {"measured_s", one.total.measured.value},
                       {"error", one.error()},
                       {"absolute_error", one.absolute_error()},
                       {"spread", one.relative_spread()},
                       {"within_spread", one.within_spread()},
                       {"explains_s", found == run.attribution.classes.end() ? 0.0 : found->explained.value}});
  }
  return classes;
}

Json inversions_of(const TimelineComparison& c) {
  Json worst = Json::array();
  for (const Inversion& one : c.worst_inversions) {
    worst.push_back({{"first", key_of(one.first)},
                     {"second", key_of(one.second)},
                     {"predicted_lead_s", one.predicted_lead.value},
                     {"measured_lag_s", one.measured_lag.value}});
  }
  return {{"count", c.inversions}, {"pairs", c.pairs}, {"worst", std::move(worst)}};
}

Json step_times_of(const StepTimes& steps, const std::vector<Seconds>& all) {
  Json each = Json::array();
  for (const Seconds step : all) each.push_back(step.value);
  return {{"repeats", steps.repeats},
          {"median_s", steps.median.value},
          {"p25_s", steps.p25.value},
          {"p75_s", steps.p75.value},
          {"each_s", std::move(each)}};
}

Json run_of(const ValidationRun& run) {
  const TimelineComparison& c = run.comparison;
  Json idle;
  for (std::size_t i = 0; i < kCauses; ++i) idle[to_text(static_cast<Cause>(i))] = both_of(c.idle[i]);
  Json path;
  for (std::size_t i = 0; i < kLanes; ++i) path[to_text(static_cast<Lane>(i))] = both_of(c.path[i]);
  Json memory = Json::array();
  for (const RankMemory& one : run.memory) {
    memory.push_back({{"rank", one.rank},
                      {"predicted_bytes", one.predicted.value},
                      {"measured_bytes", one.measured.value},
                      {"error", one.error()}});
  }
  const auto tracing = run.tracing_slows_by();
  return {{"schedule", run.schedule},
          {"placement", run.measured.placement},
          {"predicted_step_s", run.predicted_step().value},
          {"measured_step_s", run.measured_step().value},
          {"step_error", run.step_error()},
          {"step_spread", run.step_spread()},
          {"untraced", step_times_of(run.untraced, run.measured.untraced)},
          {"traced", step_times_of(run.traced, run.measured.traced)},
          {"tracing_slows_by", tracing ? Json(*tracing) : Json(nullptr)},
          {"timeline_step_s", both_of(c.step)},
          {"profile_error_s", run.attribution.profile_error().value},
          {"model_error_s", run.attribution.model_error().value},
          {"tracing_error_s", run.tracing_error().value},
          {"replayed_step_s", run.attribution.replayed.value},
          {"busy_s", both_of(c.busy)},
          {"stretch_s", both_of(c.stretch)},
          {"bubble_by_cause_s", std::move(idle)},
          {"exposed_communication_s", both_of(c.exposed)},
          {"overlap", {{"predicted", c.overlap_predicted}, {"measured", c.overlap_measured}}},
          {"critical_path", {{"agreement", c.path_agreement}, {"by_lane_s", std::move(path)}}},
          {"classes", classes_of(run)},
          {"worst_by_time", ops_of(c.worst_by_time)},
          {"worst_by_share", ops_of(c.worst_by_share)},
          {"largest_start_drift", op_of(c.drift)},
          {"inversions", inversions_of(c)},
          {"memory", std::move(memory)},
          {"lost", run.measured.timeline.lost},
          {"notes", run.measured.notes},
          {"predicted_notes", run.costs.notes},
          {"provenance", run.measured_report.provenance},
          {"predicted_provenance", run.predicted_report.provenance}};
}

Json order_of(const ValidationReport& report) {
  Json order = Json::array();
  for (const SpeedPair& pair : report.order) {
    order.push_back({{"faster", report.runs[pair.faster].schedule},
                     {"slower", report.runs[pair.slower].schedule},
                     {"predicted_ratio", pair.predicted_ratio},
                     {"measured_ratio", pair.measured_ratio},
                     {"apart", pair.apart},
                     {"agrees", pair.agrees}});
  }
  return order;
}

}  // namespace

std::string to_json(const ValidationReport& report) {
  Json runs = Json::array(), verdicts = Json::array();
  for (const ValidationRun& run : report.runs) runs.push_back(run_of(run));
  for (const Verdict& v : report.verdicts) {
    verdicts.push_back({{"limit", v.limit},
                        {"run", v.run},
                        {"about", v.about},
                        {"value", v.value},
                        {"allowed", v.allowed},
                        {"judged", v.judged},
                        {"held", v.held}});
  }
  Json document{{"schema", kValidationSchema},
                {"scenario", report.scenario},
                {"placement", report.placement},
                {"held", report.held()},
                {"mean_step_error", report.mean_step_error()},
                {"provenance", report.provenance},
                {"verdicts", std::move(verdicts)},
                {"order", order_of(report)}};
  if (report.exposed_tp) {
    document["exposed_tp_ratio"] = {{"of", report.runs[report.exposed_tp->stp].schedule},
                                    {"over", report.runs[report.exposed_tp->one_f_one_b].schedule},
                                    {"predicted", report.exposed_tp->predicted},
                                    {"measured", report.exposed_tp->measured}};
  }
  document["runs"] = std::move(runs);
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace braid
