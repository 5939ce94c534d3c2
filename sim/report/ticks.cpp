// SPDX-License-Identifier: Apache-2.0
#include "sim/report/ticks.hpp"

#include <algorithm>
#include <cmath>

namespace braid {

std::vector<double> round_ticks(double low, double high, int most) {
  if (!(low < high) || most < 1) return {};
  const double rough = (high - low) / std::max(1, most - 1);
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double step = power * 10;
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough * (1 - 1e-9)) {
      step = factor * power;
      break;
    }
  }
  std::vector<double> ticks;
  const auto first = static_cast<long long>(std::ceil(low / step - 1e-9));
  for (long long i = first; static_cast<double>(i) * step <= high * (1 + 1e-12); ++i)
    ticks.push_back(static_cast<double>(i) * step);
  return ticks;
}

}  // namespace braid
