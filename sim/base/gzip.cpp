// SPDX-License-Identifier: Apache-2.0
#include "sim/base/gzip.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <utility>

#include "sim/base/error.hpp"

namespace braid {
namespace {

constexpr int kGzip = 15 + 16;             ///< zlib: the largest window, and a gzip header in place of its own
constexpr std::size_t kMostAtOnce = kGiB;  ///< zlib counts in 32 bits

Bytef* bytes_of(std::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // zlib's next_in is not const, yet not written to
}

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

struct Gunzip::State {
  State() { BRAID_CHECK(inflateInit2(&stream, kGzip) == Z_OK, "zlib has memory for a stream"); }
  ~State() { inflateEnd(&stream); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  z_stream stream{};
  std::array<char, 1 << 16> packed;
  bool in_a_member = true;
  bool all_packed = false;  ///< there is nothing behind `packed`
  bool begun = false;       ///< something was unpacked
};

Gunzip::Gunzip(Packed packed, std::string name)
    : packed_(std::move(packed)), name_(std::move(name)), state_(std::make_unique<State>()) {}
Gunzip::~Gunzip() = default;

std::size_t Gunzip::read(char* to, std::size_t most) {
  State& state = *state_;
  z_stream& stream = state.stream;
  most = std::min(most, kMostAtOnce);
  for (;;) {
    if (stream.avail_in == 0 && !state.all_packed) {
      const std::size_t count = packed_(state.packed.data(), state.packed.size());
      stream.next_in = reinterpret_cast<Bytef*>(state.packed.data());
      stream.avail_in = static_cast<uInt>(count);
      state.all_packed = count == 0;
    }
    if (!state.in_a_member) {
      if (stream.avail_in == 0) return 0;
      inflateReset(&stream);
      state.in_a_member = true;
    }
    stream.next_out = reinterpret_cast<Bytef*>(to);
    stream.avail_out = static_cast<uInt>(most);
    const int result = inflate(&stream, Z_NO_FLUSH);
    const std::size_t count = most - stream.avail_out;
    state.begun = state.begun || count > 0;
    if (result == Z_STREAM_END) {
      state.in_a_member = false;
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      throw Error(name_, state.begun ? "is damaged: its check sum or its contents are wrong" : "is not a gzip file");
    } else if (count == 0 && state.all_packed) {
      throw Error(name_, "ends in the middle: the file was cut");
    }
    if (count > 0) return count;
  }
}

std::string gunzip(std::string_view bytes, const std::string& name, std::size_t most) {
  Gunzip unpacker(
      [&](char* to, std::size_t wanted) {
        const std::size_t count = bytes.copy(to, wanted);
        bytes.remove_prefix(count);
        return count;
      },
      name);
  std::string text;
  std::array<char, 1 << 16> piece;
  while (const std::size_t count = unpacker.read(piece.data(), piece.size())) {
    text.append(piece.data(), count);
    if (text.size() > most) {
      throw Error(name, fmt::format("unpacks to more than {:.3g} GiB", static_cast<double>(most) / kGiB));
    }
  }
  return text;
}

}  // namespace braid
