// SPDX-License-Identifier: Apache-2.0
// Reads one TOML table field by field into plain structs, and keeps account of every fault on the way.
//
// A field that is absent keeps the default of the struct. A fault does not stop the reading: the field keeps its
// default, the fault joins the list, so that a user sees all of them at once. Each call says what its key means:
// asked for a list of fields (scenario_fields), the same calls write it.
#pragma once

#include <toml++/toml.h>

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sim/base/error.hpp"
#include "sim/base/units.hpp"
#include "sim/scenario/field.hpp"

namespace braid {

/// What reading a whole file gathers.
struct Reading {
  std::vector<Issue> issues;
  std::map<std::string, std::string> locations;  ///< dotted key -> "file:line:column:key"
  bool each_alone = false;                       ///< fields are not held against each other
  std::vector<Field>* asked = nullptr;           ///< if set, every field that is asked for joins it
};

enum class Need { optional, required };

/// Both ends belong to it.
template <class T>
struct Range {
  T low, high;
};

class Fields {
 public:
  /// `prefix` is the table's dotted path, "" for the root.
  Fields(const toml::table& table, std::string prefix, Reading& reading);

  void integer(const char* key, const char* what, int& out, Range<int> range, Need need = Need::optional);
  void number(const char* key, const char* what, double& out, Range<double> range, Need need = Need::optional);
  void flag(const char* key, const char* what, bool& out);
  void text(const char* key, const char* what, std::string& out, Need need = Need::optional);
  /// A path, resolved against the file that holds it.
  void path(const char* key, const char* what, std::string& out);
  void integers(const char* key, const char* what, std::vector<int>& out, Range<int> range);

  /// Every key of the table, each a number: names that are known elsewhere.
  void all_numbers(std::map<std::string, double>& out);

  template <class E>
  void choice(const char* key, const char* what, E& out, std::span<const std::pair<const char*, E>> choices,
              Need need = Need::optional) {
    std::vector<std::string> names;
    std::string fallback;
    for (const auto& [name, value] : choices) {
      names.emplace_back(name);
      if (value == out) fallback = name;
    }
    const int chosen = choice_index(key, what, names, fallback, need);
    if (chosen >= 0) out = choices[static_cast<std::size_t>(chosen)].second;
  }

  void seconds(const char* key, const char* what, Seconds& out, Range<Seconds> range, Need need = Need::optional);
  void bytes(const char* key, const char* what, Bytes& out, Range<Bytes> range, Need need = Need::optional);
  void bandwidth(const char* key, const char* what, BytesPerSecond& out, Range<BytesPerSecond> range,
                 Need need = Need::optional);
  void flop_rate(const char* key, const char* what, FlopsPerSecond& out, Range<FlopsPerSecond> range,
                 Need need = Need::optional);

  /// Says what the absence of the field asked for last means, where its default is not a value: it depends on others.
  void otherwise(const char* words);

  /// The node, or nullptr (and an issue if it is required), for a key that may be of several types, told in words.
  const toml::node* node(const char* key, const char* what, const char* type, Need need = Need::optional);
  /// The node under a key that is asked for elsewhere, of whatever type, or nullptr.
  const toml::node* given(const char* key) const { return table_.get(key); }
  /// The table under the key, or nullptr.
  const toml::table* table(const char* key, const char* what, Need need = Need::optional);
  /// The array of tables under the key; empty with an issue if it is something else.
  std::vector<const toml::table*> tables(const char* key, const char* what, Need need = Need::optional);

  void fault(const toml::node& at, const std::string& key, const std::string& what);
  std::string dotted(const std::string& key) const;

  /// Reports every key of the table that nobody asked for.
  void finish();

 private:
  int choice_index(const char* key, const char* what, const std::vector<std::string>& names,
                   const std::string& fallback, Need need);
  template <class Q>
  void quantity(const char* key, const char* what, Q& out, Range<Q> range, Need need,
                Q (*parse)(std::string_view, const std::string&), const char* type, const char* example);
  /// Marks the key as known and finds its node.
  const toml::node* find(const char* key, Need need);
  const toml::node* find_text(const char* key, std::string& out, Need need);
  void record(Field field, Need need);

  const toml::table& table_;
  std::string prefix_;
  Reading& reading_;
  std::vector<std::string> known_;
};

}  // namespace braid
