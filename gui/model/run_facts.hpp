// SPDX-License-Identifier: Apache-2.0
// What a run file says about its run besides spans: the JSON text of RunView::facts, typed.
//
//   {"title": "stp", "kind": "simulated", "time_unit": "s", "step_time_ns": 12, "multiplicity": 8, "lost": 0,
//    "p2p": "eager", "scenario": "<TOML>", "profile": "<CSV>", "run": "stp", "provenance": {"gpu": "A800", ...},
//    "notes": ["..."], "report": {one element of runs of braid.report/1}, "works": [{"class": "F attn", "shape": "...",
//    "flops": 1e9, "bytes": 1e6, "price_s": 1e-3, "source": "..."}]}
//
// Every field may be missing. `kind`: simulated, measured, abstract (a schedule at costs without a unit: time_unit is
// "slot", one of 1e9 ns), trace (foreign).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace braid {

struct WorkFacts {
  std::string op_class;  ///< "F attn", "all_reduce F attn"
  std::string shape;     ///< "QKV GEMM 6144 x 640 x 5120, attention 4 heads, ..."; for people
  double flops = 0;
  double bytes = 0;
  double price_s = 0;  ///< alone on its GPU and its links
  std::string source;  ///< which rule or measurement gave the price
};

struct RunFacts {
  std::string title;
  std::string kind;
  std::string time_unit = "s";
  std::int64_t step_time_ns = 0;
  int multiplicity = 1;   ///< GPUs that every rank stands for
  std::vector<int> gpus;  ///< that each rank stands for, by position; empty where each stands for itself
  std::uint64_t lost = 0;
  std::string p2p;
  std::string scenario;  ///< TOML with everything in it; "" if the run has none
  std::string profile;   ///< CSV of the costs it was played with; "" the rules of the scenario's GPU
  std::string run;       ///< label of the [[run]] in it
  std::map<std::string, std::string> provenance;
  std::vector<std::string> notes;
  std::map<std::string, double> figures;  ///< the numbers of the report by dotted name: "mfu", "bubble_by_cause_s.tp"
  std::vector<WorkFacts> works;
};

/// Takes what is there; text that is no JSON object gives facts with a note that says so. Throws nothing.
RunFacts parse_run_facts(std::string_view json);

}  // namespace braid
