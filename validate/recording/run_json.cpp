// SPDX-License-Identifier: Apache-2.0
#include "validate/recording/run_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "sim/base/error.hpp"

namespace braid {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kDeepest = 8;        ///< a run has 2: an object or list in the whole
constexpr double kLargest = 1e18;  ///< seconds and bytes beyond it are a slip

template <int T, int B, int F>
Json list_of(const std::vector<Quantity<T, B, F>>& values) {
  Json json = Json::array();
  for (const auto value : values) json.push_back(value.value);
  return json;
}

/// Takes the fields of an object one by one; what is left in the end is unknown.
class Object {
 public:
  Object(Json json, const std::string& name) : json_(std::move(json)), name_(name) {
    if (!json_.is_object()) throw Error(name_, "wants an object { ... }");
  }

  std::string text(const char* key) {
    const Json value = take(key);
    if (!value.is_string()) throw Error(at(key), "wants a string");
    return value.get<std::string>();
  }
  double number(const char* key, double least) { return number_of(take(key), key, least); }
  std::int64_t whole(const char* key, std::int64_t least, std::int64_t most) {
    const Json value = take(key);
    if (!value.is_number_integer()) throw Error(at(key), "wants a whole number");
    const auto found = value.get<std::int64_t>();
    if (found < least || found > most) throw Error(at(key), fmt::format("is not from {} to {}", least, most));
    return found;
  }
  template <typename Q>
  std::vector<Q> list(const char* key) {
    std::vector<Q> values;
    for (const Json& entry : array(key)) values.push_back(Q(number_of(entry, key, 0)));
    return values;
  }
  std::vector<std::string> texts(const char* key) {
    std::vector<std::string> values;
    for (const Json& entry : array(key)) {
      if (!entry.is_string()) throw Error(at(key), "wants strings");
      values.push_back(entry.get<std::string>());
    }
    return values;
  }
  std::map<std::string, std::string> facts(const char* key) {
    const Json value = take(key);
    if (!value.is_object()) throw Error(at(key), "wants an object { ... }");
    std::map<std::string, std::string> facts;
    for (const auto& [name, fact] : value.items()) {
      if (!fact.is_string()) throw Error(at(key) + "." + name, "wants a string");
      facts[name] = fact.get<std::string>();
    }
    return facts;
  }
  void finish() const {
    if (!json_.empty()) throw Error(at(json_.begin().key()), "unknown field");
  }
  std::string at(const std::string& key) const { return name_ + ":" + key; }

 private:
  Json take(const char* key) {
    const auto found = json_.find(key);
    if (found == json_.end()) throw Error(at(key), "is missing");
    Json value = *found;
    json_.erase(found);
    return value;
  }
  Json array(const char* key) {
    Json value = take(key);
    if (!value.is_array()) throw Error(at(key), "wants an array");
    return value;
  }
  double number_of(const Json& value, const char* key, double least) const {
    if (!value.is_number()) throw Error(at(key), "wants a number");
    const auto found = value.get<double>();
    if (!(found >= least && found <= kLargest)) throw Error(at(key), fmt::format("{:g} makes no sense", found));
    return found;
  }

  Json json_;
  const std::string& name_;
};

Json parsed(std::string_view text, const std::string& name) {
  // Copies of a value recurse: a few bytes of brackets must not cost the stack.
  const auto shallow = [&](int depth, Json::parse_event_t, const Json&) {
    if (depth > kDeepest) throw Error(name, "has values within values, more than any run has");
    return true;
  };
  try {
    return Json::parse(text, shallow);
  } catch (const Json::parse_error& fault) {
    const auto before = text.substr(0, fault.byte > 0 ? fault.byte - 1 : 0);
    const auto line = std::ranges::count(before, '\n') + 1;
    const std::size_t newline = before.rfind('\n');
    const std::size_t column = before.size() - (newline == std::string_view::npos ? 0 : newline + 1) + 1;
    throw Error(fmt::format("{}:{}:{}", name, line, column), "is not JSON here");
  }
}

}  // namespace

std::string run_json(const Recording& recording) {
  const MeasuredRun& run = recording.run;
  const Json json{{"schema", kRecordingSchema},
                  {"schedule", recording.schedule},
                  {"placement", run.placement},
                  {"rank", recording.rank},
                  {"facts", run.timeline.provenance.facts},
                  {"step_s", run.timeline.step_time.value},
                  {"multiplicity", run.timeline.multiplicity},
                  {"lost", run.timeline.lost},
                  {"untraced_s", list_of(run.untraced)},
                  {"traced_s", list_of(run.traced)},
                  {"peak_bytes", list_of(run.peak)},
                  {"notes", run.notes}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void parse_run_json(std::string_view text, const std::string& name, Recording& recording) {
  Object object(parsed(text, name), name);
  if (const std::string schema = object.text("schema"); schema != kRecordingSchema) {
    throw Error(object.at("schema"),
                fmt::format("'{}' is not '{}': written by another version of Braid", schema, kRecordingSchema));
  }
  MeasuredRun& run = recording.run;
  recording.schedule = object.text("schedule");
  run.placement = object.text("placement");
  recording.rank = static_cast<int>(object.whole("rank", -1, std::numeric_limits<int>::max()));
  run.timeline.provenance = {.kind = "measured", .facts = object.facts("facts")};
  run.timeline.step_time = Seconds(object.number("step_s", 0));
  run.timeline.multiplicity = static_cast<int>(object.whole("multiplicity", 1, std::numeric_limits<int>::max()));
  run.timeline.lost = static_cast<std::uint64_t>(object.whole("lost", 0, std::numeric_limits<std::int64_t>::max()));
  run.untraced = object.list<Seconds>("untraced_s");
  run.traced = object.list<Seconds>("traced_s");
  run.peak = object.list<Bytes>("peak_bytes");
  run.notes = object.texts("notes");
  object.finish();
  if (run.untraced.empty() && run.traced.empty()) throw Error(object.at("untraced_s"), "there is no step time at all");
  const auto takes_time = [](Seconds step) { return step.value > 0; };
  if (!std::ranges::all_of(run.untraced, takes_time)) throw Error(object.at("untraced_s"), "a step takes time");
  if (!std::ranges::all_of(run.traced, takes_time)) throw Error(object.at("traced_s"), "a step takes time");
  if (!run.traced.empty() && std::ranges::find(run.traced, run.timeline.step_time) == run.traced.end()) {
    throw Error(object.at("step_s"), "is none of traced_s: the ops are those of one traced step");
  }
}

}  // namespace braid
