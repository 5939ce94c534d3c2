// SPDX-License-Identifier: Apache-2.0
// Kept views: whatever the bytes are, they are refused with an Error or read, and what was read comes back as it was.
#include <cstddef>
#include <cstdint>
#include <string>

#include "gui/model/session.hpp"
#include "sim/base/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const std::string written = braid::to_json(braid::parse_session(text, "view"));
    BRAID_CHECK(braid::to_json(braid::parse_session(written, "view")) == written,
                "a kept view comes back as it was written");
  } catch (const braid::Error&) {}
  return 0;
}
