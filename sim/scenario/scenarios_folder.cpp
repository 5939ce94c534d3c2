// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <filesystem>

#include "sim/scenario/scenario.hpp"

namespace braid {

namespace fs = std::filesystem;

std::string scenarios_folder() {
  if (const char* folder = std::getenv("BRAID_SCENARIOS")) return folder;
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  // build/<preset>/bin or build/bin in a source tree, <prefix>/bin when installed.
  for (const char* place : {"../../../scenarios", "../../scenarios", "../share/braid/scenarios"}) {
    const fs::path candidate = program / place;
    if (fs::is_directory(candidate, ignored)) return fs::weakly_canonical(candidate, ignored).string();
  }
  return "scenarios";
}

}  // namespace braid
