// SPDX-License-Identifier: Apache-2.0
#include "sim/report/run_facts_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/base/mode_names.hpp"
#include "sim/report/json.hpp"
#include "sim/report/op_class.hpp"
#include "sim/timeline/tracks.hpp"

namespace braid {
namespace {

using Json = nlohmann::ordered_json;

std::string compute_text(const WorkItem& item) {
  const Work& work = item.compute;
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
  for (const Gemm& g : work.gemms) {
    add(fmt::format("product {:g} x {:g} x {:g}{}", g.m, g.n, g.k,
                    g.count == 1 ? "" : fmt::format(", {:g} of them", g.count)));
  }
  if (work.attention) {
    const AttentionShape& a = *work.attention;
    add(fmt::format("{}{} attention {}, {:g} x {:g} tokens, {:g} heads ({:g} KV) of {:g}", a.causal ? "causal " : "",
                    a.flash ? "flash" : "unfused", a.backward ? "backward" : "forward", a.samples, a.sequence, a.heads,
                    a.kv_heads, a.head_dim));
  }
  if (work.elementwise.value > 0) add(to_text(work.elementwise) + " elementwise");
  if (item.optimizer_traffic.value > 0) add(to_text(item.optimizer_traffic) + " of optimizer state");
  if (work.kernels > 0) add(fmt::format("{} kernel{}", work.kernels, work.kernels == 1 ? "" : "s"));
  return text;
}

/// All classes of ops that do a work, in order of their first ops: an all-reduce serves several units.
std::vector<std::string> classes_of(const Program& program) {
  std::vector<std::vector<std::string>> classes(program.works.size());
  std::vector<std::pair<OpKey, Lane>> last(program.works.size(), {OpKey{.index = -1}, Lane::compute});
  for (const RankProgram& rank : program.ranks) {
    for (const Op& op : rank.ops) {
      // Of what a class is made of; most ops are like the one before them.
      const OpKey part{.index = op.key.index, .kind = op.key.kind, .unit = op.key.unit};
      if (last[op.work] == std::pair(part, op.lane)) continue;
      last[op.work] = {part, op.lane};
      std::vector<std::string>& of_work = classes[op.work];
      const std::string name = class_of(op.key, op.lane);
      if (std::ranges::find(of_work, name) == of_work.end()) of_work.push_back(name);
    }
  }
  std::vector<std::string> joined;
  for (const std::vector<std::string>& of_work : classes) joined.push_back(fmt::format("{}", fmt::join(of_work, ", ")));
  return joined;
}

Bytes bytes_of(const WorkItem& work) {
  return work.kind == WorkKind::compute ? work.compute.elementwise + work.optimizer_traffic : work.bytes;
}

Json works_of(const Program& program, const Costs& costs) {
  const std::vector<std::string> classes = classes_of(program);
  Json works = Json::array();
  const auto add = [&](std::size_t i, const Price& price) {
    const WorkItem& work = program.works[i];
    works.push_back({{"class", classes[i]},
                     {"shape", shape_text(work, program.placement)},
                     {"flops", work.compute.flops.value},
                     {"bytes", price.traffic.value},
                     {"price_s", price.time.value},
                     {"source", price.source}});
  };
  for (std::size_t i = 0; i < program.works.size(); ++i) {
    const WorkItem& work = program.works[i];
    const Price price = i < costs.prices.size()
                            ? costs.prices[i]
                            : Price{.time = i < costs.duration.size() ? costs.duration[i] : work.fixed,
                                    .traffic = bytes_of(work),
                                    .source = ""};
    add(i, price);
  }
  for (std::size_t i = 0; i < costs.path_prices.prices.size(); ++i)
    add(costs.path_prices.work[i], costs.path_prices.prices[i]);
  return works;
}

}  // namespace

std::string shape_text(const WorkItem& work, const Placement& placement) {
  switch (work.kind) {
    case WorkKind::compute:
      return compute_text(work);
    case WorkKind::collective:
      return fmt::format("{} of {} over {} GPUs ({})", to_text(work.collective), to_text(work.bytes),
                         work.scope == Scope::tp ? placement.tp : placement.dp, work.scope == Scope::tp ? "TP" : "DP");
    case WorkKind::message:
    case WorkKind::copy:
      return to_text(work.bytes);
    case WorkKind::fixed:
      break;
  }
  return "";
}

std::string run_facts_json(const Played& played, const Costs& costs, const RunReport& report, const RunTold& told) {
  const Timeline& timeline = *played.timeline;
  const Program& program = *played.program;
  std::vector<std::string> notes = told.notes;
  notes.insert(notes.end(), report.notes.begin(), report.notes.end());
  std::map<std::string, std::string> provenance = timeline.provenance.facts;
  if (!timeline.provenance.kind.empty()) provenance["kind"] = timeline.provenance.kind;
  const Json facts{{"title", told.title},
                   {"kind", told.kind},
                   {"time_unit", told.time_unit},
                   {"step_time_ns", nanoseconds(timeline.step_time)},
                   {"multiplicity", timeline.multiplicity},
                   {"lost", timeline.lost},
                   {"p2p", to_text(program.p2p)},
                   {"scenario", told.scenario},
                   {"profile", told.profile},
                   {"run", told.run},
                   {"provenance", provenance},
                   {"notes", notes},
                   {"report", Json::parse(to_json(report))},
                   {"works", works_of(program, costs)}};
  return facts.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace braid
