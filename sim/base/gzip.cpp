// SPDX-License-Identifier: Apache-2.0
#include "sim/base/gzip.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <array>

#include "sim/base/error.hpp"

namespace braid {
namespace {

constexpr int kGzip = 15 + 16;             ///< zlib: the largest window, and a gzip header in place of its own
constexpr std::size_t kMostAtOnce = kGiB;  ///< zlib counts in 32 bits

Bytef* bytes_of(std::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // zlib's next_in is not const, yet not written to
}

struct Inflater {
  Inflater() { BRAID_CHECK(inflateInit2(&stream, kGzip) == Z_OK, "zlib has memory for a stream"); }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  z_stream stream{};
};

}  // namespace

std::string gzip(std::string_view text) {
  z_stream stream{};
  BRAID_CHECK(text.size() <= kMostAtOnce, "the text is short enough to be compressed at once");
  BRAID_CHECK(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) == Z_OK,
              "zlib has memory for a stream");
  std::string out(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = bytes_of(text);
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = bytes_of(out);
  stream.avail_out = static_cast<uInt>(out.size());
  const int ended = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  BRAID_CHECK(ended == Z_STREAM_END, "deflateBound() bytes are enough");
  return out;
}

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

std::string gunzip(std::string_view bytes, const std::string& name, std::size_t most) {
  Inflater inflater;
  z_stream& stream = inflater.stream;
  std::string text;
  std::array<char, 1 << 16> piece;
  bool in_a_member = true;
  while (in_a_member || stream.avail_in > 0 || !bytes.empty()) {
    if (!in_a_member) {
      inflateReset(&stream);
      in_a_member = true;
    }
    if (stream.avail_in == 0) {
      const std::string_view next = bytes.substr(0, kMostAtOnce);
      stream.next_in = bytes_of(next);
      stream.avail_in = static_cast<uInt>(next.size());
      bytes.remove_prefix(next.size());
    }
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    const int result = inflate(&stream, Z_NO_FLUSH);
    text.append(piece.data(), piece.size() - stream.avail_out);
    if (text.size() > most) {
      throw Error(name, fmt::format("unpacks to more than {:.3g} GiB", static_cast<double>(most) / kGiB));
    }
    if (result == Z_STREAM_END) {
      in_a_member = false;
    } else if (stream.avail_in == 0 && stream.avail_out > 0 && bytes.empty() &&
               (result == Z_OK || result == Z_BUF_ERROR)) {
      throw Error(name, "ends in the middle: the file was cut");
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      throw Error(name, text.empty() ? "is not a gzip file" : "is damaged: its check sum or its contents are wrong");
    }
  }
  return text;
}

}  // namespace braid
