// SPDX-License-Identifier: Apache-2.0
#include "calibrate/method/samples.hpp"

#include <vector>

namespace braid {

Judged judge(std::span<const Sample> samples, const ThrottleLog& log) {
  Judged r;
  std::vector<double> us, mhz, kcycles;
  for (const Sample& s : samples) {
    if (log.throttled(s.from_s, s.to_s)) {
      ++r.throttled;
      continue;
    }
    us.push_back(s.us);
    if (s.mhz > 0) mhz.push_back(s.mhz), kcycles.push_back(s.us * s.mhz / 1e3);
  }
  r.us = stats(us), r.kcycles = stats(kcycles), r.clock_mhz = stats(mhz).median;
  return r;
}

}  // namespace braid
