// SPDX-License-Identifier: Apache-2.0
#include "validate/device/peer_clock.hpp"

#include <algorithm>
#include <numeric>

#include "calibrate/cupti/recorder.hpp"
#include "calibrate/device/driver.hpp"

namespace braid::gpu {

PeerClock::PeerClock(std::vector<double> due_s)
    : due_s_(std::move(due_s)), order_(due_s_.size()), place_(due_s_.size()), written_ns_(due_s_.size()) {
  std::iota(order_.begin(), order_.end(), 0u);
  std::stable_sort(order_.begin(), order_.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return due_s_[a] < due_s_[b]; });
  for (std::uint32_t i = 0; i < order_.size(); ++i) place_[order_[i]] = i;
  wait_value_ = reinterpret_cast<void*>(
      driver<PFN_cuStreamWaitValue32_v11070>("cuStreamWaitValue32", 11070, "a replay's absent peers need"));
  void *host = nullptr, *device = nullptr;
  BRAID_CUDA(cudaHostAlloc(&host, sizeof(std::uint32_t), cudaHostAllocMapped));
  const auto status = cudaHostGetDevicePointer(&device, host, 0);
  if (status != cudaSuccess) cudaFreeHost(host);
  BRAID_CUDA(status);
  counter_ = static_cast<volatile std::uint32_t*>(host);
  *counter_ = 0;
  device_counter_ = reinterpret_cast<std::uint64_t>(device);
}

PeerClock::~PeerClock() {
  release_all();
  cudaFreeHost(const_cast<std::uint32_t*>(counter_));
}

void PeerClock::enqueue_wait(std::size_t i, cudaStream_t s) const {
  const auto wait = reinterpret_cast<PFN_cuStreamWaitValue32_v11070>(wait_value_);
  BRAID_DRIVER(wait(s, device_counter_, place_[i] + 1, CU_STREAM_WAIT_VALUE_GEQ), "cuStreamWaitValue32");
}

void PeerClock::reset() {
  stop();
  hurry_ = false;
  *counter_ = 0;
}

void PeerClock::start() {
  stop();
  thread_ = std::thread([this, now = recording_clock_ns()] { run(now); });
}

void PeerClock::run(std::uint64_t from_ns) {
  constexpr std::uint64_t kSpinNs = 200'000;  // a sleep wakes up to tens of microseconds late
  for (std::uint32_t place = 0; place < order_.size(); ++place) {
    const std::uint64_t due = from_ns + static_cast<std::uint64_t>(std::max(0.0, due_s_[order_[place]]) * 1e9);
    for (std::uint64_t now = recording_clock_ns(); now < due && !hurry_; now = recording_clock_ns())
      if (due - now > kSpinNs)
        std::this_thread::sleep_for(std::chrono::nanoseconds(std::min(due - now - kSpinNs, std::uint64_t{5'000'000})));
    // Before the word is there: were this thread to be interrupted in between, streams would seem to go on too early.
    written_ns_[place] = recording_clock_ns();
    *counter_ = place + 1;
  }
}

void PeerClock::stop() {
  hurry_ = true;
  if (thread_.joinable()) thread_.join();
  hurry_ = false;
}

std::vector<std::uint64_t> PeerClock::times_ns() {
  if (thread_.joinable()) thread_.join();
  std::vector<std::uint64_t> times(place_.size());
  for (std::size_t i = 0; i < times.size(); ++i) times[i] = written_ns_[place_[i]];
  return times;
}

void PeerClock::release_all() {
  stop();
  *counter_ = static_cast<std::uint32_t>(order_.size());
}

}  // namespace braid::gpu
