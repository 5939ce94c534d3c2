// SPDX-License-Identifier: Apache-2.0
// A small recording in a folder of its own, and what reading it complains of after something was done to it.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "sim/base/csv.hpp"
#include "sim/base/error.hpp"
#include "tests/calibrate/temporary_folder.hpp"
#include "validate/recording/recording.hpp"

namespace braid {

/// One rank with one forward of 2 us.
inline Recording small_recording() {
  Recording r{.scenario_toml = "schema = 1\n", .profile_csv = {}, .schedule = "stp"};
  r.run.placement = "partition";
  r.run.timeline.provenance = {.kind = "measured", .facts = {{"gpu_uuid", "u"}, {"driver", "d"}, {"trace_hash", "t"}}};
  r.run.timeline.step_time = Seconds(3e-6);
  r.run.timeline.ranks.emplace_back().lanes[0].push_back({.key = {}, .start = Seconds(1e-6), .end = Seconds(3e-6)});
  r.run.traced = {Seconds(3e-6)};
  return r;
}

template <typename Act>
std::string fault_of(Act act) {
  try {
    act();
  } catch (const Error& error) { return error.what(); }
  return "no error";
}

/// The message of read_recording() after `damage(folder)`, with the folder's path as "R".
inline std::string fault_after(const std::function<void(const std::string&)>& damage) {
  const TemporaryFolder temporary;
  const std::string folder = temporary / "r";
  write_recording(folder, small_recording());
  damage(folder);
  std::string fault = fault_of([&] { read_recording(folder); });
  for (auto at = fault.find(folder); at != std::string::npos; at = fault.find(folder)) {
    fault.replace(at, folder.size(), "R");
  }
  return fault;
}

/// The file with the first `from` in it replaced.
inline void replace_in(const std::string& path, const std::string& from, const std::string& to) {
  std::string text = read_file(path);
  const std::size_t at = text.find(from);
  BRAID_CHECK(at != std::string::npos, "the text to replace is there");
  write_file(path, text.replace(at, from.size(), to));
}

}  // namespace braid
