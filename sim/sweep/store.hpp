// SPDX-License-Identifier: Apache-2.0
// The results of many scenarios in one SQLite file: one row a configuration, with all that is needed to play it again.
//
// Schema "braid.sweep/1", in the table `meta` (name, value); WAL mode. Table `configurations`:
//   id INTEGER PRIMARY KEY, hash TEXT UNIQUE (scenario_hash() and the run's label), scenario TEXT (one TOML text),
//   profile TEXT (CSV; "" = the rules of the GPU), run TEXT, gpu TEXT, tp INTEGER, pp INTEGER,
//   dp INTEGER, microbatches INTEGER, version TEXT, network TEXT ("ideal" or "simgrid"), status
//   TEXT ("ok", "failed"), reason TEXT, step_time_s REAL, tokens_per_s REAL, peak_memory_bytes REAL, fits INTEGER, gpus
//   INTEGER, cost_per_step REAL (in the currency of meta; NULL where no price is known), report TEXT (one run of
//   braid.report/1)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/sqlite/sqlite_file.hpp"

namespace braid {

inline constexpr const char* kSweepSchema = "braid.sweep/1";

struct Configuration {
  std::int64_t id = 0;
  std::string hash;
  std::string scenario;
  std::string profile;
  std::string run;  ///< label of the run in it
  std::string gpu;
  int tp = 1, pp = 1, dp = 1, microbatches = 1;
  std::string version;
  std::string network;
  bool ok = true;
  std::string reason;  ///< why it failed
  double step_time_s = 0;
  double tokens_per_s = 0;
  double peak_memory_bytes = 0;
  bool fits = true;
  int gpus = 0;
  std::optional<double> cost_per_step;
  std::string report;
};

class SweepStore {
 public:
  enum class Mode { read, write };
  /// Mode write makes a file that is not there; mode read leaves nothing beside the file and may read while another
  /// process writes. Throws Error(path, ...): no SQLite file, no sweep store, of a newer schema, damaged, not to be
  /// written.
  SweepStore(const std::string& path, Mode mode);

  /// Keeps the row that is there if the hash is known; says whether it was new.
  bool add(const Configuration& configuration);
  /// All rows in order of id; without scenario, profile and report where `slim`.
  std::vector<Configuration> all(bool slim) const;
  /// Throws Error(path, ...) if there is none.
  Configuration at(std::int64_t id) const;
  /// Of `cost_per_step`: "USD"; "" where nothing is priced.
  std::string currency() const;
  void price_in(const std::string& currency);

 private:
  void make() const;
  void check_schema() const;
  std::string meta(const std::string& name) const;
  void set_meta(const std::string& name, const std::string& value) const;
  std::vector<Configuration> read(bool slim, const std::int64_t* id) const;

  SqliteFile file_;
};

}  // namespace braid
