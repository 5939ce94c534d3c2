// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/toml_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <sstream>

#include "sim/base/csv.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLargestFile = 4u << 20;
constexpr std::string_view kOverride = "--set ";

std::vector<std::string> steps_of(const std::string& path) {
  std::vector<std::string> steps(1);
  for (const char c : path) {
    if (c == '.') {
      steps.emplace_back();
    } else {
      steps.back() += c;
    }
  }
  return steps;
}

/// Up to the number of elements: that one is new.
std::size_t index_in(const toml::array& array, const std::string& step, const std::string& where) {
  std::size_t index = 0;
  const auto [end, fault] = std::from_chars(step.data(), step.data() + step.size(), index);
  if (fault != std::errc() || end != step.data() + step.size() || index > array.size()) {
    throw Error(where, array.empty() ? fmt::format("the array is empty; '{}' is not 0, which would add to it", step)
                                     : fmt::format("'{}' is not an index; there are 0 to {}, {} would be a new one",
                                                   step, array.size() - 1, array.size()));
  }
  return index;
}

}  // namespace

std::string place_of(const toml::source_region& source, const std::string& key) {
  std::string path = source.path ? *source.path : "";
  // A table that an override made may lack a field that no override names.
  if (path.starts_with(kOverride)) return path.find(key) != std::string::npos ? path : path + ":" + key;
  if (!source.begin) return path.empty() ? key : path + ":" + key;
  const std::string place = fmt::format("{}:{}:{}", path, source.begin.line, source.begin.column);
  return key.empty() ? place : place + ":" + key;
}

std::string resolved_path(const std::string& path, const toml::source_region& source) {
  if (!source.path || source.path->starts_with(kOverride)) return path;
  return (fs::path(*source.path).parent_path() / path).lexically_normal().string();
}

toml::table parse_toml(const std::string& text, const std::string& path) {
  try {
    return toml::parse(text, path);
  } catch (const toml::parse_error& fault) {
    throw Error(place_of(fault.source(), ""), "not TOML: " + std::string(fault.description()));
  }
}

toml::table load_toml(const std::string& path, const std::string& where) {
  std::error_code fault;
  if (!fs::is_regular_file(path, fault)) throw Error(where, fmt::format("there is no file '{}'", path));
  const std::uintmax_t size = fs::file_size(path, fault);
  if (fault || size > kLargestFile) throw Error(where, fmt::format("'{}' is too large for a scenario's part", path));
  return parse_toml(read_file(path), path);
}

std::string toml_text(const toml::node& node) {
  if (const auto* real = node.as_floating_point(); real != nullptr && std::isfinite(real->get())) {
    const std::string shortest = fmt::format("{}", real->get());  // toml++ writes 17 digits
    return shortest.find_first_of(".e") == std::string::npos ? shortest + ".0" : shortest;
  }
  toml::array alone;
  node.visit([&](const auto& value) { alone.push_back(value); });
  std::ostringstream out;
  out << toml::toml_formatter(alone, toml::format_flags::none);
  std::string text = std::move(out).str();
  std::replace(text.begin(), text.end(), '\n', ' ');  // between elements; inside strings it is written as \n
  const std::size_t first = text.find_first_not_of(" ", text.find('[') + 1);
  const std::size_t last = text.find_last_not_of(" ", text.rfind(']') - 1);
  return text.substr(first, last - first + 1);
}

toml::table value_of(const Override& o) {
  const std::string source = std::string(kOverride) + o.path;
  if (o.value.find('\n') == std::string::npos) {
    try {
      toml::table parsed = toml::parse("v = " + o.value, source);
      if (parsed.size() == 1) return parsed;
    } catch (const toml::parse_error&) {  // bare text, as in run.0.p2p=batched
    }
  }
  std::string quoted;
  for (const char c : o.value) {
    const bool special = c == '"' || c == '\\' || (c >= 0 && c < ' ') || c == 0x7F;
    quoted += special ? fmt::format("\\u{:04X}", static_cast<int>(c)) : std::string(1, c);
  }
  return parse_toml("v = \"" + quoted + "\"", source);
}

void apply_override(toml::table& root, const Override& o) {
  const std::string where = std::string(kOverride) + o.path;
  const std::vector<std::string> steps = steps_of(o.path);
  toml::table parsed = value_of(o);
  toml::node* at = &root;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool last = i + 1 == steps.size();
    if (steps[i].empty()) throw Error(where, "an empty part between dots; write for example plan.tp");
    if (toml::table* table = at->as_table()) {
      if (last) {
        table->insert_or_assign(steps[i], std::move(*parsed.get("v")));
        return;
      }
      at = table->get(steps[i]);
      if (at == nullptr) {
        toml::table made = toml::parse("v = {}", where);  // parsed, so that it has a place
        at = &table->insert_or_assign(steps[i], std::move(*made.get("v"))).first->second;
      }
    } else if (toml::array* array = at->as_array()) {
      const std::size_t index = index_in(*array, steps[i], where);
      if (index == array->size()) {
        toml::table made = toml::parse("v = {}", where);  // parsed, so that it has a place
        array->push_back(std::move(*made.get("v")));
      }
      if (last) {
        array->replace(array->cbegin() + static_cast<std::ptrdiff_t>(index), std::move(*parsed.get("v")));
        return;
      }
      at = array->get(index);
    } else {
      throw Error(where, fmt::format("'{}' has nothing inside to set", steps[i - 1]));
    }
  }
}

void load_reference(toml::table& root, const std::string& key) {
  toml::node* node = root.get(key);
  if (node == nullptr || !node->is_string()) return;
  const std::string path = resolved_path(node->as_string()->get(), node->source());
  root.insert_or_assign(key, load_toml(path, place_of(node->source(), key)));
}

}  // namespace braid
