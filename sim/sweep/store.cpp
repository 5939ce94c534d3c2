// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/store.hpp"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>

#include "sim/base/error.hpp"

namespace braid {
namespace {

constexpr std::string_view kSchemaName = "braid.sweep/";
constexpr int kSchemaVersion = 1;
// In the order in which rows are read and bound.
constexpr const char* kSlimColumns =
    "id, hash, run, version, network, status, reason, step_time_s, tokens_per_s, peak_memory_bytes, fits, gpus, "
    "cost_per_step, gpu, tp, pp, dp, microbatches";
constexpr const char* kTextColumns = "scenario, profile, report";
constexpr int kTexts = 18;  ///< column of the first of them

Configuration row_of(const SqliteRows& rows, bool slim) {
  Configuration c{.id = rows.integer(0),
                  .hash = std::string(rows.text(1)),
                  .run = std::string(rows.text(2)),
                  .version = std::string(rows.text(3)),
                  .network = std::string(rows.text(4)),
                  .ok = rows.text(5) == "ok",
                  .reason = std::string(rows.text(6)),
                  .step_time_s = rows.real(7),
                  .tokens_per_s = rows.real(8),
                  .peak_memory_bytes = rows.real(9),
                  .fits = rows.integer(10) != 0,
                  .gpus = static_cast<int>(rows.integer(11))};
  if (!rows.null(12)) c.cost_per_step = rows.real(12);
  c.gpu = rows.text(13);
  int column = 14;
  for (int* number : {&c.tp, &c.pp, &c.dp, &c.microbatches}) *number = static_cast<int>(rows.integer(column++));
  if (slim) return c;
  c.scenario = rows.text(kTexts);
  c.profile = rows.text(kTexts + 1);
  c.report = rows.text(kTexts + 2);
  return c;
}

SqliteFile opened(const std::string& path, SweepStore::Mode mode) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) throw Error(path, "is a folder, not a sweep store");
  if (mode == SweepStore::Mode::write) return SqliteFile(path, SqliteFile::Mode::write);
  if (!std::filesystem::exists(path, ignored)) throw Error(path, "there is no such file");
  return SqliteFile(path, SqliteFile::Mode::read_running);
}

}  // namespace

SweepStore::SweepStore(const std::string& path, Mode mode) : file_(opened(path, mode)) {
  const std::set<std::string> tables = file_.tables();
  if (tables.empty() && mode == Mode::write) make();
  if (!tables.empty() || mode == Mode::read) check_schema();
  // A configuration that was added is there after a crash of this process; after one of the machine, all but the last.
  if (mode == Mode::write) file_.run("PRAGMA synchronous = NORMAL");
}

void SweepStore::make() const {
  file_.run("PRAGMA journal_mode = WAL");
  // Two processes may begin the same store at once: the second waits here and finds everything there.
  file_.run("BEGIN IMMEDIATE");
  file_.run("CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)");
  file_.run(
      "CREATE TABLE IF NOT EXISTS configurations (id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, scenario TEXT "
      "NOT NULL, profile TEXT NOT NULL, run TEXT NOT NULL, gpu TEXT NOT NULL, tp INTEGER, pp INTEGER, dp INTEGER, "
      "microbatches INTEGER, version TEXT NOT NULL, network TEXT NOT NULL, status TEXT "
      "NOT NULL, reason TEXT NOT NULL, step_time_s REAL, tokens_per_s REAL, peak_memory_bytes REAL, fits INTEGER, gpus "
      "INTEGER, cost_per_step REAL, report TEXT NOT NULL)");
  set_meta("schema", kSweepSchema);
  file_.run("COMMIT");
}

void SweepStore::check_schema() const {
  const std::set<std::string> tables = file_.tables();
  const std::string schema =
      tables.contains("meta") && file_.columns("meta") == std::set<std::string>{"name", "value"} ? meta("schema") : "";
  int version = 0;
  const char* last = schema.data() + schema.size();
  if (schema.starts_with(kSchemaName)) std::from_chars(schema.data() + kSchemaName.size(), last, version);
  if (version < 1) throw Error(file_.path(), "is an SQLite file, but no sweep store of Braid");
  if (version > kSchemaVersion) {
    throw Error(file_.path(), fmt::format("was written by a newer Braid ({}); this one reads up to {}", schema,
                                          std::string(kSweepSchema)));
  }
  const std::set<std::string> columns = file_.columns("configurations");
  for (const char* needed :
       {"id", "hash", "scenario", "profile", "run", "version", "network", "status", "reason", "step_time_s",
        "tokens_per_s", "peak_memory_bytes", "fits", "gpus", "cost_per_step", "report"}) {
    if (!columns.contains(needed)) throw Error(file_.path(), fmt::format("is damaged: it has no column {}", needed));
  }
}

std::string SweepStore::meta(const std::string& name) const {
  SqliteRows rows(file_, "SELECT value FROM meta WHERE name = ?");
  rows.bind(1, name);
  return rows.next() ? std::string(rows.text(0)) : "";
}

void SweepStore::set_meta(const std::string& name, const std::string& value) const {
  SqliteRows rows(file_, "INSERT OR REPLACE INTO meta VALUES (?, ?)");
  rows.bind(1, name);
  rows.bind(2, value);
  rows.next();
}

std::string SweepStore::currency() const { return meta("currency"); }
void SweepStore::price_in(const std::string& currency) { set_meta("currency", currency); }

bool SweepStore::add(const Configuration& c) {
  SqliteRows rows(file_,
                  "INSERT OR IGNORE INTO configurations (hash, scenario, profile, run, gpu, version, network, status, "
                  "reason, step_time_s, tokens_per_s, peak_memory_bytes, fits, gpus, tp, pp, dp, microbatches, "
                  "cost_per_step, report) VALUES "
                  "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  int at = 0;
  for (const std::string* text : {&c.hash, &c.scenario, &c.profile, &c.run, &c.gpu, &c.version, &c.network})
    rows.bind(++at, std::string_view(*text));
  rows.bind(++at, std::string_view(c.ok ? "ok" : "failed"));
  rows.bind(++at, std::string_view(c.reason));
  for (const double value : {c.step_time_s, c.tokens_per_s, c.peak_memory_bytes}) rows.bind(++at, value);
  for (const int value : {static_cast<int>(c.fits), c.gpus, c.tp, c.pp, c.dp, c.microbatches})
    rows.bind(++at, static_cast<std::int64_t>(value));
  if (c.cost_per_step) {
    rows.bind(++at, *c.cost_per_step);
  } else {
    rows.bind_null(++at);
  }
  rows.bind(++at, std::string_view(c.report));
  rows.next();
  return file_.changed() == 1;
}

std::vector<Configuration> SweepStore::read(bool slim, const std::int64_t* id) const {
  const std::string columns = slim ? kSlimColumns : fmt::format("{}, {}", kSlimColumns, kTextColumns);
  SqliteRows rows(file_,
                  fmt::format("SELECT {} FROM configurations {} ORDER BY id", columns, id ? "WHERE id = ?" : ""));
  if (id != nullptr) rows.bind(1, *id);
  std::vector<Configuration> found;
  while (rows.next()) found.push_back(row_of(rows, slim));
  return found;
}

std::vector<Configuration> SweepStore::all(bool slim) const { return read(slim, nullptr); }

Configuration SweepStore::at(std::int64_t id) const {
  std::vector<Configuration> found = read(false, &id);
  if (found.empty()) throw Error(file_.path(), fmt::format("has no configuration {}", id));
  return std::move(found.front());
}

}  // namespace braid
