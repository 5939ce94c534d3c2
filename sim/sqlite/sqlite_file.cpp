// SPDX-License-Identifier: Apache-2.0
#include "sim/sqlite/sqlite_file.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <filesystem>

#include "sim/base/error.hpp"

namespace braid {
namespace {

constexpr int kPatienceMs = 5000;

/// The file as SQLite's URI that promises that nobody writes to it.
std::string immutable_uri(const std::string& path) {
  std::string uri = "file:";
  for (const char c : std::filesystem::absolute(path).string()) {
    const bool special = c == '?' || c == '#' || c == '%';
    uri += special ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return uri + "?immutable=1";
}

}  // namespace

void SqliteFile::Close::operator()(sqlite3* db) const { sqlite3_close(db); }
void SqliteRows::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

SqliteFile::SqliteFile(const std::string& path, Mode mode) : path_(path) {
  constexpr int kFlags[] = {SQLITE_OPEN_READONLY, SQLITE_OPEN_READWRITE, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE};
  open(path, kFlags[static_cast<int>(mode)]);
  if (mode != Mode::read_running) return;
  // That is opened for writing, though nothing is written: the last reader then takes away what WAL mode lays beside
  // the file.
  if ((sqlite3_db_readonly(db_.get(), "main") == 1 || !readable()) && !std::filesystem::exists(path + "-wal")) {
    open(immutable_uri(path), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
  }
  run("PRAGMA query_only = 1");
}

void SqliteFile::open(const std::string& name, int flags) {
  sqlite3* db = nullptr;
  const int status = sqlite3_open_v2(name.c_str(), &db, flags, nullptr);
  db_.reset(db);
  if (status != SQLITE_OK) throw Error(path_, std::string("cannot be opened: ") + sqlite3_errstr(status));
  sqlite3_busy_timeout(db, kPatienceMs);
}

bool SqliteFile::readable() const {
  try {
    tables();
    return true;
  } catch (const Error&) { return false; }
}

std::set<std::string> SqliteFile::tables() const {
  std::set<std::string> names;
  SqliteRows rows(*this, "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')");
  while (rows.next()) names.emplace(rows.text(0));
  return names;
}

std::set<std::string> SqliteFile::columns(std::string_view table) const {
  std::set<std::string> names;
  SqliteRows rows(*this, "SELECT name FROM pragma_table_info('" + std::string(table) + "')");
  while (rows.next()) names.emplace(rows.text(0));
  return names;
}

void SqliteFile::run(const std::string& sql) const {
  SqliteRows rows(*this, sql);
  while (rows.next()) {}
}

int SqliteFile::changed() const { return sqlite3_changes(db_.get()); }

SqliteRows::SqliteRows(const SqliteFile& file, const std::string& sql) : file_(&file) {
  sqlite3_stmt* statement = nullptr;
  const int status = sqlite3_prepare_v2(file.db_.get(), sql.c_str(), static_cast<int>(sql.size()), &statement, nullptr);
  statement_.reset(statement);
  require(status);
}

void SqliteRows::fail() const {
  // To SQLite itself the end of a transaction writes nothing.
  const char* sql = sqlite3_sql(statement_.get());
  const bool written = sqlite3_stmt_readonly(statement_.get()) == 0 || std::string_view(sql ? sql : "") == "COMMIT";
  throw Error(file_->path_,
              fmt::format("cannot be {}: {}", written ? "written" : "read", sqlite3_errmsg(file_->db_.get())));
}

void SqliteRows::require(int status) const {
  if (status != SQLITE_OK) fail();
}

void SqliteRows::bind(int parameter, std::int64_t value) {
  require(sqlite3_bind_int64(statement_.get(), parameter, value));
}
void SqliteRows::bind(int parameter, double value) { require(sqlite3_bind_double(statement_.get(), parameter, value)); }
void SqliteRows::bind(int parameter, std::string_view value) {
  require(
      sqlite3_bind_text(statement_.get(), parameter, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT));
}
void SqliteRows::bind_null(int parameter) { require(sqlite3_bind_null(statement_.get(), parameter)); }

bool SqliteRows::next() {
  const int status = sqlite3_step(statement_.get());
  if (status != SQLITE_ROW && status != SQLITE_DONE) fail();
  return status == SQLITE_ROW;
}

bool SqliteRows::null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }

std::int64_t SqliteRows::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

double SqliteRows::real(int column) const { return sqlite3_column_double(statement_.get(), column); }

std::string_view SqliteRows::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

}  // namespace braid
