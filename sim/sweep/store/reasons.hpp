// SPDX-License-Identifier: Apache-2.0
// Why rows of a store were not played, those that say the same of other numbers taken together.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sim/sweep/store/store.hpp"

namespace braid {

/// The reason with every number as '#', so that "needs 81 GB" and "needs 9,300.5 GB" are of one kind.
std::string kind_of_reason(const std::string& reason);

struct ReasonCount {
  std::string reason;        ///< the first of its kind, numbers and all
  std::size_t count = 0;     ///< of rows with the same words
  bool one_of_many = false;  ///< others of the kind have other numbers
};

/// Of the rows in the sweep (point >= 0) with this status; most frequent first, of equal ones the first row's.
std::vector<ReasonCount> count_reasons(const std::vector<Configuration>& rows, ConfigurationStatus status);

/// "heads do not divide", "needs 81 GB (or other numbers)".
std::string to_text(const ReasonCount& reason);

}  // namespace braid
