// SPDX-License-Identifier: Apache-2.0
#include "validate/recording/recording.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include "sim/base/csv.hpp"
#include "sim/base/error.hpp"
#include "sim/base/gzip.hpp"
#include "validate/recording/ops_csv.hpp"
#include "validate/recording/run_json.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;

constexpr const char* kScenario = "scenario.toml";
constexpr const char* kProfile = "profile.csv";
constexpr const char* kRun = "run.json";
constexpr const char* kOps = "ops.csv.gz";
constexpr std::array kOwnFiles{kScenario, kProfile, kRun, kOps};
constexpr std::array kNeededFacts{"gpu_uuid", "driver", "trace_hash"};
constexpr std::array kPlacements{"partition", "replay", "multi"};

bool is_own(std::string_view name) { return std::ranges::find(kOwnFiles, name) != kOwnFiles.end(); }

bool is_plain_name(const std::string& name) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  return !name.empty() && name[0] != '.' && name.find_first_not_of(kPlain) == std::string::npos;
}

/// Throws unless the run is a measurement that says of what.
void check_recordable(const Recording& recording, const std::string& where) {
  const MeasuredRun& run = recording.run;
  if (run.placement == "host") {
    throw Error(where, "host runs are never recordings: their times are the prediction's own");
  }
  if (std::ranges::find(kPlacements, run.placement) == kPlacements.end()) {
    throw Error(where, "placement '" + run.placement + "' is not one of partition, replay, multi");
  }
  if ((run.placement == "replay") != (recording.rank >= 0)) {
    throw Error(where, "a replay, and nothing else, names the rank that was run");
  }
  for (const char* fact : kNeededFacts) {
    const auto found = run.timeline.provenance.facts.find(fact);
    if (found == run.timeline.provenance.facts.end() || found->second.empty()) {
      throw Error(where,
                  std::string("lacks the fact ") + fact + ": a recording says which GPU, driver and trace it is of");
    }
  }
  if (!run.peak.empty() && run.peak.size() != run.timeline.ranks.size()) {
    throw Error(where, "has peaks of memory for other ranks than it has ops of");
  }
}

}  // namespace

void write_recording(const std::string& folder, const Recording& recording) {
  check_recordable(recording, folder);
  for (const auto& [name, text] : recording.attached) {
    if (!is_plain_name(name) || is_own(name)) throw Error(folder, "a file '" + name + "' cannot be attached");
  }
  std::error_code fault;
  if (fs::exists(folder, fault) && !fs::is_empty(folder, fault)) throw Error(folder, "is there already");
  fs::create_directories(folder, fault);
  if (fault) throw Error(folder, "cannot be made: " + fault.message());
  const std::string in = folder + "/";
  try {
    write_file(in + kScenario, recording.scenario_toml);
    if (recording.profile_csv) write_file(in + kProfile, *recording.profile_csv);
    for (const auto& [name, text] : recording.attached) write_file(in + name, text);
    write_file(in + kOps, gzip(ops_csv(recording.run)));
    write_file(in + kRun, run_json(recording));
  } catch (const Error&) {
    fs::remove_all(folder, fault);
    throw;
  }
}

Recording read_recording(const std::string& folder) {
  if (std::error_code none; !fs::is_directory(folder, none)) throw Error(folder, "there is no such recording");
  const std::string in = folder + "/";
  Recording recording;
  parse_run_json(read_file(in + kRun), in + kRun, recording);
  recording.scenario_toml = read_file(in + kScenario);
  std::error_code fault;
  if (fs::exists(in + kProfile, fault) || fault) recording.profile_csv = read_file(in + kProfile);
  OpsTable ops = parse_ops_csv(gunzip(read_file(in + kOps), in + kOps), in + kOps);
  recording.run.timeline.ranks = std::move(ops.ranks);
  recording.run.spread = std::move(ops.spread);
  fs::directory_iterator entries(folder, fault);
  if (fault) throw Error(folder, "cannot be read: " + fault.message());
  for (const fs::directory_entry& entry : entries) {
    const std::string name = entry.path().filename().string();
    if (entry.is_regular_file(fault) && is_plain_name(name) && !is_own(name)) {
      recording.attached[name] = read_file(entry.path().string());
    }
  }
  check_recordable(recording, folder);
  return recording;
}

}  // namespace braid
