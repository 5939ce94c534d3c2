// SPDX-License-Identifier: Apache-2.0
#include "validate/trace/trace_bytes.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "sim/base/csv.hpp"
#include "sim/base/error.hpp"
#include "sim/base/gzip.hpp"

namespace braid {
namespace {

constexpr std::size_t kMagic = 16;
constexpr std::size_t kMost = 4 * kGiB;  // what the JSON parser's 32-bit positions reach
constexpr std::size_t kChunk = std::size_t{1} << 20;

/// As it is, or unpacked.
std::string unpacked(std::string bytes, const std::string& name) {
  return is_gzip(bytes) ? gunzip(bytes, name, kMost) : std::move(bytes);
}

}  // namespace

bool is_sqlite(std::string_view bytes) { return bytes.starts_with(std::string_view("SQLite format 3\0", kMagic)); }

std::string first_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes(kMagic, '\0');
  if (in) in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (in.bad() || !in.is_open()) throw Error(path, std::string("cannot be read: ") + std::strerror(errno));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  if (bytes.empty()) throw Error(path, "is empty, or a folder");
  return bytes;
}

std::string read_trace_bytes(const std::string& path) {
  // Half a gigabyte is usual: into one allocation, with room for what the JSON parser wants behind the end.
  std::error_code failed;
  const std::uintmax_t size = std::filesystem::file_size(path, failed);
  std::ifstream in(path, std::ios::binary);
  if (failed || !in) return unpacked(read_file(path), path);  // a pipe, or an Error that says why
  if (size > kMost) throw Error(path, "is larger than 4 GiB; record fewer steps");
  std::string bytes;
  bytes.reserve(static_cast<std::size_t>(size) + kChunk);
  bytes.resize(static_cast<std::size_t>(size));
  in.read(bytes.data(), static_cast<std::streamsize>(size));
  if (static_cast<std::uintmax_t>(in.gcount()) != size) throw Error(path, "became shorter while it was read");
  return unpacked(std::move(bytes), path);
}

}  // namespace braid
