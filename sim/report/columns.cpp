// SPDX-License-Identifier: Apache-2.0
#include "sim/report/columns.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace braid {

std::string aligned(const std::vector<TextRow>& rows, std::size_t header_rows) {
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const TextRow& row : rows) {
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  }
  std::string text;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::string line;
    for (std::size_t c = 0; c < rows[r].size(); ++c) {
      line += c == 0 ? fmt::format("{:<{}}", rows[r][c], widths[c]) : fmt::format("  {:>{}}", rows[r][c], widths[c]);
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    if (r + 1 == header_rows) {
      std::size_t total = 2 * (widths.size() - 1);
      for (const std::size_t w : widths) total += w;
      text += std::string(total, '-') + "\n";
    }
  }
  return text;
}

}  // namespace braid
