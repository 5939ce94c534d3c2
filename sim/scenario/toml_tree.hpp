// SPDX-License-Identifier: Apache-2.0
// The TOML tree of a scenario before anything is read from it: files that refer to files, and overrides.
//
// Nodes keep the file, line and column they came from; that is why tables are moved here and never copied.
#pragma once

#include <toml++/toml.h>

#include <string>

#include "sim/scenario/scenario.hpp"

namespace braid {

/// Throws Error("path:line:column", ...) for text that is not TOML.
toml::table parse_toml(const std::string& text, const std::string& path);

/// Reads a regular file of at most a few MB. Throws Error(where, ...) if there is none.
toml::table load_toml(const std::string& path, const std::string& where);

/// A value as TOML on one line, as an override may hold it.
std::string toml_text(const toml::node& node);

/// The value of an override as field "v" of a table: as TOML, or as a string if it is not TOML.
toml::table value_of(const Override& override_);

/// Sets the field at the dotted path, making tables on the way; an index selects from an array, the one
/// behind its last element adds a table.
/// Throws Error("--set PATH", ...) where the path leads through something that is neither.
void apply_override(toml::table& root, const Override& override_);

/// If root[key] is a string, puts the table of the file that it names in its place.
void load_reference(toml::table& root, const std::string& key);

/// "file:line:column:key" of a node; "--set key" if an override made it.
std::string place_of(const toml::source_region& source, const std::string& key);

/// `path` as seen from the file that the node stands in.
std::string resolved_path(const std::string& path, const toml::source_region& source);

}  // namespace braid
