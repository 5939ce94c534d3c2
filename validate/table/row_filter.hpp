// SPDX-License-Identifier: Apache-2.0
// Choosing rows of a published table: "tp<=8", "n_gpus=512", by id.
#pragma once

#include <string>
#include <vector>

#include "validate/table/published_table.hpp"

namespace braid {

/// The rows for which every condition holds: an integer column, one of <= >= < > =, a whole number.
/// Throws Error("--where", ...) for a condition that is none, or if no row is left.
std::vector<PublishedRow> rows_where(std::vector<PublishedRow> rows, const std::vector<std::string>& conditions);

/// Indices of the rows of these ids, in the order of the ids. Throws Error("--fit", ...) for an unknown id (with the
/// nearest) or one twice.
std::vector<std::size_t> rows_of_ids(const std::vector<PublishedRow>& rows, const std::vector<std::string>& ids);

}  // namespace braid
