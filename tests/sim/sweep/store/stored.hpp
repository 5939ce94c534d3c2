// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>

#include "sim/sweep/store/store.hpp"

namespace braid::test {

/// A folder of the test's own, taken away behind it.
struct Folder {
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string operator/(const std::string& name) const { return (path / name).string(); }

  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("braid_sweep_" + std::to_string(getpid()));
};

inline Configuration configuration(const std::string& hash) {
  return {.hash = hash,
          .scenario = "name = \"x\"\n",
          .profile = "kind,name,value,unit,source\n",
          .run = "stp",
          .gpu = "A800-80G",
          .tp = 8,
          .pp = 2,
          .dp = 3,
          .microbatches = 64,
          .version = "0.1.0",
          .network = "ideal",
          .step_time_s = 1.25,
          .tokens_per_s = 4096,
          .peak_memory_bytes = 6e10,
          .gpus = 16,
          .cost_per_step = 0.5,
          .report = "{}"};
}

}  // namespace braid::test
