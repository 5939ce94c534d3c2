// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/sweep_page.hpp"

namespace braid {

std::string sweep_page(const SweepPageInput&) { return {}; }

}  // namespace braid
