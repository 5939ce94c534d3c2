// SPDX-License-Identifier: Apache-2.0
#include "sim/report/json.hpp"

#include <nlohmann/json.hpp>
#include <optional>

namespace braid {
namespace {

using Json = nlohmann::ordered_json;

Json memory_of(const MemoryPeak& peak) {
  Json classes;
  for (std::size_t c = 0; c < kMemoryClasses; ++c) {
    classes[to_text(static_cast<MemoryClass>(c))] = peak.by_class[c].value;
  }
  return classes;
}

Json worst_of(const OverRanks& over) { return {{"s", over.worst.value}, {"rank", over.worst_rank}}; }

Json ranks_of(const RunReport& run) {
  Json ranks = Json::array();
  for (std::size_t i = 0; i < run.ranks.size(); ++i) {
    const RankTime& time = run.ranks[i];
    Json idle;
    for (std::size_t c = 0; c < kCauses; ++c) idle[to_text(static_cast<Cause>(c))] = time.idle[c].value;
    ranks.push_back({{"rank", time.rank},
                     {"gpus", time.gpus},
                     {"busy_s", time.busy.value},
                     {"stretch_s", time.stretch.value},
                     {"bubble_by_cause_s", std::move(idle)},
                     {"peak_memory_bytes", run.peaks[i].bytes.value}});
  }
  return ranks;
}

Json run_of(const RunReport& run, std::optional<double> speed_up, bool wall_clock) {
  Json idle, idle_worst;
  for (std::size_t c = 0; c < kCauses; ++c) {
    idle[to_text(static_cast<Cause>(c))] = run.idle[c].mean.value;
    idle_worst[to_text(static_cast<Cause>(c))] = worst_of(run.idle[c]);
  }
  Json json{{"schedule", run.schedule},
            {"step_time_s", run.step_time.value},
            {"samples_per_s", run.samples_per_s},
            {"tokens_per_s_per_gpu", run.tokens_per_s_per_gpu},
            {"mfu", run.mfu}};
  if (speed_up) json["speed_up"] = *speed_up;
  json["bubble_global_s"] = run.bubble_global.value;
  json["bubble_span_s"] = run.bubble_span.value;
  json["bubble_by_cause_s"] = std::move(idle);
  json["busy_s"] = run.busy.mean.value;
  json["stretch_s"] = run.stretch.mean.value;
  json["exposed_communication_s"] = run.exposed_communication.mean.value;
  json["peak_memory_bytes"] = run.peak.bytes.value;
  json["memory_by_class_bytes"] = memory_of(run.peak);
  json["peak_rank"] = run.peak.rank;
  json["peak_time_s"] = run.peak.time.value;
  json["gpu_memory_bytes"] = run.gpu_memory.value;
  json["fits"] = run.fits();
  json["worst_rank"] = {{"bubble_by_cause_s", std::move(idle_worst)},
                        {"busy_s", worst_of(run.busy)},
                        {"stretch_s", worst_of(run.stretch)},
                        {"exposed_communication_s", worst_of(run.exposed_communication)}};
  json["gpus"] = run.gpus;
  json["folded"] = run.folded;
  json["ops"] = run.ops;
  json["flows"] = run.flows;
  json["lost"] = run.lost;
  if (wall_clock) json["wall_s"] = run.wall_s;
  json["ranks"] = ranks_of(run);
  json["notes"] = run.notes;
  json["provenance"] = run.provenance;
  return json;
}

}  // namespace

std::string to_json(const Comparison& comparison, bool wall_clock) {
  Json runs = Json::array();
  for (std::size_t i = 0; i < comparison.runs.size(); ++i)
    runs.push_back(run_of(comparison.runs[i], speed_up(comparison, i), wall_clock));
  const Json document{{"schema", kReportSchema}, {"scenario", comparison.scenario}, {"runs", std::move(runs)}};
  // A label from a file may hold any bytes.
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string to_json(const RunReport& run) {
  return run_of(run, std::nullopt, false).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace braid
