// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/walk_run.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "gui/model/details.hpp"
#include "gui/model/find.hpp"
#include "gui/model/row_layout.hpp"
#include "sim/base/error.hpp"

namespace braid {

void walk_run(const Trace& trace) {
  const RunView& run = trace.run();
  constexpr std::uint32_t kMost = 200;  // of spans and rows: the fuzzer's time is for other inputs
  const auto spans = static_cast<std::uint32_t>(std::min<std::size_t>(run.spans(), kMost));
  for (std::uint32_t i = 0; i < spans; ++i) {
    const std::uint32_t row = run.row_of(i);
    BRAID_CHECK(row < run.rows.size() && run.rows[row].begin <= i && i < run.rows[row].end, "a span is in its row");
    (void)label_of(run, i);
    for (const std::uint32_t dep : run.deps_of(i)) BRAID_CHECK(dep < run.spans(), "a dependence is a span");
    (void)details_of(trace, i);
    (void)tooltip_of(trace, i);
    (void)next_span(run, i);
    (void)previous_span(run, i);
    (void)dependents_of(run, i);
  }
  for (std::size_t r = 0; r < std::min<std::size_t>(run.ranks.size(), kMost); ++r) (void)rank_name(run, r);
  const TimeMap map{.range = {trace.extent().begin, std::max(trace.extent().end, trace.extent().begin + 10)},
                    .width = 50};
  std::vector<float> out;
  for (std::size_t r = 0; r < std::min<std::size_t>(run.rows.size(), kMost); ++r) {
    (void)row_name(run, r);
    if (run.rows[r].kind == RowKind::counter) continue;
    const std::size_t categories = trace.coverage().categories(r).size();
    out.assign(categories * 50, 0);
    trace.coverage().shares(r, map, out);
    for (const float share : out) BRAID_CHECK(share >= -1e-3f && share <= 1.001f, "a share is one");
    (void)trace.coverage().times(r, map.range);
    (void)span_at(run, r, map.range.begin);
  }
  (void)layout_rows(run, {});
  (void)search(run, parse_query("a"));
}

}  // namespace braid
