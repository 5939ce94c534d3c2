// SPDX-License-Identifier: Apache-2.0
#include "sim/timeline/hash.hpp"

#include <bit>

namespace braid {
namespace {

/// [FNV] 64-bit offset basis and prime, as published by its authors (RFC 9923).
constexpr std::uint64_t kOffset = 0xcbf29ce484222325u;
constexpr std::uint64_t kPrime = 0x100000001b3u;

class Hash {
 public:
  void add(std::uint64_t word) {
    state_ = (state_ ^ word) * kPrime;
    // A word is mixed as a whole, not byte by byte; bring its high half down or it would never reach the low bits.
    state_ ^= state_ >> 32;
  }
  // 0 and -0 are one time.
  void add(double value) { add(std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value)); }
  void add(const std::string& text) {
    add(static_cast<std::uint64_t>(text.size()));
    for (const char c : text) add(static_cast<std::uint64_t>(static_cast<unsigned char>(c)));
  }
  void add(const OpKey& key) {
    const auto word = [](auto n) { return static_cast<std::uint64_t>(static_cast<std::int64_t>(n)); };
    add(word(key.rank) << 32 | (word(key.index) & 0xffffffffu));
    add(word(key.microbatch) << 48 | (word(key.layer) & 0xffffu) << 32 | (word(key.chunk) & 0xffu) << 16 |
        static_cast<std::uint64_t>(key.kind) << 8 | static_cast<std::uint64_t>(key.unit));
  }
  std::uint64_t state() const { return state_; }

 private:
  std::uint64_t state_ = kOffset;
};

}  // namespace

std::string timeline_hash(const Timeline& timeline) {
  Hash hash;
  hash.add(static_cast<std::uint64_t>(timeline.multiplicity));
  hash.add(timeline.flows);
  hash.add(timeline.lost);
  hash.add(timeline.step_time.value);
  for (const RankTimeline& rank : timeline.ranks) {
    hash.add(static_cast<std::uint64_t>(rank.rank));
    for (const int peer : rank.peers) hash.add(static_cast<std::uint64_t>(peer));
    for (const std::vector<Span>& lane : rank.lanes) {
      hash.add(static_cast<std::uint64_t>(lane.size()));
      for (const Span& span : lane) {
        hash.add(span.key);
        hash.add(span.start.value);
        hash.add(span.end.value);
        hash.add(span.stretch.value);
      }
    }
    for (const Counter& counter : rank.counters) {
      hash.add(counter.name);
      hash.add(static_cast<std::uint64_t>(counter.points.size()));
      for (const auto& [time, value] : counter.points) {
        hash.add(time.value);
        hash.add(value);
      }
    }
  }
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text(16, '0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = kDigits[hash.state() >> (60 - 4 * i) & 15u];
  return text;
}

}  // namespace braid
