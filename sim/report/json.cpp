// SPDX-License-Identifier: Apache-2.0
#include "sim/report/json.hpp"

#include <nlohmann/json.hpp>

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
                     {"busy_s", time.busy.value},
                     {"stretch_s", time.stretch.value},
                     {"bubble_by_cause_s", std::move(idle)},
                     {"peak_memory_bytes", run.peaks[i].bytes.value}});
  }
  return ranks;
}

Json run_of(const Comparison& comparison, std::size_t i, bool wall_clock) {
  const RunReport& run = comparison.runs[i];
  Json idle, idle_worst;
  for (std::size_t c = 0; c < kCauses; ++c) {
    idle[to_text(static_cast<Cause>(c))] = run.idle[c].mean.value;
    idle_worst[to_text(static_cast<Cause>(c))] = worst_of(run.idle[c]);
  }
  Json json{{"schedule", run.schedule},
            {"step_time_s", run.step_time.value},
            {"samples_per_s", run.samples_per_s},
            {"tokens_per_s_per_gpu", run.tokens_per_s_per_gpu},
            {"mfu", run.mfu},
            {"speed_up", speed_up(comparison, i)},
            {"bubble_global_s", run.bubble_global.value},
            {"bubble_span_s", run.bubble_span.value},
            {"bubble_by_cause_s", std::move(idle)},
            {"busy_s", run.busy.mean.value},
            {"stretch_s", run.stretch.mean.value},
            {"exposed_communication_s", run.exposed_communication.mean.value},
            {"peak_memory_bytes", run.peak.bytes.value},
            {"memory_by_class_bytes", memory_of(run.peak)},
            {"peak_rank", run.peak.rank},
            {"peak_time_s", run.peak.time.value},
            {"gpu_memory_bytes", run.gpu_memory.value},
            {"fits", run.fits()},
            {"worst_rank",
             {{"bubble_by_cause_s", std::move(idle_worst)},
              {"busy_s", worst_of(run.busy)},
              {"stretch_s", worst_of(run.stretch)},
              {"exposed_communication_s", worst_of(run.exposed_communication)}}},
            {"gpus", run.gpus},
            {"folded", run.folded},
            {"ops", run.ops},
            {"flows", run.flows},
            {"lost", run.lost}};
  if (wall_clock) json["wall_s"] = run.wall_s;
  json["ranks"] = ranks_of(run);
  json["notes"] = run.notes;
  json["provenance"] = run.provenance;
  return json;
}

}  // namespace

std::string to_json(const Comparison& comparison, bool wall_clock) {
  Json runs = Json::array();
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) runs.push_back(run_of(comparison, i, wall_clock));
  const Json document{{"schema", kReportSchema}, {"scenario", comparison.scenario}, {"runs", std::move(runs)}};
  // A label from a file may hold any bytes.
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace braid
