// SPDX-License-Identifier: Apache-2.0
// The keys of a scenario file (sim/scenario/field.hpp) as people, programs and the manual read them.
#pragma once

#include <iosfwd>
#include <span>

#include "sim/scenario/field.hpp"

namespace braid {

/// A line or two for each key under its dotted path, as --set takes it.
void write_fields_text(std::span<const Field> fields, std::ostream& out);
/// An array of objects: path, section, key, type, required, default, range, choices, what.
void write_fields_json(std::span<const Field> fields, std::ostream& out);
/// The whole page docs/scenario-reference.md, a table for each section.
void write_fields_markdown(std::span<const Field> fields, std::ostream& out);

}  // namespace braid
