// SPDX-License-Identifier: Apache-2.0
// The results of many scenarios in one SQLite file: one row a configuration, with all that is needed to play it again.
//
// Schema "braid.sweep/2", in the table `meta` (name, value); WAL mode. Table `profiles`: id INTEGER PRIMARY KEY, csv
// TEXT. Table `configurations`, a column for each field of Configuration: TEXT for strings, INTEGER for whole numbers
// and flags, REAL for all else; `status` TEXT ("ok", "pruned", "failed"), `profile` TEXT (id in `profiles`; "" = the
// rules of the GPU), `cost_per_step` and `watts` NULL where not known; `hash` is unique. Table `same` (choice, hash):
// choices that are the configuration of an earlier one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/sqlite/sqlite_file.hpp"
#include "sim/sweep/store/claim.hpp"

namespace braid {

inline constexpr const char* kSweepSchema = "braid.sweep/2";

enum class ConfigurationStatus : std::uint8_t {
  ok,      ///< played; whether it fits the memory is `fits`
  pruned,  ///< never played: closed forms say that it cannot be, or cannot fit
  failed,  ///< took too long or too much memory, or ended in an error
};

struct Configuration {
  std::int64_t id = 0;     ///< of the row; ascending with `point`, unless the sweep has grown since
  std::int64_t point = 0;  ///< its place in the product of the sweep's axes, from 0; -1: no longer in the sweep
  std::string choice;      ///< JSON object: the swept fields with their values and "run", in the order of the sweep
  std::string hash;        ///< scenario_hash() and the run's label
  std::string scenario;    ///< one TOML text that names no other file
  std::string profile;     ///< CSV; "" = the rules of the GPU
  std::string run;         ///< label of the run in it
  std::string schedule;    ///< of that run
  std::string gpu;
  int tp = 1, pp = 1, dp = 1, microbatches = 1, microbatch_size = 1, sequence = 0;
  std::string version;
  std::string network;  ///< "ideal" or "simgrid": what step_time_s was played on
  std::string grain;    ///< "block" (screened) or "unit"
  ConfigurationStatus status = ConfigurationStatus::ok;
  std::string reason;  ///< why it was pruned or failed
  double step_time_s = 0;
  double screened_step_time_s = 0;  ///< ideal network, blocks; 0: was not screened
  double tokens_per_s = 0;          ///< of the job
  double mfu = 0;
  /// Means over ranks that sum up to the step: computing; waiting for tensor-parallel communication; for the pipeline
  /// (messages, other stages, warm-up and drain); for all else.
  double busy_s = 0, tp_s = 0, pp_s = 0, other_s = 0;
  /// Of the fullest rank; of a pruned row what parameters, gradients and optimizer need there, if it was pruned for
  /// that.
  double peak_memory_bytes = 0;
  bool fits = true;
  int gpus = 0;
  std::optional<double> cost_per_step;  ///< in the currency of meta
  std::optional<double> watts;          ///< of all GPUs with what belongs to them
  std::string report;                   ///< one run of braid.report/1 (JSON)

  bool ok() const { return status == ConfigurationStatus::ok; }
};

class SweepStore {
 public:
  enum class Mode {
    read,         ///< leaves nothing beside the file; another process may write meanwhile
    write,        ///< makes a file that is not there
    write_alone,  ///< claims it, too, and others can read it only afterwards: for file systems of many machines, where
                  ///< SQLite shares no memory (https://www.sqlite.org/wal.html, "Use of WAL Without Shared-Memory")
  };
  /// Throws Error(path, ...): no SQLite file, no sweep store, of another schema, damaged, not to be written.
  SweepStore(const std::string& path, Mode mode);

  /// Keeps the row that is there if the hash is known; says whether it was new. The id is given by the store.
  bool add(const Configuration& configuration);
  /// Puts what was found on another network or grain in place of the row with this hash; its id, point, choice and
  /// screened time stay. Throws Error(path, ...) if there is none.
  void refine(const Configuration& configuration);
  /// A choice that is the configuration with this hash, which an earlier choice reached.
  void add_same(const std::string& choice, const std::string& hash);
  /// Those choices with their hashes, in the order of the choices.
  std::vector<std::pair<std::string, std::string>> same() const;
  /// Gives a row another place in the sweep.
  void move(std::int64_t id, std::int64_t point);
  /// Takes out all rows, choices and facts; what is left is a new store.
  void clear();
  /// Until this object goes, no other process may claim the store. Whoever adds rows does. Throws Error(path, ...) at
  /// once if another has it.
  void claim();
  /// What belongs together is written together or not at all: `write` adds and refines.
  void together(const std::function<void()>& write);
  /// All rows in order of id; without scenario, profile and report where `slim`.
  std::vector<Configuration> all(bool slim) const;
  /// Throws Error(path, ...) if there is none.
  Configuration at(std::int64_t id) const;
  /// Facts about the whole sweep, by name: "sweep" (the file's text), "base" (what all configurations have in common),
  /// ...; "" if it was never told.
  std::string fact(const std::string& name) const;
  void tell(const std::string& name, const std::string& value);
  /// Of `cost_per_step`: "USD"; "" where nothing is priced.
  std::string currency() const;
  void price_in(const std::string& currency);
  const std::string& path() const { return file_.path(); }

 private:
  void make();
  void check_schema() const;
  std::string keep_profile(const std::string& csv);
  std::vector<Configuration> read(bool slim, const std::int64_t* id) const;

  std::unique_ptr<StoreClaim> claim_;  ///< outlives the file
  SqliteFile file_;
};

}  // namespace braid
