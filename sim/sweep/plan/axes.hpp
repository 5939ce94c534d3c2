// SPDX-License-Identifier: Apache-2.0
// The tables [fields], [[zip]] and [derived] of a sweep file.
#pragma once

#include "sim/scenario/fields.hpp"
#include "sim/sweep/plan/sweep.hpp"

namespace braid {

/// One axis a field of `table`, each with its place in the file. A field is a quoted path ("plan.tp") or a dotted key;
/// its values are a list, a range or one value.
std::vector<std::pair<toml::source_position, FieldAxis>> axes_of(const toml::table& table, const std::string& prefix,
                                                                 Reading& reading);
/// All fields of `table` as one axis.
FieldAxis zip_of(const toml::table& table, const std::string& prefix, Reading& reading);
/// Fields with the text of an expression each.
std::vector<Expression> derived_of(const toml::table& table, Reading& reading);

}  // namespace braid
