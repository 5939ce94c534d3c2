// SPDX-License-Identifier: Apache-2.0
// gzip files (RFC 1952) whole in memory, by zlib.
#pragma once

#include <string>
#include <string_view>

namespace braid {

/// The same text gives the same bytes: no name and no time of the file within.
std::string gzip(std::string_view text);

/// The text of a gzip file of one or more members. Throws Error(name, ...) if the bytes are none, end early or are
/// damaged, or if the text has more than 1 GiB.
std::string gunzip(std::string_view bytes, const std::string& name);

}  // namespace braid
