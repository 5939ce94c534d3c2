// SPDX-License-Identifier: Apache-2.0
#include "sim/app/open_store.hpp"

#include <filesystem>

#include "sim/base/error.hpp"
#include "sim/base/output_folder.hpp"

namespace braid {

namespace fs = std::filesystem;

SweepStore open_store(const std::string& path, bool fresh) {
  const fs::path folder = fs::path(path).parent_path();
  if (!folder.empty()) {
    check_output_folder(folder.string());
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (failed) throw Error(folder.string(), "cannot be made: " + failed.message());
  }
  SweepStore store(path, SweepStore::Mode::write);
  store.claim();
  if (fresh) store.clear();
  return store;
}

}  // namespace braid
