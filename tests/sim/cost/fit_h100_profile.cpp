// SPDX-License-Identifier: Apache-2.0
// Prints scenarios/profiles/h100-80g.csv, made from the measured rows that h100_units.hpp declares as fitted.
#include <cstdio>

#include "tests/sim/cost/h100_units.hpp"

int main() {
  std::fputs(braid::to_csv(braid::fit_h100()).c_str(), stdout);
  return 0;
}
