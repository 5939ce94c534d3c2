// SPDX-License-Identifier: Apache-2.0
#include "calibrate/device/sampler.hpp"

#include <algorithm>
#include <cmath>

#include "calibrate/device/check.hpp"

namespace braid::gpu {
namespace {

constexpr int kSlots = 64;  // samples between two looks at them

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
  cudaFuncAttributes loaded{};  // a first launch loads the kernel, which may wait for a gate
  BRAID_CUDA(cudaFuncGetAttributes(&loaded, stamp_kernel));
  BRAID_CUDA(cudaDeviceSynchronize());  // streams that do not wait for the default one stamp next
}
void ClockStamps::stamp(cudaStream_t s, int slot) {
  stamp_kernel<<<kSms, 1, 0, s>>>(device_.as<ulonglong2>() + slot * kSms);
  BRAID_CUDA(cudaGetLastError());
}
void ClockStamps::fetch(int slots) {
  const std::size_t n = slots < 0 ? host_.size() : static_cast<std::size_t>(slots) * kSms;
  BRAID_CUDA(cudaMemcpy(host_.data(), device_.as<>(), n * sizeof(Stamp), cudaMemcpyDeviceToHost));
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

/// One op while it is measured.
struct Sampler::Run {
  explicit Run(const Enqueue& o) : op(o) {}
  ~Run() {
    if (graph) cudaGraphExecDestroy(graph);
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  const Enqueue& op;
  cudaGraphExec_t graph{};
  int batch = 0;
  double batch_s = 0, sampled_s = 0;
  bool done = false;
  std::vector<Sample> cold, sustained;
  Timing timing;
};

Sampler::Sampler(const Nvml& nvml, int sms)
    : watch_(nvml),
      partition_(sms ? std::make_unique<Partitions>(1, static_cast<unsigned>(sms)) : nullptr),
      stream_(partition_ ? partition_->stream(0) : own_stream_),
      events_(2 * kSlots),
      stamps_(2 * kSlots) {
  int l2 = 0;
  BRAID_CUDA(cudaDeviceGetAttribute(&l2, cudaDevAttrL2CacheSize, 0));
  flush_ = DeviceBuffer(2 * static_cast<std::size_t>(l2));
}
Sampler::~Sampler() = default;
void Sampler::flush_l2() { BRAID_CUDA(cudaMemsetAsync(flush_.as<>(), 1, flush_.bytes(), stream_)); }

cudaGraphExec_t capture(const Enqueue& op, cudaStream_t stream, int launches, int first) {
  cudaGraph_t graph{};
  cudaGraphExec_t exec{};
  BRAID_CUDA(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
  try {
    for (int i = 0; i < launches; ++i) op(stream, first + i);
  } catch (...) {  // a stream left in capture would fail every sweep that follows
    cudaStreamEndCapture(stream, &graph);
    if (graph) cudaGraphDestroy(graph);
    cudaGetLastError();
    throw;
  }
  BRAID_CUDA(cudaStreamEndCapture(stream, &graph));
  const auto status = cudaGraphInstantiate(&exec, graph, 0);
  cudaGraphDestroy(graph);
  BRAID_CUDA(status);
  return exec;
}

double Sampler::quick_us(const Enqueue& op, int repeats) {
  op(stream_, 0);
  std::vector<double> t;
  const auto n = static_cast<std::size_t>(std::clamp(repeats, 1, kSlots));
  for (std::size_t i = 0; i < n; ++i) {
    BRAID_CUDA(cudaEventRecord(events_[2 * i], stream_));
    op(stream_, static_cast<int>(i) + 1);
    BRAID_CUDA(cudaEventRecord(events_[2 * i + 1], stream_));
  }
  BRAID_CUDA(cudaStreamSynchronize(stream_));
  for (std::size_t i = 0; i < n; ++i) t.push_back(elapsed_us(events_[2 * i], events_[2 * i + 1]));
  return stats(t).median;
}

template <class Body>
void Sampler::around(int slot, Body body) {
  const auto i = static_cast<std::size_t>(2 * slot);
  stamps_.stamp(stream_, 2 * slot);
  BRAID_CUDA(cudaEventRecord(events_[i], stream_));
  body();
  BRAID_CUDA(cudaEventRecord(events_[i + 1], stream_));
  stamps_.stamp(stream_, 2 * slot + 1);
}

std::vector<Sample> Sampler::collect(int count, int launches) {
  BRAID_CUDA(cudaStreamSynchronize(stream_));
  const double end = NvmlWatch::now();
  stamps_.fetch(2 * count);
  std::vector<Sample> r;
  const auto& last = events_[static_cast<std::size_t>(2 * count - 1)];
  for (int i = 0; i < count; ++i) {
    const auto &from = events_[static_cast<std::size_t>(2 * i)], &to = events_[static_cast<std::size_t>(2 * i + 1)];
    r.push_back({.us = elapsed_us(from, to) / launches,
                 .mhz = stamps_.mhz(2 * i, 2 * i + 1),
                 .from_s = end - elapsed_us(from, last) / 1e6,
                 .to_s = end - elapsed_us(to, last) / 1e6});
  }
  return r;
}

void Sampler::prepare(Run& r, const SampleOptions& o) {
  const double once = std::max(1.0, quick_us(r.op));
  r.batch = std::clamp(static_cast<int>(std::lround(o.batch_us / once)), 1, o.max_batch);
  r.batch_s = r.batch * once / 1e6;
  if (const int cold = std::min(o.cold_samples, kSlots); cold > 0) {
    for (int i = 0; i < cold; ++i) {
      flush_l2();
      around(i, [&] { r.op(stream_, i); });
    }
    r.cold = collect(cold, 1);
  }
  r.graph = capture(r.op, stream_, r.batch);
}

void Sampler::soak(const Run& r, const SampleOptions& o) {
  if (o.soak_with) {
    for (double t = 0; t < o.soak_ms; t += o.soak_with_ms) o.soak_with(stream_);
    BRAID_CUDA(cudaGraphLaunch(r.graph, stream_));
  } else {
    for (double t = 0; t < o.soak_ms; t += r.batch_s * 1e3) BRAID_CUDA(cudaGraphLaunch(r.graph, stream_));
  }
}

void Sampler::take(Run& r, int count) {
  for (int i = 0; i < count; ++i) around(i, [&] { BRAID_CUDA(cudaGraphLaunch(r.graph, stream_)); });
  for (const Sample& s : collect(count, r.batch)) {
    r.sustained.push_back(s);
    r.sampled_s += s.us * r.batch / 1e6;
  }
}

void Sampler::judge(Run& r) const {
  const Judged cold = braid::judge(r.cold, watch_.log()), sustained = braid::judge(r.sustained, watch_.log());
  r.timing.sustained_us = sustained.us, r.timing.kcycles = sustained.kcycles, r.timing.clock_mhz = sustained.clock_mhz;
  r.timing.cold_us = cold.us, r.timing.cold_clock_mhz = cold.clock_mhz;
  r.timing.batch = r.batch, r.timing.throttled = cold.throttled + sustained.throttled;
}

Timing Sampler::measure(const Enqueue& op, const SampleOptions& options) {
  return measure_in_turns({op}, options, 1).front();
}

std::vector<Timing> Sampler::measure_in_turns(const std::vector<Enqueue>& ops, const SampleOptions& o, int rounds) {
  std::vector<std::unique_ptr<Run>> runs;
  // Cold first: it idles between launches and lets the clock recover.
  for (const auto& op : ops) {
    runs.push_back(std::make_unique<Run>(op));
    prepare(*runs.back(), o);
  }
  const auto enough = [&](const Run& r) { return o.rule.enough(r.timing.sustained_us, r.batch_s, r.sampled_s); };
  for (std::size_t left = runs.size(), round = 1; left > 0; ++round)
    for (auto& run : runs) {
      Run& r = *run;
      if (r.done) continue;
      // Alone, the op soaked itself with the samples before.
      if (round == 1 || runs.size() > 1) soak(r, o);
      take(r, std::clamp((o.rule.at_least(r.batch_s) + rounds - 1) / rounds, 1, kSlots));
      judge(r);
      if (static_cast<int>(round) < rounds || !enough(r)) continue;
      // The last samples are judged by a reading after them, too; only now, because reading idles the GPU.
      r.timing.after = watch_.read();
      judge(r);
      if (!enough(r)) continue;
      r.done = true;
      --left;
    }
  std::vector<Timing> t;
  for (const auto& r : runs) t.push_back(r->timing);
  return t;
}

}  // namespace braid::gpu
