// SPDX-License-Identifier: Apache-2.0
// A sweep that takes a moment, and stores held against each other.
#pragma once

#include <string>
#include <vector>

#include "sim/sweep/run/run_sweep.hpp"
#include "sim/sweep/store/pack.hpp"
#include "tests/sim/sweep/plan/small_sweep.hpp"
#include "tests/sim/sweep/store/stored.hpp"

namespace braid::test {

/// 3 x 2 x 2 x 3 choices of the small scenario on 8 GPUs, of which 30 fill the 8 GPUs or fewer.
inline const std::string kSmallFields = R"([fields]
"plan.tp" = [1, 2, 4]
"plan.pp" = [1, 2]
"plan.dp" = [1, 2]
"plan.microbatches" = [4, 8, 12])";
inline constexpr int kSmallPoints = 33;

inline Sweep swept(const std::string& head = "constraints = [\"tp * pp * dp <= 8\"]\nrefine = 4",
                   const std::string& fields = kSmallFields) {
  return small_sweep(head, fields);
}

inline SweepOutcome sweep_into(const std::string& path, const Sweep& sweep, SweepOptions options = {}) {
  if (options.limits.jobs == 0) options.limits.jobs = 2;
  SweepStore store(path, SweepStore::Mode::write);
  return run_sweep(sweep, store, options);
}

/// Every column of every row, ids included; what is the same as what.
inline std::vector<std::string> contents(const std::string& path) {
  const SweepStore store(path, SweepStore::Mode::read);
  std::vector<std::string> all;
  for (const Configuration& row : store.all(false)) all.push_back(std::to_string(row.id) + " " + pack(row));
  for (const auto& [choice, hash] : store.same()) all.push_back(choice + " is " + hash);
  return all;
}

/// What SQLite says of the whole file: "ok".
inline std::string integrity(const std::string& path) {
  const SqliteFile file(path, SqliteFile::Mode::write);
  SqliteRows rows(file, "PRAGMA integrity_check");
  return rows.next() ? std::string(rows.text(0)) : "";
}

}  // namespace braid::test
