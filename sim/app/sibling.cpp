// SPDX-License-Identifier: Apache-2.0
#include "sim/app/sibling.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>

#include "sim/base/error.hpp"

namespace braid {

const Sibling* sibling(std::string_view command) {
  const auto* found =
      std::find_if(std::begin(kSiblings), std::end(kSiblings), [&](const Sibling& s) { return s.command == command; });
  return found == std::end(kSiblings) ? nullptr : found;
}

void start(const Sibling& sibling, char** arguments) {
  namespace fs = std::filesystem;
  std::string name = "braid-" + std::string(sibling.command);
  std::error_code ignored;
  const fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  const std::string beside = (folder / name).string();
  const std::string where(sibling.command);
  arguments[0] = name.data();
  execv(beside.c_str(), arguments);
  if (errno == ENOENT) execvp(name.c_str(), arguments);  // the exec functions return only when they fail
  if (errno == ENOENT) {
    throw Error(where, "the program " + name + " is neither in " + folder.string() + " nor on PATH; build the target " +
                           name + " (" + std::string(sibling.part) + ")");
  }
  throw Error(where, name + " cannot be started: " + std::strerror(errno));
}

}  // namespace braid
