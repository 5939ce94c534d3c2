// SPDX-License-Identifier: Apache-2.0
// Any bytes as a schedule CSV: the reader returns a schedule that passes check() and survives being written and read
// again, or throws Error. Nothing else.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/base/error.hpp"
#include "sim/schedule/peaks.hpp"
#include "sim/schedule/pytorch_csv.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const braid::Schedule schedule = braid::parse_schedule(text, "fuzz");
    BRAID_CHECK(braid::check(schedule).empty(), "what was read is well formed");
    BRAID_CHECK(braid::unit_times(schedule).makespan > 0, "what was read can be played");
    BRAID_CHECK(!braid::peak_activations(schedule).netted.empty(), "what was read can be counted");
    for (const auto flavour :
         {braid::CsvFlavour::compute_only, braid::CsvFlavour::compute_comms, braid::CsvFlavour::braided}) {
      const std::string once = braid::write_schedule(schedule, flavour);
      const braid::Schedule again = braid::parse_schedule(once, "again");
      BRAID_CHECK(again.rank_of_stage == schedule.rank_of_stage, "the placement survives");
      // A file with messages has lost its pauses, on which torch's order of messages depends.
      const bool same = flavour == braid::CsvFlavour::compute_comms || braid::write_schedule(again, flavour) == once;
      BRAID_CHECK(same, "what was written is read and written again unchanged");
    }
  } catch (const braid::Error&) {}
  return 0;
}
