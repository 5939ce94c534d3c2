// SPDX-License-Identifier: Apache-2.0
// Where an axis has its marks.
#pragma once

#include <vector>

namespace braid {

/// Round values (1, 2, 5 times a power of ten) from low to high, at most `most` of them.
std::vector<double> round_ticks(double low, double high, int most);

}  // namespace braid
