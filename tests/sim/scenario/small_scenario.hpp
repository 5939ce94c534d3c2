// SPDX-License-Identifier: Apache-2.0
// A scenario whose lines tests know by number, and ways to break one line of it.
#pragma once

#include <string>
#include <vector>

#include "sim/base/error.hpp"
#include "sim/scenario/scenario.hpp"

namespace braid {

/// Eight layers on two nodes of four GPUs, TP 2, PP 2, DP 2. Line 1 is `schema`.
inline const std::string kSmallScenario =
    /* 1*/
    "schema = 1\n"
    /* 2*/
    "name = \"small\"\n"
    /* 3*/
    "[model]\n"
    /* 4*/
    "name = \"m\"\n"
    /* 5*/
    "layers = 8\n"
    /* 6*/
    "hidden = 64\n"
    /* 7*/
    "heads = 8\n"
    /* 8*/
    "kv_heads = 2\n"
    /* 9*/
    "ffn = 96\n"
    /*10*/
    "vocab = 1000\n"
    /*11*/
    "[cluster]\n"
    /*12*/
    "name = \"c\"\n"
    /*13*/
    "gpu = \"A100-80G\"\n"
    /*14*/
    "nodes = 2\n"
    /*15*/
    "gpus_per_node = 4\n"
    /*16*/
    "intra_bandwidth = \"300 GB/s\"\n"
    /*17*/
    "intra_latency = \"1 us\"\n"
    /*18*/
    "nics_per_node = 2\n"
    /*19*/
    "nic_bandwidth = \"200 Gbit/s\"\n"
    /*20*/
    "inter_latency = \"5 us\"\n"
    /*21*/
    "[plan]\n"
    /*22*/
    "tp = 2\n"
    /*23*/
    "pp = 2\n"
    /*24*/
    "dp = 2\n"
    /*25*/
    "microbatches = 8\n"
    /*26*/
    "sequence = 128\n"
    /*27*/
    "[[run]]\n"
    /*28*/
    "schedule = \"1f1b-i\"\n"
    /*29*/ "chunks = 2\n";

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
