// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/store/store.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <filesystem>

#include "sim/base/error.hpp"
#include "sim/sweep/store/columns.hpp"

namespace braid {
namespace {

constexpr std::string_view kSchemaName = "braid.sweep/";
constexpr int kSchemaVersion = 2;

using C = Configuration;
using Field = ConfigurationField;
using Column = ConfigurationColumn;

const char* sql_type(const Field& field) {
  return std::visit(
      Overload{[](std::string C::*) { return "TEXT NOT NULL"; },
               [](ConfigurationStatus C::*) { return "TEXT NOT NULL"; }, [](int C::*) { return "INTEGER"; },
               [](std::int64_t C::*) { return "INTEGER"; }, [](bool C::*) { return "INTEGER"; },
               [](double C::*) { return "REAL"; }, [](std::optional<double> C::*) { return "REAL"; }},
      field);
}

void put(SqliteRows& rows, int at, const C& c, const Field& field) {
  std::visit(
      Overload{
          [&](std::string C::*f) { rows.bind(at, std::string_view(c.*f)); },
          [&](ConfigurationStatus C::*f) { rows.bind(at, std::string_view(kStatusNames[static_cast<int>(c.*f)])); },
          [&](std::optional<double> C::*f) { c.*f ? rows.bind(at, *(c.*f)) : rows.bind_null(at); },
          [&](double C::*f) { rows.bind(at, c.*f); }, [&](auto f) { rows.bind(at, static_cast<std::int64_t>(c.*f)); }},
      field);
}

void take(const SqliteRows& rows, int at, C& c, const Field& field) {
  std::visit(Overload{[&](std::string C::*f) { c.*f = rows.text(at); },
                      [&](ConfigurationStatus C::*f) {
                        const std::string_view word = rows.text(at);
                        c.*f = word == "ok"       ? ConfigurationStatus::ok
                               : word == "pruned" ? ConfigurationStatus::pruned
                                                  : ConfigurationStatus::failed;
                      },
                      [&](std::optional<double> C::*f) {
                        if (!rows.null(at)) c.*f = rows.real(at);
                      },
                      [&](double C::*f) { c.*f = rows.real(at); }, [&](bool C::*f) { c.*f = rows.integer(at) != 0; },
                      [&](int C::*f) { c.*f = static_cast<int>(rows.integer(at)); },
                      [&](std::int64_t C::*f) { c.*f = rows.integer(at); }},
             field);
}

/// `kept` of the columns, each as `form` puts it, in one list.
template <class Kept, class Form>
std::string listed(const Kept& kept, const Form& form) {
  std::vector<std::string> names;
  for (const Column& column : kConfigurationColumns) {
    if (kept(column)) names.push_back(form(column));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}
bool every(const Column&) { return true; }
std::string name_of(const Column& column) { return column.name; }

/// What refine() puts in the place of what was.
bool is_refined(const Column& column) {
  const std::string_view name = column.name;
  return name != "point" && name != "choice" && name != "hash" && name != "screened_step_time_s";
}

SqliteFile opened(const std::string& path, SweepStore::Mode mode) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) throw Error(path, "is a folder, not a sweep store");
  if (mode != SweepStore::Mode::read) return SqliteFile(path, SqliteFile::Mode::write);
  if (!std::filesystem::exists(path, ignored)) throw Error(path, "there is no such file");
  return SqliteFile(path, SqliteFile::Mode::read_running);
}

}  // namespace

SweepStore::SweepStore(const std::string& path, Mode mode)
    : claim_(mode == Mode::write_alone ? std::make_unique<StoreClaim>(path) : nullptr), file_(opened(path, mode)) {
  // Before the file is read for the first time: only then does SQLite do without memory that processes share.
  if (mode == Mode::write_alone) file_.run("PRAGMA locking_mode = EXCLUSIVE");
  const std::set<std::string> tables = file_.tables();
  if (tables.empty() && mode != Mode::read) make();
  if (!tables.empty() || mode == Mode::read) check_schema();
  // A configuration that was added is there after a crash of this process; after one of the machine, all but the last.
  if (mode != Mode::read) file_.run("PRAGMA synchronous = NORMAL");
}

void SweepStore::make() {
  file_.run("PRAGMA journal_mode = WAL");
  // Two processes may begin the same store at once: the second waits here and finds everything there.
  together([this] {
    file_.run("CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)");
    file_.run("CREATE TABLE IF NOT EXISTS profiles (id INTEGER PRIMARY KEY, csv TEXT NOT NULL UNIQUE)");
    file_.run(
        fmt::format("CREATE TABLE IF NOT EXISTS configurations (id INTEGER PRIMARY KEY, {}, UNIQUE (hash))",
                    listed(every, [](const Column& c) { return fmt::format("{} {}", c.name, sql_type(c.field)); })));
    file_.run("CREATE TABLE IF NOT EXISTS same (choice TEXT PRIMARY KEY, hash TEXT NOT NULL)");
    tell("schema", kSweepSchema);
  });
}

void SweepStore::check_schema() const {
  const std::set<std::string> tables = file_.tables();
  const std::string schema =
      tables.contains("meta") && file_.columns("meta") == std::set<std::string>{"name", "value"} ? fact("schema") : "";
  int version = 0;
  const char* last = schema.data() + schema.size();
  if (schema.starts_with(kSchemaName)) std::from_chars(schema.data() + kSchemaName.size(), last, version);
  if (version < 1) throw Error(file_.path(), "is an SQLite file, but no sweep store of Braid");
  if (version != kSchemaVersion) {
    throw Error(file_.path(),
                fmt::format("was written by {} Braid ({}); this one reads {}",
                            version > kSchemaVersion ? "a newer" : "an older", schema, std::string(kSweepSchema)));
  }
  const std::set<std::string> columns = file_.columns("configurations");
  for (const Column& column : kConfigurationColumns) {
    if (columns.contains(column.name)) continue;
    throw Error(file_.path(), fmt::format("is damaged: it has no column {}", column.name));
  }
}

std::string SweepStore::fact(const std::string& name) const {
  SqliteRows rows(file_, "SELECT value FROM meta WHERE name = ?");
  rows.bind(1, std::string_view(name));
  return rows.next() ? std::string(rows.text(0)) : "";
}

void SweepStore::tell(const std::string& name, const std::string& value) {
  SqliteRows rows(file_, "INSERT OR REPLACE INTO meta VALUES (?, ?)");
  rows.bind(1, std::string_view(name));
  rows.bind(2, std::string_view(value));
  rows.next();
}

std::string SweepStore::currency() const { return fact("currency"); }
void SweepStore::price_in(const std::string& currency) { tell("currency", currency); }

void SweepStore::together(const std::function<void()>& write) {
  file_.run("BEGIN IMMEDIATE");
  try {
    write();
    file_.run("COMMIT");
  } catch (...) {
    try {
      file_.run("ROLLBACK");
    } catch (const Error&) {
      // A full disk has ended the transaction already.
    }
    throw;
  }
}

std::string SweepStore::keep_profile(const std::string& csv) {
  if (csv.empty()) return "";
  SqliteRows insert(file_, "INSERT OR IGNORE INTO profiles (csv) VALUES (?)");
  insert.bind(1, std::string_view(csv));
  insert.next();
  SqliteRows rows(file_, "SELECT id FROM profiles WHERE csv = ?");
  rows.bind(1, std::string_view(csv));
  rows.next();
  return std::to_string(rows.integer(0));
}

bool SweepStore::add(const Configuration& configuration) {
  Configuration c = configuration;
  c.profile = keep_profile(configuration.profile);
  SqliteRows rows(file_, fmt::format("INSERT OR IGNORE INTO configurations ({}) VALUES ({})", listed(every, name_of),
                                     listed(every, [](const Column&) { return "?"; })));
  int at = 0;
  for (const Column& column : kConfigurationColumns) put(rows, ++at, c, column.field);
  rows.next();
  return file_.changed() == 1;
}

void SweepStore::refine(const Configuration& configuration) {
  Configuration c = configuration;
  c.profile = keep_profile(configuration.profile);
  SqliteRows rows(file_, fmt::format("UPDATE configurations SET {} WHERE hash = ?",
                                     listed(is_refined, [](const Column& n) { return std::string(n.name) + " = ?"; })));
  int at = 0;
  for (const Column& column : kConfigurationColumns) {
    if (is_refined(column)) put(rows, ++at, c, column.field);
  }
  rows.bind(++at, std::string_view(c.hash));
  rows.next();
  if (file_.changed() != 1) throw Error(file_.path(), "has no configuration with the hash " + c.hash);
}

void SweepStore::add_same(const std::string& choice, const std::string& hash) {
  SqliteRows rows(file_, "INSERT OR REPLACE INTO same VALUES (?, ?)");
  rows.bind(1, std::string_view(choice));
  rows.bind(2, std::string_view(hash));
  rows.next();
}

std::vector<std::pair<std::string, std::string>> SweepStore::same() const {
  std::vector<std::pair<std::string, std::string>> found;
  SqliteRows rows(file_, "SELECT choice, hash FROM same ORDER BY choice");
  while (rows.next()) found.emplace_back(rows.text(0), rows.text(1));
  return found;
}

void SweepStore::move(std::int64_t id, std::int64_t point) {
  SqliteRows rows(file_, "UPDATE configurations SET point = ? WHERE id = ?");
  rows.bind(1, point);
  rows.bind(2, id);
  rows.next();
}

void SweepStore::clear() {
  together([this] {
    for (const char* table : {"configurations", "profiles", "same", "meta"})
      file_.run(fmt::format("DELETE FROM {}", table));
    tell("schema", kSweepSchema);
  });
}

std::int64_t SweepStore::forget_failed() {
  std::int64_t forgotten = 0;
  together([&] {
    file_.run("DELETE FROM configurations WHERE status = 'failed'");
    forgotten = file_.changed();
    file_.run("UPDATE configurations SET reason = '' WHERE status = 'ok' AND reason <> ''");
    forgotten += file_.changed();
  });
  return forgotten;
}

void SweepStore::become(const std::string& path) {
  {
    SqliteRows rows(file_, "ATTACH DATABASE ? AS other");
    rows.bind(1, std::string_view(path));
    rows.next();
  }
  together([this] {
    for (const auto& [table, columns] : {std::pair<std::string, std::string>{"meta", "name, value"},
                                         {"profiles", "id, csv"},
                                         {"configurations", "id, " + listed(every, name_of)},
                                         {"same", "choice, hash"}}) {
      file_.run(fmt::format("DELETE FROM main.{}", table));
      file_.run(fmt::format("INSERT INTO main.{0} ({1}) SELECT {1} FROM other.{0}", table, columns));
    }
  });
  file_.run("DETACH DATABASE other");
}

void SweepStore::claim() {
  if (!claim_) claim_ = std::make_unique<StoreClaim>(file_.path());
}

std::vector<Configuration> SweepStore::read(bool slim, const std::int64_t* id) const {
  const auto wanted = [slim](const Column& column) { return column.slim || !slim; };
  const auto name = [](const Column& column) -> std::string {
    if (std::string_view(column.name) != "profile") return column.name;
    return "IFNULL((SELECT csv FROM profiles WHERE CAST(profiles.id AS TEXT) = configurations.profile), '')";
  };
  SqliteRows rows(file_, fmt::format("SELECT id, {} FROM configurations {} ORDER BY id", listed(wanted, name),
                                     id ? "WHERE id = ?" : ""));
  if (id != nullptr) rows.bind(1, *id);
  std::vector<Configuration> found;
  while (rows.next()) {
    Configuration c{.id = rows.integer(0)};
    int at = 0;
    for (const Column& column : kConfigurationColumns) {
      if (wanted(column)) take(rows, ++at, c, column.field);
    }
    found.push_back(std::move(c));
  }
  return found;
}

std::vector<Configuration> SweepStore::all(bool slim) const { return read(slim, nullptr); }

Configuration SweepStore::at(std::int64_t id) const {
  std::vector<Configuration> found = read(false, &id);
  if (found.empty()) throw Error(file_.path(), fmt::format("has no configuration {}", id));
  return std::move(found.front());
}

}  // namespace braid
