// SPDX-License-Identifier: Apache-2.0
// Rows of words as columns of a terminal.
#pragma once

#include <string>
#include <vector>

namespace braid {

using TextRow = std::vector<std::string>;

/// Below the header a rule; the first column to the left, the others to the right, two blanks between them. All rows
/// are as long as the first; at least one.
std::string aligned(const std::vector<TextRow>& rows, std::size_t header_rows);

}  // namespace braid
