// SPDX-License-Identifier: Apache-2.0
// What screening in blocks costs in accuracy: mean and worst errors against a play by units, over a grid of
// configurations. `screen_error 7` takes every 7th of them; `screen_error 7 all` prints each.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <string>

#include "tests/sim/screen/grid.hpp"

namespace {

struct Sum {
  int count = 0, fits_differ = 0;
  double step = 0, worst_step = 0, worst_peak = 0, worst_tp = 0, worst_pp = 0;
  std::string where;

  void add(const braid::testing::ScreeningError& e, const std::string& name) {
    ++count;
    fits_differ += e.fits_differ ? 1 : 0;
    step += std::abs(e.step_time);
    if (std::abs(e.step_time) > std::abs(worst_step)) {
      worst_step = e.step_time;
      where = name;
    }
    worst_peak = std::max(worst_peak, std::abs(e.peak));
    worst_tp = std::max(worst_tp, std::abs(e.tp_share));
    worst_pp = std::max(worst_pp, std::abs(e.pp_share));
  }
  void print(const std::string& name) const {
    fmt::print("| {} | {} | {:.3f} % | {:+.2f} % ({}) | {:.4f} % | {:.2f} % | {:.2f} % |\n", name, count,
               100 * step / count, 100 * worst_step, where, 100 * worst_peak, 100 * worst_tp, 100 * worst_pp);
  }
};

}  // namespace

int main(int argc, char** argv) {
  const int stride = argc > 1 ? std::max(1, std::atoi(argv[1])) : 1;
  std::map<std::string, Sum> by_kind;
  Sum all;
  for (const auto& point : braid::testing::screening_grid(stride)) {
    const auto error = braid::testing::screening_error(point);
    by_kind[point.kind].add(error, point.name);
    all.add(error, point.name);
    if (argc > 2) fmt::print("{:+.4f} % peak {:+.4f} % {}\n", 100 * error.step_time, 100 * error.peak, point.name);
  }
  fmt::print("| what | runs | step, mean | step, worst | peak, worst | tp share | pp share |\n|");
  fmt::print(" --- | --- | --- | --- | --- | --- | --- |\n");
  for (const auto& [kind, sum] : by_kind) sum.print(kind);
  all.print("all");
  fmt::print("fits otherwise: {}\n", all.fits_differ);
}
