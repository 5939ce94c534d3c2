// SPDX-License-Identifier: Apache-2.0
// Any bytes as a table of matrix products: its rows become samples, or the reader throws Error. Nothing else.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "calibrate/fit/sample.hpp"
#include "sim/base/error.hpp"
#include "sim/base/gpus.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const braid::Table table(text, "fuzz", "gemm", braid::kGemmColumns);
    const auto samples = braid::gemm_samples(table, braid::known_gpus()[0]);
    BRAID_CHECK(samples.size() <= table.rows(), "a row is a sample at most");
  } catch (const braid::Error&) {}
  return 0;
}
