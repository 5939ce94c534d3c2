// SPDX-License-Identifier: Apache-2.0
// Any bytes as a Chrome trace: the importer makes a run that passes check() and that a viewer can walk, or throws
// Error.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "gui/model/import_json.hpp"
#include "sim/base/byte_source.hpp"
#include "sim/base/error.hpp"
#include "tests/fuzz/walk_run.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace braid;
  try {
    const auto source = bytes_of_text({reinterpret_cast<const char*>(data), size});
    RunColumns run = import_json(*source, "fuzz");
    BRAID_CHECK(check(run.view()).empty(), "what is imported is well formed");
    walk_run(Trace(std::move(run), "fuzz"));
  } catch (const Error&) {}
  return 0;
}
