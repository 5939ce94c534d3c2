// SPDX-License-Identifier: Apache-2.0
// gzip files (RFC 1952), whole in memory or piece by piece, by zlib.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
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

/// Unpacks a gzip file of one or more members piece by piece.
class Gunzip {
 public:
  /// Puts the next packed bytes there, at most as many as are asked for; 0 is their end.
  using Packed = std::function<std::size_t(char* to, std::size_t most)>;

  Gunzip(Packed packed, std::string name);
  ~Gunzip();
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  /// The next bytes of the text, at most `most` (positive) of them; 0 is the end. Throws Error(name, ...) as gunzip().
  std::size_t read(char* to, std::size_t most);

 private:
  struct State;
  Packed packed_;
  std::string name_;
  std::unique_ptr<State> state_;
};

}  // namespace braid
