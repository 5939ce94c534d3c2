// SPDX-License-Identifier: Apache-2.0
// What was chosen at each configuration of a store, field by field: the columns that its JSON texts stand for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/store/store.hpp"

namespace braid {

inline constexpr std::uint32_t kNotChosen = 0xffffffffu;

/// One swept field over all rows.
struct ChosenField {
  std::string name;                 ///< dotted path as in --set
  std::vector<std::string> values;  ///< distinct ones, in order of their first row
  std::vector<std::uint32_t> at;    ///< by row: into `values`; kNotChosen where the row has no such field

  /// Empty where the row has no such field.
  const std::string& text(std::size_t row) const;
};

/// All fields but "run", which every row has a column for, in order of their first row. Throws Error(where, ...) that
/// names the row if its choice is none (parse_choice()); an empty text is a choice of nothing.
std::vector<ChosenField> chosen_fields(const std::vector<Configuration>& rows, const std::string& where);

/// A number, or a quantity with a unit ("400 Gbit/s", "80 GiB", "5 us") as one; none for other texts.
std::optional<double> number_in(const std::string& text);

}  // namespace braid
