// SPDX-License-Identifier: Apache-2.0
#include "validate/trace/trace_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace braid {
namespace {

using Json = nlohmann::ordered_json;

std::string error_text(Seconds measured, Seconds predicted) {
  if (measured.value <= 0) return "-";
  return fmt::format("{:+.1f} %", 100 * (predicted / measured - 1));
}

std::string time_line(const char* name, Seconds measured, Seconds predicted) {
  return fmt::format("{:<28} {:>12} {:>12} {:>12}\n", name, to_text(measured), to_text(predicted),
                     error_text(measured, predicted));
}

std::string share_line(const char* name, double measured, double predicted) {
  return fmt::format("{:<28} {:>10.1f} % {:>10.1f} % {:>+8.1f} pts\n", name, 100 * measured, 100 * predicted,
                     100 * (predicted - measured));
}

std::string loads_text(const ForeignComparison& c) {
  std::string text = fmt::format("{:<28} {:>12} {:>12} {:>12}\n", "means over ranks", "measured", "predicted", "error");
  text += time_line("step time", c.measured.step, c.predicted.step);
  text += time_line("computing", c.measured.busy, c.predicted.busy);
  text += share_line("idle (bubble)", c.measured.idle_share(), c.predicted.idle_share());
  text += time_line("communication in flight", c.measured.communication, c.predicted.communication);
  text += time_line("of it exposed", c.measured.exposed, c.predicted.exposed);
  if (c.measured.communication.value > 0 || c.predicted.communication.value > 0) {
    text += share_line("of it overlapped", c.measured.overlap(), c.predicted.overlap());
  }
  return text;
}

std::string ranks_text(const ForeignComparison& c) {
  std::string text = fmt::format("\n{:>6} {:>4} {:>6} {:>12} {:>12} {:>9} {:>8} {:>8}\n", "rank", "pp", "steps",
                                 "step time", "predicted", "error", "idle_%", "pred_%");
  for (const RankLoads& rank : c.ranks) {
    text += fmt::format("{:>6} {:>4} {:>6} {:>12} {:>12} {:>9} {:>8.1f} {:>8.1f}\n", rank.rank, rank.pp, rank.steps,
                        to_text(rank.measured.step), to_text(rank.predicted.step),
                        error_text(rank.measured.step, rank.predicted.step), 100 * rank.measured.idle_share(),
                        100 * rank.predicted.idle_share());
  }
  return text;
}

std::string classes_text(const ForeignComparison& c) {
  std::string text = fmt::format("\n{:<16} {:>8} {:>12} {:>8} {:>12} {:>9}  {}\n", "kernels", "count", "measured",
                                 "step_%", "predicted", "error", "at the scenario's FLOPs");
  for (const ClassTime& k : c.classes) {
    text += fmt::format("{:<16} {:>8.1f} {:>12} {:>8.1f} {:>12} {:>9}", k.name, k.count, to_text(k.measured),
                        100 * (k.measured / c.measured.step), k.predicted ? to_text(*k.predicted) : "-",
                        k.predicted ? error_text(k.measured, *k.predicted) : "-");
    if (k.flops.value > 0 && k.measured.value > 0) {
      text += fmt::format("  {:.0f} TFLOP/s", k.flops.value / k.measured.value * 1e-12);
    }
    text += '\n';
  }
  for (const std::string& name : c.unknown_kernels) text += fmt::format("  other: {:.100}\n", name);
  return text;
}

std::string actions_text(const ForeignComparison& c) {
  std::string text;
  if (!c.actions.empty()) {
    text += fmt::format("\n{:<16} {:>8} {:>12} {:>8} {:>12} {:>9}\n", "action, one", "count", "measured", "",
                        "predicted", "error");
  }
  for (const ActionTime& a : c.actions) {
    text += fmt::format("{:<16} {:>8} {:>12} {:>8} {:>12} {:>9}\n", a.type, a.count, to_text(a.measured), "",
                        to_text(a.predicted), error_text(a.measured, a.predicted));
  }
  if (!c.orders.empty()) text += "\norder of actions against " + c.schedule + "\n";
  for (const ActionOrder& order : c.orders) {
    text += order.first_difference.empty()
                ? fmt::format("  rank {}: {} actions, the same\n", order.rank, order.actions)
                : fmt::format("  rank {}: differs at {}\n", order.rank, order.first_difference);
  }
  return text;
}

Json load_json(const StepLoad& load) {
  return {{"step_s", load.step.value},
          {"computing_s", load.busy.value},
          {"idle_share", load.idle_share()},
          {"communication_s", load.communication.value},
          {"exposed_communication_s", load.exposed.value},
          {"overlap_share", load.overlap()}};
}

}  // namespace

std::string trace_text(const ForeignComparison& c) {
  const auto on = [](const std::string& gpu) { return gpu.empty() ? gpu : " on " + gpu; };
  std::string text = fmt::format("{} of {} ranks recorded by {}{}; predicted: {}{}\n\n", c.ranks.size(), c.ranks_of_job,
                                 c.source, on(c.gpu), c.schedule, on(c.predicted_gpu));
  text += loads_text(c) + ranks_text(c) + classes_text(c) + actions_text(c);
  text += "\nnot compared\n";
  for (const std::string& line : c.not_compared) text += "  " + line + "\n";
  if (c.lost > 0) text += fmt::format("lost: {} records of GPU work were not understood\n", c.lost);
  if (c.odd_labels > 0) text += fmt::format("labels: {} begin as an action does and name none\n", c.odd_labels);
  if (c.guessed_lanes > 0) {
    text += fmt::format("groups: of {} communication kernels the group is not known; taken by their kind\n",
                        c.guessed_lanes);
  }
  for (const std::string& note : c.notes) text += "note: " + note + "\n";
  return text;
}

std::string trace_json(const ForeignComparison& c) {
  Json json{{"schema", kTraceSchema},
            {"schedule", c.schedule},
            {"recorded_by", c.source},
            {"gpu", c.gpu},
            {"predicted_gpu", c.predicted_gpu},
            {"ranks_of_job", c.ranks_of_job},
            {"measured", load_json(c.measured)},
            {"predicted", load_json(c.predicted)}};
  json["ranks"] = Json::array();
  for (const RankLoads& rank : c.ranks) {
    json["ranks"].push_back({{"rank", rank.rank},
                             {"pp", rank.pp},
                             {"steps", rank.steps},
                             {"measured", load_json(rank.measured)},
                             {"predicted", load_json(rank.predicted)}});
  }
  json["kernels"] = Json::array();
  for (const ClassTime& k : c.classes) {
    Json row{{"class", k.name}, {"count", k.count}, {"measured_s", k.measured.value}};
    row["predicted_s"] = k.predicted ? Json(k.predicted->value) : Json(nullptr);
    if (k.flops.value > 0) row["flops"] = k.flops.value;
    json["kernels"].push_back(std::move(row));
  }
  json["actions"] = Json::array();
  for (const ActionTime& a : c.actions) {
    json["actions"].push_back(
        {{"type", a.type}, {"count", a.count}, {"measured_s", a.measured.value}, {"predicted_s", a.predicted.value}});
  }
  json["orders"] = Json::array();
  for (const ActionOrder& order : c.orders) {
    json["orders"].push_back({{"rank", order.rank},
                              {"actions", order.actions},
                              {"same", order.first_difference.empty()},
                              {"first_difference", order.first_difference}});
  }
  json["unknown_kernels"] = c.unknown_kernels;
  json["lost"] = c.lost;
  json["odd_labels"] = c.odd_labels;
  json["guessed_lanes"] = c.guessed_lanes;
  json["not_compared"] = c.not_compared;
  json["notes"] = c.notes;
  // Names of kernels come from a file and may hold any bytes.
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace braid
