// SPDX-License-Identifier: Apache-2.0
// Bytes that come piece by piece: of a file, plain or gzip, or of memory. What is read need not fit into memory.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace braid {

class ByteSource {
 public:
  ByteSource() = default;
  virtual ~ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  /// Puts the next bytes there, at most `most` (positive) of them; 0 is the end. Throws Error(name, ...) if they cannot
  /// be read or unpacked.
  virtual std::size_t read(char* to, std::size_t most) = 0;
  /// How much of it was read, 0 to 1; of a gzip file, of its compressed bytes.
  virtual double share() const = 0;
};

/// Borrows the text.
std::unique_ptr<ByteSource> bytes_of_text(std::string_view text);

/// A regular file, unpacked if it is gzip. Throws Error(path, ...) if it cannot be read, is empty, or is no file: pipes
/// and devices are refused, never waited for.
std::unique_ptr<ByteSource> bytes_of_file(const std::string& path);

/// The first bytes of such a file as they lie on disk, at most `most` of them, with the same errors.
std::string first_bytes(const std::string& path, std::size_t most = 16);

/// Whether a database of SQLite begins so.
bool is_sqlite(std::string_view bytes);

}  // namespace braid
