// SPDX-License-Identifier: Apache-2.0
// Any bytes as a profile CSV: the reader returns a profile that survives a round trip, or throws Error. Nothing else.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/base/error.hpp"
#include "sim/cost/profile.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  braid::Gpu gpu;
  gpu.name = "ROUND";
  try {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string once = braid::to_csv(braid::parse_profile(text, "fuzz", gpu));
    const std::string twice = braid::to_csv(braid::parse_profile(once, "again", gpu));
    BRAID_CHECK(once == twice, "a profile that was read is written and read again unchanged");
  } catch (const braid::Error&) {}
  return 0;
}
