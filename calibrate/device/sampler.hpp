// SPDX-License-Identifier: Apache-2.0
// How long one op takes on the whole GPU: warm and sustained, and cold and alone.
//
// `sustained`: the op runs back to back out of a CUDA graph of `launches` launches with rotating operands, after a
// soak, so that clocks and power settle as they do inside a training step; one sample = one replay / launches, timed by
// events at the replay's two ends. `cold`: L2 is overwritten, then one launch between two events; holds the event
// pair's own cost (see the launch table). The SM clock is read on the device: cycles over nanoseconds between two
// stamps around each sample, taken on every SM. With part of the SMs idle their clocks differ, and the median is not
// that of the busy ones.
#pragma once

#include <cuda_runtime.h>

#include <functional>
#include <memory>
#include <vector>

#include "calibrate/device/buffer.hpp"
#include "calibrate/device/nvml.hpp"
#include "calibrate/device/partition.hpp"
#include "calibrate/device/stream.hpp"
#include "calibrate/method/samples.hpp"
#include "calibrate/method/stop_rule.hpp"

namespace braid::gpu {

/// Enqueues one run of the op on a stream; `set` picks the operand slice (0, 1, 2, ...). Must be capturable into a CUDA
/// graph.
using Enqueue = std::function<void(cudaStream_t stream, int set)>;

struct SampleOptions {
  double soak_ms = 20;   ///< sustained running before the first sample
  StopRule rule{};       ///< when the sustained part has samples enough
  int cold_samples = 9;  ///< 0 leaves the cold part out
  std::function<void(cudaStream_t)> soak_with =
      nullptr;              ///< runs for soak_ms instead of the op: the mix whose power state is wanted
  double soak_with_ms = 0;  ///< how long one such run takes
  double batch_us = 1000;   ///< aimed length of one sample
  int max_batch = 200;
};

/// Times of a compute-bound op scale with the SM clock, which wanders by +-10 % under a power cap; its cycles do not.
/// Samples during which the driver reported throttling (kThrottled) are counted and nowhere else.
struct Timing {
  Stats sustained_us, cold_us;
  Stats kcycles;  ///< of the sustained samples: microseconds times MHz over 1000
  int batch = 0;
  int throttled = 0;                         ///< samples dropped, sustained and cold
  double clock_mhz = 0, cold_clock_mhz = 0;  ///< medians over the samples; 0 when unknown
  GpuState after;                            ///< NVML right after the sustained samples
};

/// Reads the SM clock between two points of a stream, on every SM that is free at both.
class ClockStamps {
 public:
  explicit ClockStamps(int slots);
  void stamp(cudaStream_t, int slot);
  /// Copies the stamps of the first `slots` slots (-1: of all) to the host; call after the stream was synchronised,
  /// before `mhz`.
  void fetch(int slots = -1);
  /// Median MHz over the SMs stamped in both slots; 0 when there is none.
  double mhz(int from, int to) const;

 private:
  static constexpr int kSms = 256;
  struct Stamp {
    unsigned long long cycles, ns;  // ns 0: this SM was not reached
  };
  DeviceBuffer device_;
  std::vector<Stamp> host_;
};

class Sampler {
 public:
  /// On the whole GPU, or on a partition of `sms` SMs of it. Throws Error when there is no such partition.
  explicit Sampler(const Nvml& nvml, int sms = 0);
  ~Sampler();
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;
  Timing measure(const Enqueue& op, const SampleOptions& options = {});
  /// Measures several ops in turns, at least `rounds` times over, and joins the samples of each: spreads every op over
  /// the wandering of the clock. An op drops out when it has samples enough.
  std::vector<Timing> measure_in_turns(const std::vector<Enqueue>& ops, const SampleOptions& options, int rounds);
  /// Median microseconds of `repeats` single warm launches after one untimed launch; for choosing between variants.
  double quick_us(const Enqueue& op, int repeats = 3);
  cudaStream_t stream() const { return stream_; }
  int sms() const { return partition_ ? static_cast<int>(partition_->sms()) : 0; }  ///< as granted; 0: the whole GPU
  void flush_l2();

 private:
  struct Run;
  void prepare(Run&, const SampleOptions&);
  void soak(const Run&, const SampleOptions&);
  void take(Run&, int count);
  void judge(Run&) const;
  std::vector<Sample> collect(int count, int launches);
  template <class Body>
  void around(int slot, Body body);
  NvmlWatch watch_;
  std::unique_ptr<Partitions> partition_;
  Stream own_stream_;
  cudaStream_t stream_;
  std::vector<Event> events_;
  ClockStamps stamps_;
  DeviceBuffer flush_;
};

/// Captures `launches` runs of the op (sets first, first+1, ...) into a graph ready to launch. The caller destroys it.
cudaGraphExec_t capture(const Enqueue& op, cudaStream_t stream, int launches, int first = 0);

}  // namespace braid::gpu
