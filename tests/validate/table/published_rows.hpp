// SPDX-License-Identifier: Apache-2.0
// Small published tables for tests.
#pragma once

#include <string>

#include "tests/validate/complaint.hpp"
#include "validate/table/published_table.hpp"

namespace braid::test {

/// The header and one valid row, with one column's field replaced; column "" changes nothing.
std::string table_with(const std::string& column, const std::string& field);

/// Reads such text as if it were the file `table.csv`.
std::vector<PublishedRow> rows_of(const std::string& text);

/// The valid row itself: 64 A100, TP2 PP4 DP8, 16 microbatches of 2 samples.
PublishedRow valid_row();

}  // namespace braid::test
