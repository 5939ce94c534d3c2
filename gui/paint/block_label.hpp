// SPDX-License-Identifier: Apache-2.0
// What is written on a block: as much of its name as there is room for.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "sim/timeline/run_file.hpp"

namespace braid {

inline constexpr int kLabelForms = 4;

/// The name of a span in less and less room: "F attn mb3", "F attn 3", "F3", "3"; of a braid "F mb5 chunk0 + B mb2
/// chunk1", "F 5 + B 2", "F5 B2", "5 2"; of a pass "F5' & B2", "", "F5' B2", "5' 2". A name that is not built like that
/// has itself alone, other forms are empty.
void label_form(std::string_view name, int form, std::string& out);

/// The longest form of the span's name that is no wider than `room`; a name of other making is cut and ends in an
/// ellipsis; empty if nothing worth reading fits. `width` measures text. `out` and `spare` keep their memory.
void fitting_label(const RunView& run, std::uint32_t span, int room, const std::function<int(std::string_view)>& width,
                   std::string& out, std::string& spare);

}  // namespace braid
