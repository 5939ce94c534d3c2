// SPDX-License-Identifier: Apache-2.0
#include "validate/table/baseline.hpp"

#include "sim/base/error.hpp"
#include "sim/base/gpus.hpp"

namespace braid {

Flops baseline_flops(const PublishedRow& row) {
  const double h = row.hidden, l = row.layers, s = row.sequence;
  const double tokens = double(row.global_batch) * s;
  const double forward = 24 * tokens * l * h * h * (1 + s / (6 * h));
  const double again = row.recompute == Recompute::full        ? forward
                       : row.recompute == Recompute::selective ? 4 * tokens * s * l * h
                                                               : 0;
  return Flops(3 * forward + again + 6 * tokens * row.vocab * h);
}

Seconds baseline_time(const PublishedRow& row, double efficiency) {
  const FlopsPerSecond peak = gpu_by_name(row.gpu, row.where).bf16_dense * static_cast<double>(row.gpus);
  const double bubble = (row.pp - 1.0) / (double(row.interleave) * row.microbatches());
  return baseline_flops(row) / (peak * efficiency) * (1 + bubble);
}

double baseline_efficiency(const std::vector<PublishedRow>& rows) {
  BRAID_CHECK(!rows.empty(), "an efficiency is fitted on rows");
  // With r the ratio at efficiency 1 and x = 1/eff: sum (x r - 1)^2 is least at x = sum r / sum r^2.
  double sum = 0, squares = 0;
  for (const PublishedRow& row : rows) {
    const double ratio = baseline_time(row, 1).value / row.measured_s;
    sum += ratio;
    squares += ratio * ratio;
  }
  return squares / sum;
}

}  // namespace braid
