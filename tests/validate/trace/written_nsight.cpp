// SPDX-License-Identifier: Apache-2.0
#include "tests/validate/trace/written_nsight.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

namespace braid::test {
namespace {

constexpr const char* kSchema = R"(
CREATE TABLE StringIds (id INTEGER NOT NULL PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE TARGET_INFO_GPU (vmId INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT, busLocation TEXT, smCount INTEGER);
CREATE TABLE CUPTI_ACTIVITY_KIND_KERNEL (start INTEGER NOT NULL, end INTEGER NOT NULL, deviceId INTEGER NOT NULL,
  contextId INTEGER NOT NULL, greenContextId INTEGER, streamId INTEGER NOT NULL, correlationId INTEGER, globalPid INTEGER,
  demangledName INTEGER NOT NULL, shortName INTEGER NOT NULL, mangledName INTEGER, gridX INTEGER NOT NULL);
CREATE TABLE CUPTI_ACTIVITY_KIND_MEMCPY (start INTEGER NOT NULL, end INTEGER NOT NULL, deviceId INTEGER NOT NULL,
  contextId INTEGER NOT NULL, streamId INTEGER NOT NULL, correlationId INTEGER, globalPid INTEGER, bytes INTEGER NOT NULL,
  copyKind INTEGER NOT NULL);
CREATE TABLE CUPTI_ACTIVITY_KIND_RUNTIME (start INTEGER NOT NULL, end INTEGER NOT NULL, eventClass INTEGER NOT NULL,
  globalTid INTEGER, correlationId INTEGER, nameId INTEGER NOT NULL, returnValue INTEGER NOT NULL);
CREATE TABLE NVTX_EVENTS (start INTEGER NOT NULL, end INTEGER, eventType INTEGER NOT NULL, rangeId INTEGER, text TEXT,
  globalTid INTEGER, textId INTEGER, domainId INTEGER);
INSERT INTO TARGET_INFO_GPU VALUES (0, 0, 'NVIDIA A100-SXM4-80GB', '0000:07:00.0', 108);
)";

long global(int pid) { return static_cast<long>(pid) << 24; }

}  // namespace

WrittenNsight::WrittenNsight(const std::string& path) : path_(path) {
  if (sqlite3_open(path.c_str(), &db_) != SQLITE_OK) ADD_FAILURE() << path;
  sql("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF");
  sql(kSchema);
}

WrittenNsight::~WrittenNsight() { close(); }

void WrittenNsight::close() {
  sqlite3_close(db_);
  db_ = nullptr;
}

void WrittenNsight::sql(const std::string& text) {
  char* message = nullptr;
  if (sqlite3_exec(db_, text.c_str(), nullptr, nullptr, &message) != SQLITE_OK) ADD_FAILURE() << message;
}

long WrittenNsight::string_id(const std::string& text) {
  sql(fmt::format("INSERT INTO StringIds VALUES ({}, '{}')", ++strings_, text));
  return strings_;
}

void WrittenNsight::kernel(const std::string& name, long start, long end, int stream, long launch, int device,
                           int pid) {
  const long id = string_id(name);
  ++correlation_;
  sql(fmt::format("INSERT INTO CUPTI_ACTIVITY_KIND_KERNEL VALUES ({}, {}, {}, 1, NULL, {}, {}, {}, {}, {}, NULL, 8)",
                  start, end, device, stream, correlation_, global(pid), id, id));
  if (launch < 0) return;
  // The autograd thread, say: its id is the process and another number below.
  sql(fmt::format("INSERT INTO CUPTI_ACTIVITY_KIND_RUNTIME VALUES ({}, {}, 0, {}, {}, 1, 0)", launch, launch + 1,
                  global(pid) + 77, correlation_));
}

void WrittenNsight::copy(int kind, long start, long end, int stream) {
  sql(fmt::format("INSERT INTO CUPTI_ACTIVITY_KIND_MEMCPY VALUES ({}, {}, 0, 1, {}, {}, {}, 4096, {})", start, end,
                  stream, ++correlation_, global(11), kind));
}

void WrittenNsight::range(const std::string& text, long start, long end, int pid) {
  sql(fmt::format("INSERT INTO NVTX_EVENTS VALUES ({}, {}, 59, NULL, '{}', {}, NULL, 0)", start, end, text,
                  global(pid) + 11));
}

}  // namespace braid::test
