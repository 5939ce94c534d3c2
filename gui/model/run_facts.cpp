// SPDX-License-Identifier: Apache-2.0
#include "gui/model/run_facts.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace braid {
namespace {

using Json = nlohmann::json;

/// Fields of another type than the reader's are as good as missing.
void take(const Json& from, const char* name, std::string& to) {
  if (const auto found = from.find(name); found != from.end() && found->is_string()) to = found->get<std::string>();
}
void take(const Json& from, const char* name, double& to) {
  if (const auto found = from.find(name); found != from.end() && found->is_number()) to = found->get<double>();
}
template <typename Integer>
void take_whole(const Json& from, const char* name, Integer& to) {
  const auto found = from.find(name);
  if (found == from.end()) return;
  // What does not fit is not what Braid wrote; converting it would be undefined or wrap.
  if (found->is_number_unsigned()) {
    if (std::in_range<Integer>(found->get<std::uint64_t>())) to = static_cast<Integer>(found->get<std::uint64_t>());
  } else if (found->is_number_integer() && std::in_range<Integer>(found->get<std::int64_t>())) {
    to = static_cast<Integer>(found->get<std::int64_t>());
  }
}

/// Numbers and truths of nested objects by dotted name; arrays (of ranks) are left out.
void flatten(const Json& from, const std::string& prefix, int depth, std::map<std::string, double>& to) {
  constexpr int kDeepest = 8;
  if (!from.is_object() || depth > kDeepest) return;
  for (const auto& [name, value] : from.items()) {
    if (value.is_number()) {
      to[prefix + name] = value.get<double>();
    } else if (value.is_boolean()) {
      to[prefix + name] = value.get<bool>() ? 1 : 0;
    } else {
      flatten(value, prefix + name + ".", depth + 1, to);
    }
  }
}

WorkFacts work_of(const Json& from) {
  WorkFacts work;
  if (!from.is_object()) return work;
  take(from, "class", work.op_class);
  take(from, "shape", work.shape);
  take(from, "flops", work.flops);
  take(from, "bytes", work.bytes);
  take(from, "price_s", work.price_s);
  take(from, "source", work.source);
  return work;
}

/// Of a report's ranks; nothing where each stands for one.
std::vector<int> gpus_of(const Json& report) {
  std::vector<int> gpus;
  const auto ranks = report.find("ranks");
  if (ranks == report.end() || !ranks->is_array()) return gpus;
  for (const Json& rank : *ranks) {
    gpus.push_back(1);
    if (rank.is_object()) take_whole(rank, "gpus", gpus.back());
  }
  if (std::ranges::all_of(gpus, [](int n) { return n == 1; })) gpus.clear();
  return gpus;
}

}  // namespace

RunFacts parse_run_facts(std::string_view json) {
  RunFacts facts;
  const Json all = Json::parse(json, nullptr, false);
  if (!all.is_object()) {
    facts.notes.push_back("the facts of this run cannot be read: they are no JSON object");
    return facts;
  }
  take(all, "title", facts.title);
  take(all, "kind", facts.kind);
  take(all, "time_unit", facts.time_unit);
  take_whole(all, "step_time_ns", facts.step_time_ns);
  take_whole(all, "multiplicity", facts.multiplicity);
  take_whole(all, "lost", facts.lost);
  take(all, "p2p", facts.p2p);
  take(all, "scenario", facts.scenario);
  take(all, "profile", facts.profile);
  take(all, "run", facts.run);
  if (const auto found = all.find("provenance"); found != all.end() && found->is_object()) {
    for (const auto& [name, value] : found->items()) {
      if (value.is_string()) facts.provenance[name] = value.get<std::string>();
    }
  }
  if (const auto found = all.find("notes"); found != all.end() && found->is_array()) {
    for (const Json& note : *found) {
      if (note.is_string()) facts.notes.push_back(note.get<std::string>());
    }
  }
  if (const auto found = all.find("report"); found != all.end()) flatten(*found, "", 0, facts.figures);
  if (const auto found = all.find("report"); found != all.end() && found->is_object()) facts.gpus = gpus_of(*found);
  if (const auto found = all.find("works"); found != all.end() && found->is_array()) {
    // Spans name works by position, so one that cannot be read keeps its place.
    for (const Json& work : *found) facts.works.push_back(work_of(work));
  }
  return facts;
}

}  // namespace braid
