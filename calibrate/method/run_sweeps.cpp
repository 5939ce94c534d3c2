// SPDX-License-Identifier: Apache-2.0
#include "calibrate/method/run_sweeps.hpp"

#include <exception>
#include <numeric>

namespace braid {

void measure_points(const std::vector<Point>& points, const Budget& budget, ProgressLine* progress) {
  if (progress)
    progress->expect(
        std::accumulate(points.begin(), points.end(), 0, [](int sum, const Point& p) { return sum + p.weight; }));
  for (const Point& point : points) {
    if (budget.spent()) return;
    point.measure();
    if (progress && point.weight) progress->measured(point.weight);
  }
}

std::vector<SweepResult> run_sweeps(const std::vector<SweepTask>& tasks, ProgressLine& progress,
                                    const std::function<bool()>& stop) {
  std::vector<SweepResult> results;
  double later = 0;
  for (const SweepTask& task : tasks) {
    results.push_back({.name = task.name});
    later += task.seconds;
  }
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (stop && stop()) break;
    later -= tasks[i].seconds;
    progress.begin(tasks[i].name, tasks[i].seconds, later);
    const Budget budget(tasks[i].seconds, stop);
    try {
      tasks[i].run(budget);
      results[i].end = budget.cut() ? SweepEnd::cut : SweepEnd::whole;
      progress.end(budget.cut() ? (stop && stop() ? "stopped" : "allowance used up") : "");
    } catch (const std::exception& e) {
      results[i].end = SweepEnd::failed;
      results[i].error = e.what();
      progress.end(std::string("failed: ") + e.what());
    }
  }
  return results;
}

}  // namespace braid
