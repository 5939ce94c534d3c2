// SPDX-License-Identifier: Apache-2.0
// Places in one block of memory for tensors that come and go in the order in which a rank's ops are issued.
//
// Best fit with coalescing: a tensor takes the start of the smallest stretch of adjacent free places that holds it; if
// there is none, the block grows. A place that a tensor has left is free at once for some and later for others: each
// carries a stamp, and a taker takes places whose stamps are not above its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

namespace braid {

class Arena {
 public:
  static constexpr std::size_t kAlignment = 256;  ///< what cudaMalloc grants and vector loads want

  /// The offset of `bytes` (rounded up to the alignment) in places that are stamped `stamp` or less.
  std::size_t take(std::size_t bytes, std::uint64_t stamp);
  void give_back(std::size_t offset, std::size_t bytes, std::uint64_t stamp);
  std::size_t size() const { return size_; }  ///< of the block, as far as it has grown

 private:
  struct Place {
    std::size_t bytes = 0;
    std::uint64_t stamp = 0;
  };
  std::map<std::size_t, Place> free_;  ///< by offset
  std::size_t size_ = 0;
};

}  // namespace braid
