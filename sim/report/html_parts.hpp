// SPDX-License-Identifier: Apache-2.0
// The pieces that pages are put together from; to be styled by html_style(). Texts are escaped here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/report/bubbles.hpp"

namespace braid {

struct TableColumn {
  std::string name;
  std::string meaning;  ///< tooltip; "" for none
};

/// From the doctype to the opening <main>, with the style and what a page adds to it.
std::string html_begin(std::string_view title, std::string_view more_style = {});
/// From the footer to the end, with the script.
std::string html_end(std::string_view footer);

/// <thead>...</thead>
std::string table_head(const std::vector<TableColumn>& columns);
std::string table_cell(std::string_view text, std::string_view css_class = {});
/// A figure and what it is, for a <div class="cards">.
std::string card(std::string_view figure, std::string_view what);

/// A swatch of a colour of the style, and its name.
std::string legend_entry(std::string_view variable, std::string_view name);
/// Of timeline_svg(): passes, then causes of idleness with what they mean.
std::string timeline_legend();
/// Of time_bars().
std::string time_legend();
/// One line that says what a cause of idleness is.
const char* meaning_of(Cause cause);

}  // namespace braid
