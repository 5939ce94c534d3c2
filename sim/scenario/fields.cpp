// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "sim/scenario/toml_tree.hpp"

namespace braid {
namespace {

const char* kind_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::none:
      return "nothing";
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number";
    case toml::node_type::boolean:
      return "true or false";
    case toml::node_type::date:
      return "a date";
    case toml::node_type::time:
      return "a time of day";
    case toml::node_type::date_time:
      return "a date and time";
  }
  return "something else";
}

std::string shown(Seconds x) { return to_text(x); }
std::string shown(Bytes x) { return to_text(x); }
std::string shown(BytesPerSecond x) { return to_text(Bytes(x.value)) + "/s"; }
std::string shown(FlopsPerSecond x) { return fmt::format("{:g} TFLOP/s", x.value / 1e12); }
std::string shown(int x) { return fmt::format("{}", x); }
std::string shown(double x) { return fmt::format("{:g}", x); }

template <class T>
std::string shown(Range<T> range) {
  return range.low == range.high ? shown(range.low) : shown(range.low) + " to " + shown(range.high);
}
/// Zero of a quantity is how structs say that nothing was given.
template <class Q>
std::string shown_default(Q x) {
  return x == Q{} ? "" : shown(x);
}

}  // namespace

Fields::Fields(const toml::table& table, std::string prefix, Reading& reading)
    : table_(table), prefix_(std::move(prefix)), reading_(reading) {}

std::string Fields::dotted(const std::string& key) const { return prefix_.empty() ? key : prefix_ + "." + key; }

void Fields::fault(const toml::node& at, const std::string& key, const std::string& what) {
  reading_.issues.push_back({place_of(at.source(), dotted(key)), what});
}

void Fields::record(Field field, Need need) {
  field.section = prefix_;
  field.required = need == Need::required;
  if (field.required) field.fallback.clear();
  reading_.asked->push_back(std::move(field));
}

void Fields::otherwise(const char* words) {
  if (reading_.asked != nullptr) reading_.asked->back().fallback = words;
}

const toml::node* Fields::find(const char* key, Need need) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  const toml::node* found = table_.get(key);
  if (found != nullptr) {
    reading_.locations[dotted(key)] = place_of(found->source(), dotted(key));
  } else if (need == Need::required) {
    fault(table_, key, "is missing");
  }
  return found;
}

const toml::node* Fields::node(const char* key, const char* what, const char* type, Need need) {
  if (reading_.asked != nullptr) record({.key = key, .type = type, .what = what}, need);
  return find(key, need);
}

void Fields::integer(const char* key, const char* what, int& out, Range<int> range, Need need) {
  if (reading_.asked != nullptr) {
    record({.key = key, .type = "whole number", .range = shown(range), .fallback = shown(out), .what = what}, need);
  }
  const toml::node* found = find(key, need);
  if (found == nullptr) return;
  if (const auto* real = found->as_floating_point()) {
    return fault(*found, key, fmt::format("wants a whole number, not {:g}", real->get()));
  }
  if (!found->is_integer()) return fault(*found, key, fmt::format("wants a whole number, not {}", kind_of(*found)));
  const std::int64_t value = found->as_integer()->get();
  if (value < range.low || value > range.high) {
    return fault(*found, key, fmt::format("{} is not between {} and {}", value, range.low, range.high));
  }
  out = static_cast<int>(value);
}

void Fields::number(const char* key, const char* what, double& out, Range<double> range, Need need) {
  if (reading_.asked != nullptr) {
    record({.key = key, .type = "number", .range = shown(range), .fallback = shown(out), .what = what}, need);
  }
  const toml::node* found = find(key, need);
  if (found == nullptr) return;
  if (!found->is_number()) return fault(*found, key, fmt::format("wants a number, not {}", kind_of(*found)));
  const double value = *found->value<double>();
  if (!(value >= range.low && value <= range.high)) {  // NaN is in no range
    return fault(*found, key, fmt::format("{:g} is not between {:g} and {:g}", value, range.low, range.high));
  }
  out = value;
}

void Fields::all_numbers(std::map<std::string, double>& out) {
  constexpr double kAny = std::numeric_limits<double>::max();
  for (const auto& [key, value] : table_) {
    const std::string name(key.str());
    number(name.c_str(), "", out[name], {-kAny, kAny});
  }
}

void Fields::flag(const char* key, const char* what, bool& out) {
  if (reading_.asked != nullptr) {
    record({.key = key, .type = "true or false", .fallback = out ? "true" : "false", .what = what}, Need::optional);
  }
  const toml::node* found = find(key, Need::optional);
  if (found == nullptr) return;
  if (!found->is_boolean()) return fault(*found, key, fmt::format("wants true or false, not {}", kind_of(*found)));
  out = found->as_boolean()->get();
}

const toml::node* Fields::find_text(const char* key, std::string& out, Need need) {
  const toml::node* found = find(key, need);
  if (found == nullptr) return nullptr;
  if (!found->is_string()) {
    fault(*found, key, fmt::format("wants a string, not {}", kind_of(*found)));
    return nullptr;
  }
  out = found->as_string()->get();
  if (need == Need::required && out.empty()) fault(*found, key, "is empty");
  return found;
}

void Fields::text(const char* key, const char* what, std::string& out, Need need) {
  if (reading_.asked != nullptr) record({.key = key, .type = "string", .fallback = out, .what = what}, need);
  find_text(key, out, need);
}

void Fields::path(const char* key, const char* what, std::string& out) {
  if (reading_.asked != nullptr) record({.key = key, .type = "path", .fallback = out, .what = what}, Need::optional);
  const toml::node* found = find_text(key, out, Need::optional);
  if (found != nullptr && !out.empty()) out = resolved_path(out, found->source());
}

void Fields::integers(const char* key, const char* what, std::vector<int>& out, Range<int> range) {
  if (reading_.asked != nullptr) {
    record({.key = key, .type = "array of whole numbers", .range = shown(range), .what = what}, Need::optional);
  }
  const toml::node* found = find(key, Need::optional);
  if (found == nullptr) return;
  const toml::array* array = found->as_array();
  if (array == nullptr) return fault(*found, key, fmt::format("wants an array, not {}", kind_of(*found)));
  std::vector<int> values;
  for (const toml::node& entry : *array) {
    if (!entry.is_integer()) return fault(entry, key, fmt::format("wants whole numbers, not {}", kind_of(entry)));
    const std::int64_t value = entry.as_integer()->get();
    if (value < range.low || value > range.high) {
      return fault(entry, key, fmt::format("{} is not between {} and {}", value, range.low, range.high));
    }
    values.push_back(static_cast<int>(value));
  }
  out = std::move(values);
}

int Fields::choice_index(const char* key, const char* what, const std::vector<std::string>& names,
                         const std::string& fallback, Need need) {
  if (reading_.asked != nullptr) {
    record({.key = key, .type = "string", .fallback = fallback, .what = what, .choices = names}, need);
  }
  std::string word;
  const std::size_t faults = reading_.issues.size();
  const toml::node* found = find_text(key, word, need);
  if (found == nullptr || reading_.issues.size() != faults) return -1;
  const auto at = std::find(names.begin(), names.end(), word);
  if (at != names.end()) return static_cast<int>(at - names.begin());
  const std::string near = nearest_word(word, names);
  fault(*found, key,
        fmt::format("'{}' is not one of {}{}", word, fmt::join(names, ", "),
                    near.empty() ? "" : "; did you mean '" + near + "'?"));
  return -1;
}

template <class Q>
void Fields::quantity(const char* key, const char* what, Q& out, Range<Q> range, Need need,
                      Q (*parse)(std::string_view, const std::string&), const char* type, const char* example) {
  if (reading_.asked != nullptr) {
    record({.key = key, .type = type, .range = shown(range), .fallback = shown_default(out), .what = what}, need);
  }
  const toml::node* found = find(key, need);
  if (found == nullptr) return;
  if (found->is_number()) return fault(*found, key, fmt::format("a bare number has no unit; write \"{}\"", example));
  if (!found->is_string()) {
    return fault(*found, key, fmt::format("wants a string such as \"{}\", not {}", example, kind_of(*found)));
  }
  try {
    const Q value = parse(found->as_string()->get(), place_of(found->source(), dotted(key)));
    if (!(value >= range.low && value <= range.high)) {
      return fault(
          *found, key,
          fmt::format("{} is not between {} and {}", found->as_string()->get(), shown(range.low), shown(range.high)));
    }
    out = value;
  } catch (const Error& error) { reading_.issues.push_back({"", error.what()}); }
}

void Fields::seconds(const char* key, const char* what, Seconds& out, Range<Seconds> range, Need need) {
  quantity(key, what, out, range, need, parse_seconds, "time", "5 us");
}
void Fields::bytes(const char* key, const char* what, Bytes& out, Range<Bytes> range, Need need) {
  quantity(key, what, out, range, need, parse_bytes, "size", "80 GiB");
}
void Fields::bandwidth(const char* key, const char* what, BytesPerSecond& out, Range<BytesPerSecond> range, Need need) {
  quantity(key, what, out, range, need, parse_bandwidth, "bandwidth", "400 GB/s");
}
void Fields::flop_rate(const char* key, const char* what, FlopsPerSecond& out, Range<FlopsPerSecond> range, Need need) {
  quantity(key, what, out, range, need, parse_flop_rate, "compute rate", "312 TFLOP/s");
}

const toml::table* Fields::table(const char* key, const char* what, Need need) {
  const toml::node* found = node(key, what, "table", need);
  if (found == nullptr) return nullptr;
  if (!found->is_table()) fault(*found, key, fmt::format("wants a table [{}], not {}", dotted(key), kind_of(*found)));
  return found->as_table();
}

std::vector<const toml::table*> Fields::tables(const char* key, const char* what, Need need) {
  const toml::node* found = node(key, what, "array of tables", need);
  if (found == nullptr) return {};
  const toml::array* array = found->as_array();
  if (array == nullptr) {
    fault(*found, key, fmt::format("wants an array of tables [[{}]], not {}", dotted(key), kind_of(*found)));
    return {};
  }
  std::vector<const toml::table*> all;
  for (const toml::node& entry : *array) {
    if (entry.is_table()) {
      all.push_back(entry.as_table());
    } else {
      fault(entry, key, fmt::format("wants tables [[{}]], not {}", dotted(key), kind_of(entry)));
    }
  }
  if (all.empty() && need == Need::required) fault(*found, key, fmt::format("is empty; write [[{}]]", dotted(key)));
  return all;
}

void Fields::finish() {
  for (const auto& [key, value] : table_) {
    const std::string name(key.str());
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
    const std::string near = nearest_word(name, known_);
    // A key has the place of its own; one that an override made has only its value's.
    const toml::source_region& source = key.source().begin ? key.source() : value.source();
    reading_.issues.push_back({place_of(source, dotted(name)),
                               near.empty() ? fmt::format("unknown key; known here: {}", fmt::join(known_, ", "))
                                            : fmt::format("unknown key; did you mean '{}'?", near)});
  }
}

}  // namespace braid
