// SPDX-License-Identifier: Apache-2.0
// Device memory with an owner, and random data to put in it. Zeros and constants are never timed: they draw less power
// and run faster.
#pragma once

#include <cuda_bf16.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace braid::gpu {

using Bf16 = __nv_bfloat16;

/// An allocation of device memory, freed with its owner. Throws Error when the device has too little.
class DeviceBuffer {
 public:
  DeviceBuffer() = default;
  explicit DeviceBuffer(std::size_t bytes);
  ~DeviceBuffer();
  DeviceBuffer(DeviceBuffer&& o) noexcept : p_(std::exchange(o.p_, nullptr)), bytes_(std::exchange(o.bytes_, 0)) {}
  DeviceBuffer& operator=(DeviceBuffer&& o) noexcept {
    std::swap(p_, o.p_);
    std::swap(bytes_, o.bytes_);
    return *this;
  }
  template <class T = void>
  T* as(std::size_t byte_offset = 0) const {
    return reinterpret_cast<T*>(static_cast<char*>(p_) + byte_offset);
  }
  std::size_t bytes() const { return bytes_; }

 private:
  void* p_ = nullptr;
  std::size_t bytes_ = 0;
};

/// Fills `n` elements with normal values of the given deviation, from a counter-based generator; asynchronous on the
/// default stream.
void fill_normal(Bf16* p, std::size_t n, float deviation, std::uint32_t seed);
void fill_normal(float* p, std::size_t n, float deviation, std::uint32_t seed);
/// Fills `n` elements with uniform integers in [0, limit).
void fill_uniform(int* p, std::size_t n, int limit, std::uint32_t seed);

/// Every `stride`-th element from `p`, `n` of them, on the host. Synchronises the device.
std::vector<Bf16> read_strided(const Bf16* p, std::size_t stride, std::size_t n);

/// A pool of random operands from which disjoint slices are taken in turn, so that repeated runs do not find their
/// inputs in L2.
class OperandPool {
 public:
  OperandPool(std::size_t bytes, float deviation, std::uint32_t seed);
  /// Slice number `set` of `bytes` bytes, 256-byte aligned; slices wrap around. Throws Error when `bytes` exceeds
  /// the pool.
  Bf16* slice(std::size_t bytes, int set) const;
  std::size_t bytes() const { return buffer_.bytes(); }

 private:
  DeviceBuffer buffer_;
};

}  // namespace braid::gpu
