// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/run/run_sweep.hpp"

namespace braid {

SweepOutcome run_sweep(const Sweep&, SweepStore&, const SweepOptions&) { return {}; }

}  // namespace braid
