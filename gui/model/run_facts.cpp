// SPDX-License-Identifier: Apache-2.0
#include "gui/model/run_facts.hpp"

#include <nlohmann/json.hpp>

namespace braid {

RunFacts parse_run_facts(std::string_view json) {
  RunFacts facts;
  const nlohmann::json read = nlohmann::json::parse(json, nullptr, false);
  if (!read.is_object()) {
    facts.notes.push_back("the facts about this run cannot be read");
    return facts;
  }
  const auto text = [&](const char* name, std::string& to) {
    if (read.contains(name) && read[name].is_string()) to = read[name].get<std::string>();
  };
  text("title", facts.title);
  text("kind", facts.kind);
  text("time_unit", facts.time_unit);
  if (read.contains("step_time_ns") && read["step_time_ns"].is_number()) {
    facts.step_time_ns = read["step_time_ns"].get<std::int64_t>();
  }
  return facts;
}

}  // namespace braid
