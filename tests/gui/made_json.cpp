// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/made_json.hpp"

#include <fmt/format.h>

#include <iterator>

#include "sim/timeline/trace.hpp"

namespace braid {
namespace {

/// Without rows of passes and without idle pieces.
Timeline timeline_of(const RunColumns& run) {
  Timeline timeline;
  timeline.provenance = {.kind = "simulated", .facts = {{"scenario", "made up"}}};
  for (const RunRank& rank : run.ranks) {
    timeline.ranks.emplace_back();
    timeline.ranks.back().rank = rank.rank;
  }
  const auto seconds = [](std::int64_t ns) { return Seconds(static_cast<double>(ns) * 1e-9); };
  for (const RunRow& row : run.rows) {
    if (row.kind != RowKind::lane) continue;
    std::vector<Span>& lane =
        timeline.ranks[static_cast<std::size_t>(row.rank)].lanes[static_cast<std::size_t>(row.lane)];
    for (std::uint64_t i = row.begin; i < row.end; ++i) {
      if (is_idle(run.category[i])) continue;
      lane.push_back({.key = run.key[i], .start = seconds(run.start[i]), .end = seconds(run.end[i]), .stretch = {}});
    }
  }
  return timeline;
}

}  // namespace

std::string made_json(const MadeRun& wanted) { return chrome_trace(timeline_of(made_run(wanted))); }

std::string made_kineto_json(const MadeRun& wanted) {
  const RunColumns run = made_run(wanted);
  std::string text =
      "{\n  \"schemaVersion\": 1,\n  \"deviceProperties\": [{\"id\": 0, \"name\": \"made up\"}],\n  "
      "\"traceEvents\": [";
  auto out = std::back_inserter(text);
  std::int64_t correlation = 0;
  for (const RunRow& row : run.rows) {
    if (row.kind != RowKind::lane) continue;
    const bool nccl = row.lane != Lane::compute;
    const int stream = 7 + static_cast<int>(row.lane);
    for (std::uint64_t i = row.begin; i < row.end; ++i) {
      if (is_idle(run.category[i])) continue;
      const auto us = [](std::int64_t ns) {
        return fmt::format("{}.{:03}", 1'700'000'000'000'000 + ns / 1000, ns % 1000);
      };
      const std::string name = nccl ? "ncclDevKernel_AllReduce_Sum_bf16_RING_LL(ncclDevKernelArgsStorage<4096ul>)"
                                    : fmt::format("sm90_xmma_gemm_bf16bf16_bf16f32_f32_tn_n_tilesize128x128x{}_cublas",
                                                  static_cast<int>(run.key[i].unit));
      const std::int64_t took = run.end[i] - run.start[i];
      fmt::format_to(out,
                     R"({}
  {{
    "ph": "X", "cat": "kernel", "name": "{}", "pid": {}, "tid": {},
    "ts": {}, "dur": {}.{:03},
    "args": {{
      "External id": {}, "queued": 0, "device": {}, "context": 1,
      "stream": {}, "correlation": {},
      "registers per thread": 128, "shared memory": 65536, "blocks per SM": 1.212121, "warps per SM": 9.696970,
      "grid": [160, 1, 1], "block": [256, 1, 1], "est. achieved occupancy %": 12
    }}
  }},
  {{
    "ph": "f", "id": {}, "pid": {}, "tid": {}, "ts": {}, "cat": "ac2g", "name": "ac2g", "bp": "e"
  }},
  {{
    "ph": "X", "cat": "cuda_runtime", "name": "cudaLaunchKernelExC", "pid": {}, "tid": {},
    "ts": {}, "dur": 0.500,
    "args": {{
      "External id": {}, "cbid": 430, "correlation": {}
    }}
  }},
  {{
    "ph": "s", "id": {}, "pid": {}, "tid": {}, "ts": {}, "cat": "ac2g", "name": "ac2g"
  }})",
                     correlation == 0 ? "" : ",", name, row.rank, stream, us(run.start[i]), took / 1000, took % 1000,
                     correlation, row.rank, stream, correlation + 1, correlation + 1, row.rank, stream,
                     us(run.start[i]), 5000 + row.rank, 5000 + stream, us(run.start[i] + 1), correlation,
                     correlation + 1, correlation + 1, 5000 + row.rank, 5000 + stream, us(run.start[i] + 1));
      ++correlation;
    }
  }
  return text + "\n  ],\n  \"traceName\": \"made up\"\n}\n";
}

}  // namespace braid
