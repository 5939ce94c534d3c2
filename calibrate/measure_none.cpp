// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "calibrate/measure.hpp"

namespace braid {

std::vector<std::string> not_measured() {
  return {std::string("built without CUDA (") + BRAID_WHY_NO_CUDA + "): measures nothing"};
}

int measure(const MeasureOptions& options) {
  (void)allot(options.choice);  // a mistake in the options is one here, too
  std::fprintf(stderr, "braid-calibrate: built without CUDA: %s\n", BRAID_WHY_NO_CUDA);
  return kSkipped;
}

}  // namespace braid
