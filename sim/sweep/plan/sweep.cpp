// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/plan/sweep.hpp"

namespace braid {

std::int64_t Sweep::product() const { return 0; }
Sweep read_sweep(const std::string&, const std::vector<Override>&) { return {}; }
Sweep parse_sweep(const std::string&, const std::string&, const std::vector<Override>&) { return {}; }

}  // namespace braid
