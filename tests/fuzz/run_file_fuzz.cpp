// SPDX-License-Identifier: Apache-2.0
// Any bytes as a run file: it opens and a viewer can walk it, or Error is thrown.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "sim/base/error.hpp"
#include "sim/timeline/run_file.hpp"
#include "tests/fuzz/walk_run.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace braid;
  const int file = memfd_create("run", 0);  // a file in memory, mapped like any other
  BRAID_CHECK(file >= 0 && write(file, data, size) == static_cast<ssize_t>(size), "there is memory for the input");
  const std::string path = "/proc/self/fd/" + std::to_string(file);
  try {
    walk_run(Trace(RunFile(path), path));
  } catch (const Error&) {}
  close(file);
  return 0;
}
