// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/plan/axes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>

#include "sim/scenario/toml_tree.hpp"

namespace braid {
namespace {

constexpr const char* kRangeKeys[] = {"from", "to", "step", "times"};
constexpr std::int64_t kMostValues = 100'000;       // of one field
constexpr double kLargestWhole = 9007199254740992;  // 2^53: doubles count one by one up to it

struct Entry {
  std::string field;
  const toml::node* node;
  toml::source_region source;
};

bool is_range(const toml::node& node) {
  const toml::table* table = node.as_table();
  return table != nullptr && std::any_of(std::begin(kRangeKeys), std::end(kRangeKeys),
                                         [&](const char* key) { return table->contains(key); });
}

/// Tables that dotted keys made are walked through; toml++ sorts keys by name, the file's order is in their places.
void gather(const toml::table& table, const std::string& path, std::vector<Entry>& into) {
  for (const auto& [key, node] : table) {
    const std::string field = path.empty() ? std::string(key.str()) : path + "." + std::string(key.str());
    if (node.is_table() && !node.as_table()->empty() && !is_range(node)) {
      gather(*node.as_table(), field, into);
    } else {
      into.push_back({field, &node, key.source()});
    }
  }
}

std::vector<Entry> entries_of(const toml::table& table) {
  std::vector<Entry> all;
  gather(table, "", all);
  const auto place = [](const Entry& e) { return std::pair(e.source.begin.line, e.source.begin.column); };
  std::sort(all.begin(), all.end(), [&](const Entry& a, const Entry& b) { return place(a) < place(b); });
  return all;
}

/// An end of a range: a number, perhaps with a unit behind it.
struct Amount {
  double number = 0;
  bool whole = false;
  std::string unit;
};

std::optional<Amount> amount_of(const toml::node& node) {
  if (const auto* whole = node.as_integer()) return Amount{static_cast<double>(whole->get()), true, ""};
  if (const auto* real = node.as_floating_point()) return Amount{real->get(), false, ""};
  const auto* string = node.as_string();
  if (string == nullptr) return std::nullopt;
  const std::string& text = string->get();
  Amount amount;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), amount.number);
  if (fault != std::errc()) return std::nullopt;
  const std::size_t unit = text.find_first_not_of(' ', static_cast<std::size_t>(end - text.data()));
  if (unit == std::string::npos) return std::nullopt;
  amount.unit = text.substr(unit);
  return amount;
}

class RangeReader {
 public:
  RangeReader(const toml::table& table, const std::string& path, Reading& reading)
      : fields_(table, path, reading), reading_(reading), table_(table), path_(path) {}

  std::vector<std::string> values() {
    const std::size_t faults = reading_.issues.size();
    amount("from", "the first value", from_, Need::required);
    const toml::node* to_node = amount("to", "no value lies beyond it", to_, Need::required);
    const toml::node* step_node = amount("step", "added from one value to the next", step_, Need::optional);
    const toml::node* times_node = amount("times", "multiplied from one value to the next", times_, Need::optional);
    fields_.finish();
    if (reading_.issues.size() != faults) return {};
    if ((step_node == nullptr) == (times_node == nullptr)) {
      reading_.issues.push_back(
          {place_of(table_.source(), path_), "a range wants either step or times: { from = 1, to = 16, times = 2 }"});
      return {};
    }
    if (to_.unit != from_.unit) return fault(*to_node, "to", "wants the unit of from");
    return step_node != nullptr ? by_step(*step_node) : by_times(*times_node);
  }

 private:
  const toml::node* amount(const char* key, const char* what, Amount& out, Need need) {
    const toml::node* node = fields_.node(key, what, "number or quantity", need);
    if (node == nullptr) return nullptr;
    const std::optional<Amount> read = amount_of(*node);
    if (!read || !std::isfinite(read->number) || (read->whole && std::abs(read->number) > kLargestWhole)) {
      fault(*node, key, "wants a number, or one with a unit: \"100 Gbit/s\"");
    } else {
      out = *read;
    }
    return node;
  }

  std::vector<std::string> fault(const toml::node& node, const char* key, const std::string& what) {
    fields_.fault(node, key, what);
    return {};
  }

  std::vector<std::string> by_step(const toml::node& node) {
    if (step_.unit != from_.unit) return fault(node, "step", "wants the unit of from");
    if (step_.number == 0) return fault(node, "step", "a step of 0 never arrives");
    if ((to_.number - from_.number) * step_.number < 0) {
      return fault(node, "step",
                   fmt::format("leads away from {:g}; from {:g} it never arrives", to_.number, from_.number));
    }
    const double count = std::floor((to_.number - from_.number) / step_.number + 1e-9) + 1;
    if (!(count <= double(kMostValues))) return too_many(node, "step");
    const bool whole = from_.whole && step_.whole;
    std::vector<std::string> texts;
    for (int i = 0; i < static_cast<int>(count); ++i) texts.push_back(text(from_.number + i * step_.number, whole));
    return texts;
  }

  std::vector<std::string> by_times(const toml::node& node) {
    if (!times_.unit.empty()) return fault(node, "times", "wants a number without a unit");
    if (!(times_.number > 1))
      return fault(node, "times", fmt::format("{:g} is not above 1; the range never ends", times_.number));
    if (!(from_.number > 0)) return fault(node, "from", "wants more than 0 where the range multiplies");
    if (to_.number < from_.number) return fault(node, "to", fmt::format("{:g} is below from", to_.number));
    std::vector<std::string> texts;
    for (double value = from_.number; value <= to_.number * (1 + 1e-12); value *= times_.number) {
      if (texts.size() >= static_cast<std::size_t>(kMostValues)) return too_many(node, "times");
      texts.push_back(text(value, from_.whole && value == std::floor(value)));
    }
    return texts;
  }

  std::vector<std::string> too_many(const toml::node& node, const char* key) {
    return fault(node, key, fmt::format("more than {} values", grouped(kMostValues)));
  }

  std::string text(double value, bool whole) const {
    if (!from_.unit.empty()) return fmt::format("\"{:.12g} {}\"", value, from_.unit);
    if (whole) return std::to_string(static_cast<std::int64_t>(value));
    const std::string shown = fmt::format("{:.12g}", value);  // 0.1 + 0.2 is meant to be 0.3
    return shown.find_first_of(".e") == std::string::npos ? shown + ".0" : shown;
  }

  Fields fields_;
  Amount from_, to_, step_, times_;
  Reading& reading_;
  const toml::table& table_;
  std::string path_;
};

std::vector<std::string> values_of(const Entry& entry, const std::string& path, Reading& reading) {
  const auto fault = [&](const std::string& what) {
    reading.issues.push_back({place_of(entry.source, path), what});
    return std::vector<std::string>();
  };
  if (is_range(*entry.node)) return RangeReader(*entry.node->as_table(), path, reading).values();
  const toml::array* list = entry.node->as_array();
  if (list == nullptr) return {toml_text(*entry.node)};
  if (list->empty()) return fault("has no values: the sweep would be empty");
  std::vector<std::string> texts;
  for (const toml::node& value : *list) texts.push_back(toml_text(value));
  return texts;
}

void refuse_repeats(const FieldAxis& axis, Reading& reading) {
  std::set<std::vector<std::string>> seen;
  for (const std::vector<std::string>& values : axis.values) {
    if (seen.insert(values).second) continue;
    reading.issues.push_back({axis.where, fmt::format("{} stands there twice", fmt::join(values, ", "))});
    return;
  }
}

}  // namespace

std::vector<std::pair<toml::source_position, FieldAxis>> axes_of(const toml::table& table, const std::string& prefix,
                                                                 Reading& reading) {
  std::vector<std::pair<toml::source_position, FieldAxis>> axes;
  for (const Entry& entry : entries_of(table)) {
    const std::string path = prefix + "." + entry.field;
    FieldAxis axis{.fields = {entry.field}, .where = place_of(entry.source, path)};
    for (std::string& value : values_of(entry, path, reading)) axis.values.push_back({std::move(value)});
    refuse_repeats(axis, reading);
    axes.emplace_back(entry.source.begin, std::move(axis));
  }
  return axes;
}

FieldAxis zip_of(const toml::table& table, const std::string& prefix, Reading& reading) {
  FieldAxis axis{.where = place_of(table.source(), prefix)};
  if (table.empty()) reading.issues.push_back({axis.where, "has no fields; write \"plan.tp\" = [2, 4]"});
  for (const Entry& entry : entries_of(table)) {
    const std::string path = prefix + "." + entry.field;
    std::vector<std::string> values = values_of(entry, path, reading);
    if (values.empty()) continue;  // a fault of its own
    if (axis.fields.empty()) axis.values.resize(values.size());
    if (values.size() != axis.values.size()) {
      reading.issues.push_back(
          {place_of(entry.source, path), fmt::format("has {} values, '{}' beside it has {}; those of a zip go together",
                                                     values.size(), axis.fields.front(), axis.values.size())});
      continue;
    }
    axis.fields.push_back(entry.field);
    for (std::size_t i = 0; i < values.size(); ++i) axis.values[i].push_back(std::move(values[i]));
  }
  refuse_repeats(axis, reading);
  return axis;
}

std::vector<Expression> derived_of(const toml::table& table, Reading& reading) {
  std::vector<Expression> all;
  for (const Entry& entry : entries_of(table)) {
    const std::string where = place_of(entry.source, "derived." + entry.field);
    if (const auto* text = entry.node->as_string()) {
      all.push_back({.field = entry.field, .text = text->get(), .where = where});
    } else {
      reading.issues.push_back({where, "wants an expression as a string: \"gpus / (tp * pp)\""});
    }
  }
  return all;
}

}  // namespace braid
