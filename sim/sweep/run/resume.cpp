// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/run/resume.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <sstream>
#include <unordered_map>
#include <unordered_set>

#include "sim/base/csv.hpp"
#include "sim/base/error.hpp"
#include "sim/play/play.hpp"

namespace braid {
namespace {

std::string fields_of(const Sweep& sweep) {
  std::vector<std::string> fields;
  for (const FieldAxis& axis : sweep.axes) fields.insert(fields.end(), axis.fields.begin(), axis.fields.end());
  for (const Expression& derived : sweep.derived) fields.push_back(derived.field);
  return fmt::format("{}", fmt::join(fields, " "));
}

std::string base_of(const Sweep& sweep) {
  const std::string fits = sweep.must_fit ? " fits" : "";
  try {
    return scenario_hash(parse_scenario(sweep.scenario, sweep.scenario_path, sweep.fixed)) + fits;
  } catch (const Error&) {
    std::string text = sweep.scenario + fits;
    for (const Override& o : sweep.fixed) text += "\n" + o.path + " = " + o.value;
    return text;  // what it lacks every choice brings
  }
}

std::string text_of(const Sweep& sweep) try { return read_file(sweep.path); } catch (const Error&) {
  return "";  // built in code
}

using Files = std::map<std::string, std::string>;  ///< hash of the contents by path

/// Those that values name: a choice says which file it was, not what was in it.
Files files_of(const Sweep& sweep) {
  Files files;
  for (const FieldAxis& axis : sweep.axes) {
    for (const std::vector<std::string>& values : axis.values) {
      for (std::string name : values) {
        if (name.size() > 1 && (name.front() == '"' || name.front() == '\'')) name = name.substr(1, name.size() - 2);
        const auto path = std::filesystem::path(sweep.path).parent_path() / name;
        std::error_code ignored;
        if (name.empty() || !std::filesystem::is_regular_file(path, ignored)) continue;
        Scenario of_it;
        of_it.profile = path.string();
        files[name] = scenario_hash(of_it);
      }
    }
  }
  return files;
}

Files parse_files(const std::string& fact) {
  Files files;
  std::istringstream in(fact);
  for (std::string hash, name; in >> hash && std::getline(in.ignore(), name);) files[name] = hash;
  return files;
}

std::string to_text(const Files& files) {
  std::string text;
  for (const auto& [name, hash] : files) text += hash + " " + name + "\n";
  return text;
}

/// The first that is in both with other contents; "" if there is none.
std::string changed_file(const Files& before, const Files& now) {
  for (const auto& [name, hash] : now) {
    const auto known = before.find(name);
    if (known != before.end() && known->second != hash) return name;
  }
  return "";
}

constexpr const char* kWayOut = "name another file with --store, or empty this one with --fresh";

/// 0 where the store does not say.
std::int64_t points_told(const SweepStore& store) {
  const std::string text = store.fact("points");
  std::int64_t points = 0;
  std::from_chars(text.data(), text.data() + text.size(), points);
  return points;
}

}  // namespace

void tie(SweepStore& store, const Sweep& sweep, std::int64_t points) {
  const std::string base = base_of(sweep), fields = fields_of(sweep);
  const std::string known = store.fact("base");
  const Files now = files_of(sweep);
  Files files = parse_files(store.fact("files"));
  if (known.empty()) {
    if (!store.all(true).empty()) throw Error(store.path(), std::string("holds rows of no sweep; ") + kWayOut);
  } else if (const std::string version = store.fact("version"); version != BRAID_VERSION) {
    throw Error(store.path(), fmt::format("was written by braid {}, this is {}: {}", version, BRAID_VERSION, kWayOut));
  } else if (store.fact("fields") != fields) {
    throw Error(store.path(), fmt::format("holds the sweep '{}' over other fields ({}): {}", store.fact("name"),
                                          store.fact("fields"), kWayOut));
  } else if (known != base) {
    throw Error(store.path(), fmt::format("holds the sweep '{}' of another scenario: {}", store.fact("name"), kWayOut));
  } else if (const std::string file = changed_file(files, now); !file.empty()) {
    throw Error(store.path(), fmt::format("holds rows of {} as it was before it changed: {}", file, kWayOut));
  }
  for (const auto& [name, hash] : now) files[name] = hash;
  store.together([&] {
    store.tell("name", sweep.name);
    store.tell("sweep", text_of(sweep));
    store.tell("base", base);
    store.tell("fields", fields);
    store.tell("version", BRAID_VERSION);
    store.tell("files", to_text(files));
    store.tell("points", std::to_string(points));
  });
}

void require_same_sweep(const SweepStore& store, const SweepStore& other) {
  for (const SweepStore* each : {&store, &other}) {
    if (each->fact("base").empty()) throw Error(each->path(), "holds no sweep; `braid sweep` fills a store");
  }
  for (const char* fact : {"version", "fields", "base"}) {
    if (store.fact(fact) == other.fact(fact)) continue;
    const bool version = fact == std::string_view("version");
    throw Error(other.path(), version ? fmt::format("was written by braid {}, {} by {}", other.fact(fact), store.path(),
                                                    store.fact(fact))
                                      : fmt::format("holds another sweep than {}: other {}", store.path(),
                                                    fact == std::string_view("base") ? "scenario" : "fields"));
  }
  const std::string file = changed_file(parse_files(store.fact("files")), parse_files(other.fact("files")));
  if (!file.empty()) throw Error(other.path(), fmt::format("holds rows of another {} than {}", file, store.path()));
}

std::int64_t same_as_others(const SweepStore& store, const std::vector<Configuration>& rows) {
  std::unordered_set<std::string> hashes;
  for (const Configuration& row : rows) {
    if (row.point >= 0) hashes.insert(row.hash);
  }
  const auto same = store.same();
  const std::int64_t all =
      std::count_if(same.begin(), same.end(), [&](const auto& each) { return hashes.contains(each.second); });
  // Choices of values that the sweep has no more are kept; what the sweep has room for is known.
  const std::int64_t points = points_told(store);
  return points > 0 ? std::clamp<std::int64_t>(points - std::ssize(hashes), 0, all) : all;
}

std::int64_t missing_points(const SweepStore& store, const std::vector<Configuration>& rows) {
  const auto here = std::count_if(rows.begin(), rows.end(), [](const Configuration& row) { return row.point >= 0; });
  return std::max<std::int64_t>(0, points_told(store) - here - same_as_others(store, rows));
}

Known known_points(SweepStore& store, const Sweep& sweep, const std::vector<std::int64_t>& points, bool whole) {
  std::unordered_map<std::string, Configuration> rows;
  for (Configuration& row : store.all(true)) {
    std::string choice = row.choice;
    rows.emplace(std::move(choice), std::move(row));
  }
  std::unordered_set<std::string> same;
  for (auto& [choice, hash] : store.same()) same.insert(std::move(choice));
  Known known;
  std::vector<std::pair<std::int64_t, std::int64_t>> moved;
  for (const std::int64_t point : points) {
    const std::string choice = to_text(choice_of(sweep, point));
    const auto row = rows.find(choice);
    if (row != rows.end()) {
      if (row->second.point != point) moved.emplace_back(row->second.id, point);
      row->second.point = point;
      known.rows.push_back(std::move(row->second));
      rows.erase(row);
    } else if (same.contains(choice)) {
      ++known.same;
    } else {
      known.unknown.push_back(point);
    }
  }
  for (const auto& [choice, row] : rows) {
    if (whole && row.point >= 0) moved.emplace_back(row.id, -1);
  }
  if (!moved.empty()) {
    store.together([&] {
      for (const auto& [id, point] : moved) store.move(id, point);
    });
  }
  return known;
}

}  // namespace braid
