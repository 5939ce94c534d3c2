// SPDX-License-Identifier: Apache-2.0
// Any bytes as a trace of torch.profiler: the reader returns traces whose steps become timelines, or throws Error.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/base/error.hpp"
#include "validate/trace/foreign_timeline.hpp"
#include "validate/trace/kineto.hpp"
#include "validate/trace/read_trace.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const std::string text(reinterpret_cast<const char*>(data), size);
    for (const braid::ForeignTrace& trace : braid::parse_kineto(std::string_view(text), "fuzz", braid::kProfilerStep)) {
      BRAID_CHECK(!trace.ops.empty(), "a trace has GPU work");
      for (const braid::ForeignStep& step : braid::steps_of(trace)) {
        double until = -1;
        const braid::RankTimeline rank = braid::timeline_of(trace, step, {.tp = 2, .pp = 2, .dp = 2});
        for (const braid::Span& span : rank.lanes[static_cast<std::size_t>(braid::Lane::compute)]) {
          BRAID_CHECK(span.start.value >= until && span.end.value >= span.start.value, "spans follow one another");
          until = span.end.value;
        }
      }
    }
  } catch (const braid::Error&) {}
  return 0;
}
