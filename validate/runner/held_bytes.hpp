// SPDX-License-Identifier: Apache-2.0
// Bytes that one GPU of a host run holds, counted as its ops start and end. Of one instant, what ends frees before what
// starts takes, whichever thread came first; an op that takes no time frees after it has taken.
#pragma once

#include <algorithm>

namespace braid {

struct HeldBytes {
  double held = 0, peak = 0;
  double frees = 0, takes = 0, frees_at_once = 0;  ///< of this instant

  void settle() {
    held += takes - frees;
    peak = std::max(peak, held);
    held -= frees_at_once;
    frees = takes = frees_at_once = 0;
  }
};

}  // namespace braid
