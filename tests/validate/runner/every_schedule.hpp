// SPDX-License-Identifier: Apache-2.0
// Every schedule that Braid can generate as a program with costs, so that what runs programs is tried on all of them.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "sim/base/hardware.hpp"
#include "sim/cost/costs.hpp"
#include "sim/program/program.hpp"
#include "sim/scenario/scenario.hpp"

namespace braid::test {

/// A program with what it takes to play it.
struct Priced {
  Program program;
  Costs costs;
  Cluster cluster;
};

struct ScheduleCase {
  std::string schedule;
  int p = 2;
  int m = 8;
  P2pMode p2p = P2pMode::eager;
};
std::string name_of(const ScheduleCase& c);  ///< "stp_p4_batched", as GoogleTest takes names
void PrintTo(const ScheduleCase& c, std::ostream* out);

/// All generators x p in {2, 4, 8} x eager and batched, with m = 4 p microbatches, which meets every precondition.
std::vector<ScheduleCase> every_schedule();

/// One op a cell: F = 1, I = 1.1, W = 0.9, an all-reduce of 0.3 and messages of 0.05 seconds.
Priced abstract_case(const ScheduleCase& c);

/// A small Llama, 1 layer a chunk of a rank, TP 2, at data-sheet costs of an A100 with launch cost and stretch.
Priced model_case(const ScheduleCase& c, int dp = 1);

}  // namespace braid::test
