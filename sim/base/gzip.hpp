// SPDX-License-Identifier: Apache-2.0
// gzip files (RFC 1952) whole in memory, by zlib.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace braid {

/// The same text gives the same bytes: no name and no time of the file within.
std::string gzip(std::string_view text);

bool is_gzip(std::string_view bytes);

inline constexpr std::size_t kGiB = std::size_t{1} << 30;

/// The text of a gzip file of one or more members. Throws Error(name, ...) if the bytes are none, end early or are
/// damaged, or if the text has more than `most` bytes: a few kilobytes can hold terabytes.
std::string gunzip(std::string_view bytes, const std::string& name, std::size_t most = kGiB);

}  // namespace braid
