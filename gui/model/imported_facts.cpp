// SPDX-License-Identifier: Apache-2.0
#include "gui/model/imported_facts.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

namespace braid {
namespace {

/// A member of an object, or null.
const nlohmann::json& field(const nlohmann::json& object, const char* name) {
  static const nlohmann::json kNone;
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() ? *found : kNone;
}

}  // namespace

struct ImportedFacts::Rest {
  nlohmann::json json;
};

ImportedFacts::ImportedFacts(const ChromeFile& file, const std::string& path)
    : file_(file), path_(path), rest_(new Rest{nlohmann::json::parse(file.rest, nullptr, false)}) {}
ImportedFacts::~ImportedFacts() = default;

bool ImportedFacts::ours() const { return field(field(rest_->json, "otherData"), "kind").is_string(); }

std::string ImportedFacts::text(const ImportedNumbers& numbers) const {
  const nlohmann::json& rest = rest_->json;
  nlohmann::json facts{{"kind", "trace"}, {"time_unit", "s"}, {"lost", numbers.lost + file_.odd}};
  std::string title = std::filesystem::path(path_).filename().string();
  nlohmann::json provenance = nlohmann::json::object();
  nlohmann::json notes = nlohmann::json::array();
  const nlohmann::json& other = field(rest, "otherData");
  if (ours()) {
    facts["kind"] = field(other, "kind");
    facts["step_time_ns"] = numbers.step_ns;
  }
  if (other.is_object()) {
    for (const auto& [key, value] : other.items()) {
      if (value.is_string() && key != "kind") provenance[key] = value;
    }
  }
  const nlohmann::json& devices = field(rest, "deviceProperties");
  if (devices.is_array() && !devices.empty() && field(devices[0], "name").is_string()) {
    provenance["gpu"] = field(devices[0], "name");
  }
  for (const char* key : {"rank", "world_size", "backend"}) {
    const nlohmann::json& value = field(field(rest, "distributedInfo"), key);
    if (value.is_string()) provenance[key] = value;
    if (value.is_number_integer()) provenance[key] = value.dump();
  }
  if (file_.cut_at) {
    title += " (cut short)";
    notes.push_back("the file ends at byte " + std::to_string(*file_.cut_at) +
                    " in the middle of its events: what comes after is missing");
  }
  if (numbers.left_out > 0) {
    notes.push_back(std::to_string(numbers.left_out) + " events of kinds that are not shown (instants, async, others)");
  }
  if (numbers.of_unknown_group > 0) {
    notes.push_back(std::to_string(numbers.of_unknown_group) +
                    " kernels of collectives have no process group of a name that Braid knows: they are counted as dp");
  }
  facts["title"] = title;
  facts["provenance"] = std::move(provenance);
  facts["notes"] = std::move(notes);
  return facts.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace braid
