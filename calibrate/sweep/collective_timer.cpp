// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "calibrate/comm/idle_within.hpp"
#include "calibrate/comm/on_device.hpp"
#include "calibrate/sweep/collective_timer.hpp"

namespace braid::gpu {
namespace {

constexpr std::size_t kLeast = std::size_t{8} << 10, kMost = std::size_t{256} << 20;
constexpr int kSamples = 9, kQuickSamples = 5, kMaxBatch = 16;
constexpr double kSampleUs = 400;  // aimed length of one sample
constexpr double kPatienceS = 5;   // no point takes a tenth of it

}  // namespace

CollectiveTimer::CollectiveTimer(Bench& b, CsvFile& csv) : b_(b), csv_(csv), events_(2 * kSamples), stamps_(2) {
  for (int d = 0; d < gpu_count(); ++d) {
    const OnDevice there(d);
    gates_.push_back(std::make_unique<Gate>());
  }
}

void CollectiveTimer::measure(const Party& p, const Budget& budget) {
  const std::size_t factor = b_.quick ? 4 : 2;
  bool usable = true;
  std::vector<Point> points;
  for (const auto c : p.collectives)
    for (std::size_t bytes = kLeast; bytes <= kMost; bytes *= factor)
      if (!csv_.has({p.backend, name(c), static_cast<int>(p.streams.size()), p.ctas, bytes}))
        points.push_back({.measure = [&, c, bytes] {
          if (usable)
            usable = point(p, c, bytes);
          else
            budget.leave_out();
        }});
  b_.measure(points, budget);
}

bool CollectiveTimer::all_idle(const Party& p) const {
  return std::all_of(p.streams.begin(), p.streams.end(), [](cudaStream_t s) { return idle_within(s, kPatienceS); });
}

CollectiveTimer::Sampled CollectiveTimer::sample(const Party& p, Collective c, std::size_t bytes, int samples,
                                                 int batch) {
  std::vector<std::vector<cudaStream_t>> held(gates_.size());
  for (std::size_t r = 0; r < p.streams.size(); ++r)
    held[static_cast<std::size_t>(p.buffers[r].device)].push_back(p.streams[r]);
  for (std::size_t d = 0; d < gates_.size(); ++d) {
    if (held[d].empty()) continue;
    const OnDevice there(static_cast<int>(d));
    gates_[d]->close(held[d]);
  }
  stamps_.stamp(p.streams[0], 0);
  for (int s = 0; s < samples; ++s) {
    BRAID_CUDA(cudaEventRecord(events_[static_cast<std::size_t>(2 * s)], p.streams[0]));
    for (int i = 0; i < batch; ++i) p.enqueue(c, bytes);
    BRAID_CUDA(cudaEventRecord(events_[static_cast<std::size_t>(2 * s + 1)], p.streams[0]));
  }
  stamps_.stamp(p.streams[0], 1);
  for (std::size_t d = 0; d < gates_.size(); ++d)
    if (!held[d].empty()) gates_[d]->open();
  if (!all_idle(p)) return {false, false};
  bool late = false;
  for (std::size_t d = 0; d < gates_.size(); ++d) late = late || (!held[d].empty() && gates_[d]->gave_up());
  return {true, !late};
}

bool CollectiveTimer::point(const Party& p, Collective c, std::size_t bytes) {
  const int ranks = static_cast<int>(p.streams.size());
  const auto stuck = [&] {  // such a point is in the table with no samples
    p.abort();
    csv_.row({p.backend, name(c), ranks, p.ctas, bytes, 0, 0, 0, 0, 0, 0, 0, 0, -1});
    return false;
  };
  for (int r = 0; r < ranks; ++r) {  // NaNs, so that an element that nobody writes is found
    const auto& k = p.buffers[static_cast<std::size_t>(r)];
    const OnDevice there(k.device);
    BRAID_CUDA(cudaMemset(const_cast<Bf16*>(k.to), 0xff, bytes_kept(c, bytes, ranks)));
    BRAID_CUDA(cudaDeviceSynchronize());
  }
  p.enqueue(c, bytes);  // makes NCCL's connections
  if (!all_idle(p) || !sample(p, c, bytes, 1, 3).ended) return stuck();
  if (!p.sound()) return stuck();
  const double once = std::max(1.0, elapsed_us(events_[0], events_[1]) / 3);
  const int samples = b_.quick ? kQuickSamples : kSamples;
  int batch = std::clamp(static_cast<int>(std::lround(kSampleUs / once)), 1, kMaxBatch);
  auto done = sample(p, c, bytes, samples, batch);
  if (done.ended && !done.on_time) done = sample(p, c, bytes, samples, batch = 1);
  if (!done.ended || !p.sound()) return stuck();
  stamps_.fetch();
  std::vector<double> us;
  for (int s = 0; s < samples; ++s)
    us.push_back(elapsed_us(events_[static_cast<std::size_t>(2 * s)], events_[static_cast<std::size_t>(2 * s + 1)]) /
                 batch);
  const auto t = stats(us);
  const double algbw = static_cast<double>(bytes) / t.median / 1e3;
  csv_.row({p.backend, name(c), ranks, p.ctas, bytes, t.n, t.median, t.p10, t.p90, algbw, algbw * bus_factor(c, ranks),
            p.estimate_us ? p.estimate_us(c, bytes) : 0.0, stamps_.mhz(0, 1), worst_error(c, bytes, p.buffers)});
  return true;
}

}  // namespace braid::gpu
