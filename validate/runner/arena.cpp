// SPDX-License-Identifier: Apache-2.0
#include "validate/runner/arena.hpp"

#include <limits>

#include "sim/base/error.hpp"

namespace braid {
namespace {

std::size_t rounded(std::size_t bytes) {
  return (bytes + Arena::kAlignment - 1) / Arena::kAlignment * Arena::kAlignment;
}

}  // namespace

std::size_t Arena::take(std::size_t bytes, std::uint64_t stamp) {
  bytes = rounded(bytes);
  std::size_t best = size_, best_bytes = std::numeric_limits<std::size_t>::max();
  std::size_t begin = 0, end = 0;  // of the stretch under way
  const auto consider = [&] {
    if (end - begin >= bytes && end - begin < best_bytes) best = begin, best_bytes = end - begin;
  };
  for (const auto& [offset, place] : free_) {
    if (place.stamp > stamp || offset != end) {
      consider();
      begin = end = offset;
    }
    if (place.stamp <= stamp) end = offset + place.bytes;
  }
  consider();
  // Nothing fits: the block grows, from the free stretch at its end if there is one.
  if (best == size_ && end == size_) best = begin;
  const std::size_t until = best + bytes;
  for (auto at = free_.lower_bound(best); at != free_.end() && at->first < until; at = free_.erase(at)) {
    const std::size_t left = at->first + at->second.bytes;
    if (left > until) free_[until] = {.bytes = left - until, .stamp = at->second.stamp};
  }
  if (until > size_) size_ = until;
  return best;
}

void Arena::give_back(std::size_t offset, std::size_t bytes, std::uint64_t stamp) {
  bytes = rounded(bytes);
  BRAID_CHECK(offset + bytes <= size_ && (bytes == 0 || !free_.contains(offset)), "a place is given back once");
  if (bytes > 0) free_[offset] = {.bytes = bytes, .stamp = stamp};
}

}  // namespace braid
