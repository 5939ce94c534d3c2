// SPDX-License-Identifier: Apache-2.0
// Copies between host and device: by size, both ways at once, beside matrix products, and from pageable memory.
//
// Points: 9 sizes x 3 alone, 5 sizes x 3 beside products of about 15 to 70 products each, 2 pageable: 3 s in all.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <vector>

#include "calibrate/device/check.hpp"
#include "calibrate/device/gate.hpp"
#include "calibrate/device/pinned.hpp"
#include "calibrate/sweep/bench.hpp"

namespace braid::gpu {
namespace {

constexpr std::size_t kMax = std::size_t{256} << 20;
constexpr int kSamples = 9, kMostProducts = 120, kMostCopies = 40;  // copies of one sample
constexpr int kKeys = 3;
constexpr const char* kPageable = "nothing+pageable";

struct Ways {
  bool up, down;
};

class CopyBench {
 public:
  CopyBench(Bench& b, CsvFile& csv)
      : b_(b), csv_(csv), s_(b.sampler.stream()), rig_(b, std::size_t{1} << 30, std::size_t{1} << 30) {
    fill_normal(device_out_.as<Bf16>(), kMax / 2, 1.f, 31);
    BRAID_CUDA(cudaMemcpy(host_in_.get(), device_out_.as<>(), kMax, cudaMemcpyDeviceToHost));
    rig_.tune(gemm_, 8);
  }
  void alone(Ways w, std::size_t bytes) { point(w, bytes, false); }
  void beside_products(Ways w, std::size_t bytes) { point(w, bytes, true); }
  void pageable(bool up);

 private:
  void point(Ways w, std::size_t bytes, bool products);
  void copies(Ways w, std::size_t bytes, int per_sample);
  void products(int n);
  double product_us(const std::vector<double>& t, double& mhz);
  bool known(Ways w, std::size_t bytes, bool products) const;
  static std::string beside(Ways w, bool products) {
    return std::string(w.up && w.down ? "other_way" : "nothing") + (products ? "+gemm" : "");
  }
  Bench& b_;
  CsvFile& csv_;
  cudaStream_t s_;
  Stream up_, down_;
  Gate gate_;
  PinnedMemory host_in_{kMax}, host_out_{kMax};
  DeviceBuffer device_in_{kMax}, device_out_{kMax};
  GemmRig rig_;
  Gemm gemm_{b_.lt, {6144, 9472, 5120, Pass::F}};
  Enqueue product_ = rig_.enqueue(gemm_);
  std::vector<Event> up_events_{kSamples + 2}, down_events_{kSamples + 2}, product_events_{kMostProducts + 1};
  ClockStamps stamps_{2};
};

bool CopyBench::known(Ways w, std::size_t bytes, bool products) const {
  return (!w.up || csv_.has({"h2d", beside(w, products), bytes})) &&
         (!w.down || csv_.has({"d2h", beside(w, products), bytes}));
}

// Event i is the begin of sample i and the end of the one before; the first sample warms up.
void CopyBench::copies(Ways w, std::size_t bytes, int per_sample) {
  for (int i = 0; i <= kSamples + 1; ++i) {
    const auto k = static_cast<std::size_t>(i);
    if (w.up) BRAID_CUDA(cudaEventRecord(up_events_[k], up_));
    if (w.down) BRAID_CUDA(cudaEventRecord(down_events_[k], down_));
    for (int j = 0; j < per_sample && i <= kSamples; ++j) {
      if (w.up) BRAID_CUDA(cudaMemcpyAsync(device_in_.as<>(), host_in_.get(), bytes, cudaMemcpyHostToDevice, up_));
      if (w.down)
        BRAID_CUDA(cudaMemcpyAsync(host_out_.get(), device_out_.as<>(), bytes, cudaMemcpyDeviceToHost, down_));
    }
  }
}

void CopyBench::products(int n) {
  stamps_.stamp(s_, 0);
  for (int i = 0; i <= n; ++i) {
    BRAID_CUDA(cudaEventRecord(product_events_[static_cast<std::size_t>(i)], s_));
    if (i < n) product_(s_, i);
  }
  stamps_.stamp(s_, 1);
}

double CopyBench::product_us(const std::vector<double>& t, double& mhz) {
  stamps_.fetch();
  mhz = stamps_.mhz(0, 1);
  return stats(t).median;
}

void CopyBench::point(Ways w, std::size_t bytes, bool beside_gemm) {
  if (known(w, bytes, beside_gemm)) return;
  const auto ev = [](std::vector<Event>& e, int i) -> Event& { return e[static_cast<std::size_t>(i)]; };
  auto& clocked = w.up ? up_events_ : down_events_;
  double product_alone = 0, product_beside = 0, mhz_alone = 0, mhz_beside = 0;
  int per_sample = 1, n = 0;
  copies(w, bytes, 1);  // warms up, and says how long a copy takes
  BRAID_CUDA(cudaDeviceSynchronize());
  if (beside_gemm) {
    const double copy = std::max(1.0, elapsed_us(ev(clocked, 1), ev(clocked, kSamples + 1)) / kSamples);
    products(20);
    BRAID_CUDA(cudaDeviceSynchronize());
    std::vector<double> t;
    for (int i = 5; i < 20; ++i) t.push_back(elapsed_us(ev(product_events_, i), ev(product_events_, i + 1)));
    product_alone = product_us(t, mhz_alone);
    per_sample = std::clamp(static_cast<int>(1.5 * product_alone / copy) + 1, 1, kMostCopies);
    n = std::min(kMostProducts, static_cast<int>(1.15 * (kSamples + 1) * per_sample * copy / product_alone) + 4);
  }
  gate_.close({up_, down_, s_});
  copies(w, bytes, per_sample);
  if (n) products(n);
  gate_.open();
  BRAID_CUDA(cudaDeviceSynchronize());
  const auto leave_out = [this] {
    if (b_.budget) b_.budget->leave_out();
  };
  if (gate_.gave_up()) return leave_out();  // copies waited for the host
  if (n) {
    std::vector<double> inside;  // products that lie wholly beside copies
    for (int i = 1; i < n; ++i)
      if (elapsed_us(ev(clocked, 0), ev(product_events_, i)) > 0 &&
          elapsed_us(ev(product_events_, i + 1), ev(clocked, kSamples + 1)) > 0)
        inside.push_back(elapsed_us(ev(product_events_, i), ev(product_events_, i + 1)));
    product_beside = product_us(inside, mhz_beside);
  }
  for (const bool up : {true, false}) {
    if (up ? !w.up : !w.down) continue;
    auto& e = up ? up_events_ : down_events_;
    std::vector<double> t;
    for (int i = 1; i <= kSamples; ++i)
      if (!n || elapsed_us(ev(e, i + 1), ev(product_events_, n)) > 0)
        t.push_back(elapsed_us(ev(e, i), ev(e, i + 1)) / per_sample);
    const auto st = stats(t);
    if (!st.n) {  // no sample lay wholly beside products
      leave_out();
      continue;
    }
    const bool both = product_beside > 0 && mhz_alone > 0;
    csv_.row({up ? "h2d" : "d2h", beside(w, beside_gemm), bytes, st.n, st.median, st.p10, st.p90,
              static_cast<double>(bytes) / st.median / 1e3, product_alone, product_beside,
              product_beside > 0 ? product_beside / product_alone : 0.0, mhz_alone, mhz_beside,
              both ? product_beside * mhz_beside / (product_alone * mhz_alone) : 0.0});
  }
}

void CopyBench::pageable(bool up) {
  if (csv_.has({up ? "h2d" : "d2h", kPageable, kMax})) return;
  using Clock = std::chrono::steady_clock;
  std::vector<char> host(kMax, 1);
  std::vector<double> t;
  for (int i = 0; i < 6; ++i) {
    const auto begin = Clock::now();
    if (up)
      BRAID_CUDA(cudaMemcpyAsync(device_in_.as<>(), host.data(), kMax, cudaMemcpyHostToDevice, up_));
    else
      BRAID_CUDA(cudaMemcpyAsync(host.data(), device_out_.as<>(), kMax, cudaMemcpyDeviceToHost, up_));
    BRAID_CUDA(cudaStreamSynchronize(up_));
    if (i) t.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
  }
  const auto st = stats(t);
  csv_.row({up ? "h2d" : "d2h", kPageable, kMax, st.n, st.median, st.p10, st.p90,
            static_cast<double>(kMax) / st.median / 1e3, 0, 0, 0, 0, 0, 0});
}

}  // namespace

void sweep_copy(Bench& b, const Budget& budget) {
  auto csv = b.table(
      "copy",
      "direction,beside,bytes,samples,median_us,p10_us,p90_us,gb_per_s,compute_alone_us,"
      "compute_beside_us,compute_slowdown,clock_alone_mhz,clock_beside_mhz,compute_slowdown_in_cycles",
      "cudaMemcpyAsync, pinned host memory of this process, events between copies that were enqueued "
      "beforehand; beside gemm: products of 6144x9472x5120 run throughout on another stream, copies in "
      "samples of up to 40, only what lies wholly beside the other counts; "
      "nothing+pageable: host memory that is not pinned, by the host's clock, from the call to the stream's end",
      kKeys);
  if (csv.complete()) return;
  CopyBench c(b, csv);
  std::vector<Point> points;
  const Ways ways[] = {{true, false}, {false, true}, {true, true}};
  const std::size_t factor = b.quick ? 16 : 4;
  for (std::size_t bytes = 4096; bytes <= kMax; bytes *= factor)
    for (const auto& w : ways) points.push_back({.measure = [&c, w, bytes] { c.alone(w, bytes); }});
  for (std::size_t bytes = std::size_t{1} << 20; bytes <= kMax; bytes *= factor)
    for (const auto& w : ways) points.push_back({.measure = [&c, w, bytes] { c.beside_products(w, bytes); }});
  for (const bool up : {true, false}) points.push_back({.measure = [&c, up] { c.pageable(up); }});
  b.measure(points, budget);
  std::printf("copy: %d rows%s\n", csv.rows(), budget.cut() ? ", cut short" : "");
}

}  // namespace braid::gpu
