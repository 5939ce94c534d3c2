// SPDX-License-Identifier: Apache-2.0
// How much the best configuration gains or loses when one thing about the cluster is otherwise.
#pragma once

#include <string>
#include <vector>

namespace braid {

/// Tokens a second with less of something, as it is, and with more of it.
struct Sensitivity {
  std::string what;  ///< "network bandwidth, half and double"
  double low = 0, base = 0, high = 0;
};

/// Bars of the change over the base in percent, the longest first; "" without any whose base is above 0.
std::string tornado_svg(const std::vector<Sensitivity>& sensitivities);

}  // namespace braid
