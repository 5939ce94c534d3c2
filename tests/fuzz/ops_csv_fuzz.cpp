// SPDX-License-Identifier: Apache-2.0
// Any bytes as the ops of a recording: a table that is written and read again unchanged, or Error. The same bytes as a
// gzip file: a text or Error. Nothing else.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/base/error.hpp"
#include "sim/base/gzip.hpp"
#include "validate/recording/ops_csv.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    braid::gunzip(text, "fuzz");
  } catch (const braid::Error&) {}
  try {
    braid::OpsTable table = braid::parse_ops_csv(text, "fuzz");
    braid::MeasuredRun run;
    run.timeline.ranks = table.ranks;
    run.spread = table.spread;
    const std::string once = braid::ops_csv(run);
    table = braid::parse_ops_csv(once, "again");
    run.timeline.ranks = table.ranks;
    run.spread = table.spread;
    BRAID_CHECK(braid::ops_csv(run) == once, "a table that was read is written and read again unchanged");
  } catch (const braid::Error&) {}
  return 0;
}
