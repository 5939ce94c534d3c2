// SPDX-License-Identifier: Apache-2.0
// Streams and events with an owner, so that a failure half-way releases what was taken.
#pragma once

#include <cuda_runtime.h>

#include <utility>

namespace braid::gpu {

/// A stream that does not wait for the default one. Throws Error when the device has none to give.
class Stream {
 public:
  enum class Priority { normal, highest };
  explicit Stream(Priority = Priority::normal);
  ~Stream();
  Stream(Stream&& o) noexcept : s_(std::exchange(o.s_, nullptr)) {}
  Stream& operator=(Stream&& o) noexcept {
    std::swap(s_, o.s_);
    return *this;
  }
  operator cudaStream_t() const { return s_; }

 private:
  cudaStream_t s_{};
};

/// An event; an untimed one orders work at less cost.
class Event {
 public:
  enum class Kind { timed, untimed };
  explicit Event(Kind = Kind::timed);
  ~Event();
  Event(Event&& o) noexcept : e_(std::exchange(o.e_, nullptr)) {}
  Event& operator=(Event&& o) noexcept {
    std::swap(e_, o.e_);
    return *this;
  }
  operator cudaEvent_t() const { return e_; }
  /// Whether all work before its record is done. Throws Error when that work failed.
  bool happened() const;

 private:
  cudaEvent_t e_{};
};

/// Microseconds between two timed events that have both happened.
double elapsed_us(const Event& from, const Event& to);

}  // namespace braid::gpu
