// SPDX-License-Identifier: Apache-2.0
// A scenario whose lines tests know by number, and ways to break one line of it.
#pragma once

#include <string>
#include <vector>

#include "sim/base/error.hpp"
#include "sim/scenario/scenario.hpp"

namespace braid {

/// Eight layers on two nodes of four GPUs, TP 2, PP 2, DP 2. Line 1 is `schema`.
inline const std::string kSmallScenario = R"(schema = 1
name = "small"
[model]
name = "m"
layers = 8
hidden = 64
heads = 8
kv_heads = 2
ffn = 96
vocab = 1000
[cluster]
name = "c"
gpu = "A100-80G"
nodes = 2
gpus_per_node = 4
intra_bandwidth = "300 GB/s"
intra_latency = "1 us"
nics_per_node = 2
nic_bandwidth = "200 Gbit/s"
inter_latency = "5 us"
[plan]
tp = 2
pp = 2
dp = 2
microbatches = 8
sequence = 128
[[run]]
schedule = "1f1b-i"
chunks = 2
)";

/// The scenario with one line put in place of another, "old" = "" appends.
inline std::string with(const std::string& old_line, const std::string& new_line) {
  std::string text = kSmallScenario;
  if (old_line.empty()) return text + new_line + "\n";
  const std::size_t at = text.find(old_line + "\n");
  BRAID_CHECK(at != std::string::npos, "the line to replace is there");
  return text.replace(at, old_line.size(), new_line);
}

inline Scenario small_scenario(const std::vector<Override>& overrides = {}) {
  return parse_scenario(kSmallScenario, "s.toml", overrides);
}

/// What reading the text complains of, or "read without a fault".
inline std::string reading_fault(const std::string& text, const std::vector<Override>& overrides = {}) {
  try {
    parse_scenario(text, "s.toml", overrides);
  } catch (const Error& error) { return error.what(); }
  return "read without a fault";
}

}  // namespace braid
