// SPDX-License-Identifier: Apache-2.0
// Run files kept of JSON traces, so that one is parsed once: a folder of them, each named by the path, the size and the
// time of what it was made from. A trace that changes has another name; what is no longer used is removed in time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "sim/timeline/run_file.hpp"

namespace braid {

inline constexpr std::uintmax_t kMostCacheBytes = std::uintmax_t{8} << 30;

/// Where the run of this file would be kept. Throws Error(path, ...) if there is no such file.
std::string cached_path(const std::string& path, const std::string& folder);

/// The run kept there, or nothing. One that is damaged, or of another version, is removed.
std::optional<RunFile> open_cached(const std::string& cached);

/// Keeps it, whole or not at all, and removes the runs that were not used for the longest time until at most `most`
/// bytes are left; this one stays. A cache that cannot be written to is no fault: the answer is whether it was kept.
/// `go_on` as for ColumnWriter::write().
bool keep_cached(const RunView& run, const std::string& cached, const std::function<bool()>& go_on = {},
                 std::uintmax_t most = kMostCacheBytes);

}  // namespace braid
