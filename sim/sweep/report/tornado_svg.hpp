// SPDX-License-Identifier: Apache-2.0
// How much the best configuration gains or loses when one thing about the cluster is otherwise.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace braid {

/// Tokens a second with less and with more of something, over those as it is; none where it cannot be played so.
struct Sensitivity {
  std::string what;                   ///< "bandwidth between nodes"
  std::string low_label, high_label;  ///< "half", "double"
  std::optional<double> low, high;
};

/// Bars of the change in percent, the longest first; "" without any.
std::string tornado_svg(const std::vector<Sensitivity>& sensitivities);

}  // namespace braid
