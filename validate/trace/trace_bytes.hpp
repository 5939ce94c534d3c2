// SPDX-License-Identifier: Apache-2.0
// The bytes of a trace file, whether compressed or not.
#pragma once

#include <string>
#include <string_view>

namespace braid {

bool is_sqlite(std::string_view bytes);

/// The first bytes of a file, enough to tell what it is. Throws Error if it cannot be read or is empty.
std::string first_bytes(const std::string& path);

/// All of it, inflated if it is gzip. Throws Error(path, ...) if it cannot be read or the compressed data are damaged,
/// cut short, or larger than 4 GiB inflated.
std::string read_trace_bytes(const std::string& path);

}  // namespace braid
