// SPDX-License-Identifier: Apache-2.0
#include "validate/trace/sqlite_query.hpp"

#include <sqlite3.h>

#include "sim/base/error.hpp"

namespace braid {

void SqliteFile::Close::operator()(sqlite3* db) const { sqlite3_close(db); }
void SqliteRows::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

SqliteFile::SqliteFile(const std::string& path) : path_(path) {
  sqlite3* db = nullptr;
  const int status = sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READONLY, nullptr);
  db_.reset(db);
  if (status != SQLITE_OK) throw Error(path, std::string("cannot be opened: ") + sqlite3_errstr(status));
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

SqliteRows::SqliteRows(const SqliteFile& file, const std::string& sql) : file_(&file) {
  sqlite3_stmt* statement = nullptr;
  const int status = sqlite3_prepare_v2(file.db_.get(), sql.c_str(), static_cast<int>(sql.size()), &statement, nullptr);
  statement_.reset(statement);
  if (status != SQLITE_OK) fail();
}

void SqliteRows::fail() const {
  throw Error(file_->path_, std::string("cannot be read: ") + sqlite3_errmsg(file_->db_.get()));
}

bool SqliteRows::next() {
  const int status = sqlite3_step(statement_.get());
  if (status != SQLITE_ROW && status != SQLITE_DONE) fail();
  return status == SQLITE_ROW;
}

bool SqliteRows::null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }

std::int64_t SqliteRows::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string_view SqliteRows::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

}  // namespace braid
