// SPDX-License-Identifier: Apache-2.0
#include "validate/trace/trace_bytes.hpp"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <utility>

#include "sim/base/csv.hpp"
#include "sim/base/error.hpp"

namespace braid {
namespace {

constexpr std::size_t kMagic = 16;
constexpr std::size_t kMost = std::size_t{4} << 30;  // what the JSON parser's 32-bit positions reach
constexpr std::size_t kChunk = std::size_t{1} << 20;
constexpr int kGzipWindow = 15 + 16;  // zlib: the largest window, gzip header and trailer

struct EndInflate {
  void operator()(z_stream* stream) const { inflateEnd(stream); }
};

}  // namespace

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

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

std::string inflated(std::string bytes, const std::string& name) {
  if (!is_gzip(bytes)) return bytes;
  z_stream stream{};
  BRAID_CHECK(inflateInit2(&stream, kGzipWindow) == Z_OK, "zlib starts");
  const std::unique_ptr<z_stream, EndInflate> guard(&stream);
  std::string out;
  std::size_t taken = 0;
  bool whole = false;
  while (taken < bytes.size()) {
    if (whole) {  // several members, one behind the other, are one file
      inflateReset(&stream);
      whole = false;
    }
    const std::size_t give = std::min(bytes.size() - taken, kMost / 4);
    stream.next_in = reinterpret_cast<Bytef*>(bytes.data() + taken);
    stream.avail_in = static_cast<uInt>(give);
    while (stream.avail_in > 0 && !whole) {
      const std::size_t had = out.size();
      if (had > kMost) throw Error(name, "is larger than 4 GiB when inflated; record fewer steps");
      out.resize(std::max(had + kChunk, had + had / 2));
      stream.next_out = reinterpret_cast<Bytef*>(out.data() + had);
      const std::size_t room = std::min(out.size() - had, kMost / 4);
      stream.avail_out = static_cast<uInt>(room);
      const int status = inflate(&stream, Z_NO_FLUSH);
      out.resize(had + room - stream.avail_out);
      whole = status == Z_STREAM_END;
      if (!whole && status != Z_OK && status != Z_BUF_ERROR) throw Error(name, "is damaged: its gzip data are wrong");
    }
    taken += give - stream.avail_in;
  }
  if (!whole) throw Error(name, "ends in the middle of its gzip data: it was cut short");
  return out;
}

std::string read_trace_bytes(const std::string& path) {
  // Half a gigabyte is usual: into one allocation, with room for what the JSON parser wants behind the end.
  std::error_code failed;
  const std::uintmax_t size = std::filesystem::file_size(path, failed);
  std::ifstream in(path, std::ios::binary);
  if (failed || !in) return inflated(read_file(path), path);  // a pipe, or an Error that says why
  if (size > kMost) throw Error(path, "is larger than 4 GiB; record fewer steps");
  std::string bytes;
  bytes.reserve(static_cast<std::size_t>(size) + kChunk);
  bytes.resize(static_cast<std::size_t>(size));
  in.read(bytes.data(), static_cast<std::streamsize>(size));
  if (static_cast<std::uintmax_t>(in.gcount()) != size) throw Error(path, "became shorter while it was read");
  return inflated(std::move(bytes), path);
}

}  // namespace braid
