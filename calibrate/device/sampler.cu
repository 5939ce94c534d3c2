// SPDX-License-Identifier: Apache-2.0
#include "calibrate/device/sampler.hpp"

#include <algorithm>
#include <cmath>

#include "calibrate/device/check.hpp"

namespace braid::gpu {
namespace {

constexpr int kMaxSamples = 64;

// Several blocks per SM, so that every free SM gets one; the last to write wins, which is as good as the first.
__global__ void stamp_kernel(ulonglong2* out) {
  unsigned long long ns;
  unsigned sm;
  asm volatile("mov.u64 %0, %globaltimer;" : "=l"(ns));
  asm volatile("mov.u32 %0, %smid;" : "=r"(sm));
  out[sm] = make_ulonglong2(clock64(), ns);
}

}  // namespace

ClockStamps::ClockStamps(int slots)
    : device_(static_cast<std::size_t>(slots) * kSms * sizeof(Stamp)), host_(static_cast<std::size_t>(slots) * kSms) {
  BRAID_CUDA(cudaMemset(device_.as<>(), 0, device_.bytes()));
}
void ClockStamps::stamp(cudaStream_t s, int slot) {
  stamp_kernel<<<kSms, 1, 0, s>>>(device_.as<ulonglong2>() + slot * kSms);
  BRAID_CUDA(cudaGetLastError());
}
void ClockStamps::fetch() {
  BRAID_CUDA(cudaMemcpy(host_.data(), device_.as<>(), host_.size() * sizeof(Stamp), cudaMemcpyDeviceToHost));
}
double ClockStamps::mhz(int from, int to) const {
  std::vector<double> v;
  for (int sm = 0; sm < kSms; ++sm) {
    const auto &a = host_[static_cast<std::size_t>(from * kSms + sm)],
               &b = host_[static_cast<std::size_t>(to * kSms + sm)];
    if (a.ns && b.ns > a.ns)
      v.push_back(1e3 * static_cast<double>(b.cycles - a.cycles) / static_cast<double>(b.ns - a.ns));
  }
  return stats(v).median;
}

Sampler::Sampler(const Nvml& nvml) : nvml_(nvml), events_(2 * kMaxSamples), stamps_(2 * kMaxSamples) {
  BRAID_CUDA(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking));
  for (auto& e : events_) BRAID_CUDA(cudaEventCreate(&e));
  int l2 = 0;
  BRAID_CUDA(cudaDeviceGetAttribute(&l2, cudaDevAttrL2CacheSize, 0));
  flush_ = DeviceBuffer(2 * static_cast<std::size_t>(l2));
}
Sampler::~Sampler() {
  for (auto& e : events_) cudaEventDestroy(e);
  cudaStreamDestroy(stream_);
}
void Sampler::flush_l2() { BRAID_CUDA(cudaMemsetAsync(flush_.as<>(), 1, flush_.bytes(), stream_)); }

cudaGraphExec_t capture(const Enqueue& op, cudaStream_t stream, int launches, int first) {
  cudaGraph_t graph{};
  cudaGraphExec_t exec{};
  BRAID_CUDA(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
  for (int i = 0; i < launches; ++i) op(stream, first + i);
  BRAID_CUDA(cudaStreamEndCapture(stream, &graph));
  BRAID_CUDA(cudaGraphInstantiate(&exec, graph, 0));
  BRAID_CUDA(cudaGraphDestroy(graph));
  return exec;
}

double Sampler::quick_us(const Enqueue& op, int repeats) {
  op(stream_, 0);
  std::vector<double> t;
  for (int i = 0; i < repeats; ++i) {
    BRAID_CUDA(cudaEventRecord(events_[2 * i], stream_));
    op(stream_, i + 1);
    BRAID_CUDA(cudaEventRecord(events_[2 * i + 1], stream_));
  }
  BRAID_CUDA(cudaStreamSynchronize(stream_));
  for (int i = 0; i < repeats; ++i) {
    float ms = 0;
    BRAID_CUDA(cudaEventElapsedTime(&ms, events_[2 * i], events_[2 * i + 1]));
    t.push_back(ms * 1e3);
  }
  return stats(t).median;
}

Timing Sampler::Samples::timing() const {
  return {.sustained_us = stats(us),
          .cold_us = stats(cold_us),
          .kcycles = stats(kcycles),
          .batch = batch,
          .clock_mhz = stats(mhz).median,
          .cold_clock_mhz = stats(cold_mhz).median,
          .after = after};
}

Timing Sampler::measure(const Enqueue& op, const SampleOptions& o) {
  Samples s;
  sample(op, o, s);
  return s.timing();
}

std::vector<Timing> Sampler::measure_in_turns(const std::vector<Enqueue>& ops, const SampleOptions& options,
                                              int rounds) {
  std::vector<Samples> all(ops.size());
  auto o = options;
  for (int r = 0; r < rounds; ++r) {
    for (std::size_t i = 0; i < ops.size(); ++i) sample(ops[i], o, all[i]);
    o.cold_samples = 0;  // cold once: it idles between launches and lets the clock recover
  }
  std::vector<Timing> t;
  for (const auto& s : all) t.push_back(s.timing());
  return t;
}

void Sampler::sample(const Enqueue& op, const SampleOptions& o, Samples& r) {
  const double once = std::max(1.0, quick_us(op));
  r.batch = std::clamp(static_cast<int>(std::lround(o.batch_us / once)), 1, o.max_batch);
  const double batch_ms = r.batch * once / 1e3;
  const int n =
      std::clamp(static_cast<int>(o.sample_ms / batch_ms), o.min_samples, std::min(o.max_samples, kMaxSamples));
  const int cold = std::min(o.cold_samples, kMaxSamples);
  const auto around = [&](int i, auto body) {
    stamps_.stamp(stream_, 2 * i);
    BRAID_CUDA(cudaEventRecord(events_[static_cast<std::size_t>(2 * i)], stream_));
    body();
    BRAID_CUDA(cudaEventRecord(events_[static_cast<std::size_t>(2 * i + 1)], stream_));
    stamps_.stamp(stream_, 2 * i + 1);
  };
  const auto collect = [&](int count, double per, std::vector<double>& us, std::vector<double>& mhz,
                           std::vector<double>* kcycles) {
    stamps_.fetch();
    for (int i = 0; i < count; ++i) {
      float ms = 0;
      BRAID_CUDA(cudaEventElapsedTime(&ms, events_[static_cast<std::size_t>(2 * i)],
                                      events_[static_cast<std::size_t>(2 * i + 1)]));
      us.push_back(ms * 1e3 / per);
      const double m = stamps_.mhz(2 * i, 2 * i + 1);
      if (m > 0) mhz.push_back(m);
      if (m > 0 && kcycles) kcycles->push_back(us.back() * m / 1e3);
    }
  };
  if (cold) {  // first, so that the sustained part is not interrupted
    for (int i = 0; i < cold; ++i) {
      flush_l2();
      around(i, [&] { op(stream_, i); });
    }
    BRAID_CUDA(cudaStreamSynchronize(stream_));
    collect(cold, 1, r.cold_us, r.cold_mhz, nullptr);
  }
  cudaGraphExec_t graph = capture(op, stream_, r.batch);
  if (o.soak_with) {
    for (double t = 0; t < o.soak_ms; t += o.soak_with_ms) o.soak_with(stream_);
    BRAID_CUDA(cudaGraphLaunch(graph, stream_));
  } else {
    for (double t = 0; t < o.soak_ms; t += batch_ms) BRAID_CUDA(cudaGraphLaunch(graph, stream_));
  }
  for (int i = 0; i < n; ++i) around(i, [&] { BRAID_CUDA(cudaGraphLaunch(graph, stream_)); });
  BRAID_CUDA(cudaStreamSynchronize(stream_));
  r.after = nvml_.state();
  collect(n, r.batch, r.us, r.mhz, &r.kcycles);
  BRAID_CUDA(cudaGraphExecDestroy(graph));
}

}  // namespace braid::gpu
