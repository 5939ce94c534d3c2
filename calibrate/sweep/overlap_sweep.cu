// SPDX-License-Identifier: Apache-2.0
// Compute beside communication: by how much each slows the other, by the number of CTAs that communication holds.
//
// Communication is a stand-in, and each row says which: `hold` takes SMs and moves nothing, `copy` also moves bytes
// through device memory at a pace per CTA (-1: unpaced), `nccl_self` is NCCL's own send/receive kernel on a
// communicator of one rank.
#include <algorithm>
#include <cmath>
#include <memory>

#include "calibrate/comm/paced_copy.hpp"
#include "calibrate/device/check.hpp"
#include "calibrate/sweep/bench.hpp"
#include "calibrate/sweep/overlap_ops.hpp"
#if BRAID_HAVE_NCCL
#include "calibrate/comm/nccl_self.hpp"
#endif

namespace braid::gpu {
namespace {

constexpr int kCtas[] = {1, 2, 4, 6, 8, 12, 16, 20, 24, 32};
constexpr int kSamples = 5;
constexpr int kLong = 60;   // replays of compute beside one long exchange
constexpr int kMany = 150;  // short exchanges: more would fill the launch queue behind the gate

__global__ void gate_kernel(volatile unsigned* open, unsigned long long limit_ns) {
  unsigned long long begin, now;
  asm volatile("mov.u64 %0, %globaltimer;" : "=l"(begin));
  do asm volatile("mov.u64 %0, %globaltimer;" : "=l"(now));
  while (!*open && now - begin < limit_ns);
}

// Holds streams back until everything is enqueued.
class Gate {
 public:
  Gate() {
    BRAID_CUDA(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking));
    BRAID_CUDA(cudaEventCreateWithFlags(&passed_, cudaEventDisableTiming));
    BRAID_CUDA(cudaHostAlloc(&flag_, sizeof *flag_, cudaHostAllocMapped));
    BRAID_CUDA(cudaHostGetDevicePointer(&mapped_, flag_, 0));
  }
  ~Gate() {
    open();
    cudaStreamSynchronize(stream_);
    cudaStreamDestroy(stream_);
    cudaEventDestroy(passed_);
    cudaFreeHost(flag_);
  }
  void close(std::initializer_list<cudaStream_t> held) {
    *flag_ = 0;
    gate_kernel<<<1, 1, 0, stream_>>>(mapped_, 500000000ull);
    BRAID_CUDA(cudaEventRecord(passed_, stream_));
    for (auto s : held) BRAID_CUDA(cudaStreamWaitEvent(s, passed_));
  }
  void open() { *static_cast<volatile unsigned*>(flag_) = 1; }

 private:
  cudaStream_t stream_{};
  cudaEvent_t passed_{};
  unsigned *flag_{}, *mapped_{};
};

struct Events {
  explicit Events(int n) : e(static_cast<std::size_t>(n)) {
    for (auto& x : e) BRAID_CUDA(cudaEventCreate(&x));
  }
  ~Events() {
    for (auto& x : e) cudaEventDestroy(x);
  }
  double us(int from, int to) const {
    float ms = 0;
    BRAID_CUDA(cudaEventElapsedTime(&ms, e[static_cast<std::size_t>(from)], e[static_cast<std::size_t>(to)]));
    return ms * 1e3;
  }
  cudaEvent_t operator[](int i) const { return e[static_cast<std::size_t>(i)]; }
  std::vector<cudaEvent_t> e;
};

class Overlap {
 public:
  Overlap(Bench& b, CsvFile& csv)
      : b_(b), csv_(csv), s_(b.sampler.stream()), compute_(2 * kLong), comm_(kMany + 1), stamps_(2 * kSamples) {
    int low = 0, high = 0;
    BRAID_CUDA(cudaDeviceGetStreamPriorityRange(&low, &high));
    BRAID_CUDA(cudaStreamCreateWithPriority(&q_, cudaStreamNonBlocking, high));
    BRAID_CUDA(cudaMemset(never_.as<>(), 0, 4));
    paced_.start(1, 0);  // loads every kernel before one of them spins
    paced_.snapshot(s_, 0);
    BRAID_CUDA(cudaStreamSynchronize(s_));
    paced_.stop();
  }
  ~Overlap() { cudaStreamDestroy(q_); }

  void begin(const OverlapOp& op, int sm_target) {
    op_ = op.name, target_ = sm_target;
    const double once = std::max(2.0, b_.sampler.quick_us(op.enqueue, 3));
    batch_ = std::max(1, static_cast<int>(std::lround(1000 / once)));
    graph_ = capture(op.enqueue, s_, batch_);
    for (int i = 0; i < 4; ++i) BRAID_CUDA(cudaGraphLaunch(graph_, s_));
    enqueue_compute();
    BRAID_CUDA(cudaStreamSynchronize(s_));
    alone_ = collect();
    clock_alone_ = clock_;
  }
  void end() { BRAID_CUDA(cudaGraphExecDestroy(graph_)); }

  void beside_paced(int ctas, double pace) {
    paced_.start(ctas, pace);
    paced_.snapshot(s_, 0);
    wait_us(1500);
    paced_.snapshot(s_, 1);
    BRAID_CUDA(cudaStreamSynchronize(s_));
    const double rate = paced_.rate_gb_per_s(0, 1);
    BRAID_CUDA(cudaGraphLaunch(graph_, s_));
    paced_.snapshot(s_, 0);
    enqueue_compute();
    paced_.snapshot(s_, 1);
    BRAID_CUDA(cudaStreamSynchronize(s_));
    const double beside = paced_.rate_gb_per_s(0, 1);
    paced_.stop();
    write(pace == 0 ? "hold" : "copy", ctas, pace, rate, beside, collect());
  }

#if BRAID_HAVE_NCCL
  /// Comm first: one long exchange holds its SMs from before the compute begins; compute runs on past its end. Replays
  /// that lie wholly inside the exchange count for compute; the exchange's own time is its slowdown, because compute
  /// covers all of it.
  void beside_one_long(const NcclSelf& nccl) {
    const std::size_t probe = std::size_t{256} << 20;
    const double per_byte = exchange_us(nccl, probe, 3) / static_cast<double>(probe);
    const auto bytes =
        static_cast<std::size_t>(std::min(static_cast<double>(nccl.max_bytes()), 7000 / per_byte)) >> 20 << 20;
    const double alone = exchange_us(nccl, bytes, 1);
    const int n = std::min(kLong, std::max(4, static_cast<int>(2.2 * alone / (batch_ * alone_.median)) + 1));
    gate_.close({q_, s_});
    BRAID_CUDA(cudaEventRecord(comm_[0], q_));
    nccl.exchange(bytes, q_);
    BRAID_CUDA(cudaEventRecord(comm_[1], q_));
    wait_us(150);
    stamps_.stamp(s_, 0);
    for (int i = 0; i < n; ++i) {
      BRAID_CUDA(cudaEventRecord(compute_[2 * i], s_));
      BRAID_CUDA(cudaGraphLaunch(graph_, s_));
      BRAID_CUDA(cudaEventRecord(compute_[2 * i + 1], s_));
    }
    stamps_.stamp(s_, 1);
    gate_.open();
    BRAID_CUDA(cudaDeviceSynchronize());
    std::vector<double> t;
    for (int i = 0; i < n; ++i) {
      float to_end = 0;
      BRAID_CUDA(cudaEventElapsedTime(&to_end, compute_[2 * i + 1], comm_[1]));
      if (to_end > 0) t.push_back(compute_.us(2 * i, 2 * i + 1) / batch_);
    }
    stamps_.fetch();
    clock_ = stamps_.mhz(0, 1);
    const double rate = static_cast<double>(bytes) / alone / 1e3;
    write("nccl_self", nccl.ctas(), -1, rate, rate * alone / comm_.us(0, 1), stats(t));
  }

  /// Compute first, so to say: short exchanges back to back, each of which must find free SMs again. Their time holds
  /// that wait.
  void beside_many_short(const NcclSelf& nccl) {
    const std::size_t probe = std::size_t{64} << 20;
    const double per_byte = exchange_us(nccl, probe, 3) / static_cast<double>(probe);
    const auto bytes =
        static_cast<std::size_t>(std::min(static_cast<double>(nccl.max_bytes()), std::max(4e6, 200 / per_byte))) >>
        20 << 20;
    const double alone = exchange_us(nccl, bytes, 10);
    const double window = (kSamples + 1) * batch_ * alone_.median;
    const int n = std::min(kMany, static_cast<int>(2 * window / alone) + 6);
    gate_.close({q_, s_});
    for (int i = 0; i <= n; ++i) {
      BRAID_CUDA(cudaEventRecord(comm_[i], q_));
      if (i < n) nccl.exchange(bytes, q_);
    }
    BRAID_CUDA(cudaGraphLaunch(graph_, s_));
    enqueue_compute();
    gate_.open();
    BRAID_CUDA(cudaDeviceSynchronize());
    std::vector<double> inside;  // only exchanges that lie wholly beside the compute samples
    for (int i = 0; i < n; ++i) {
      float from = 0, to = 0;
      BRAID_CUDA(cudaEventElapsedTime(&from, compute_[0], comm_[i]));
      BRAID_CUDA(cudaEventElapsedTime(&to, comm_[i + 1], compute_[2 * kSamples - 1]));
      if (from > 0 && to > 0) inside.push_back(comm_.us(i, i + 1));
    }
    const auto t = collect();
    write("nccl_self_repeated", nccl.ctas(), -1, static_cast<double>(bytes) / alone / 1e3,
          inside.empty() ? 0 : static_cast<double>(bytes) / stats(inside).median / 1e3, t);
  }
#endif

 private:
  void wait_us(unsigned us) { gate_kernel<<<1, 1, 0, s_>>>(never_.as<unsigned>(), us * 1000ull); }
  void enqueue_compute() {
    for (int i = 0; i < kSamples; ++i) {
      stamps_.stamp(s_, 2 * i);
      BRAID_CUDA(cudaEventRecord(compute_[2 * i], s_));
      BRAID_CUDA(cudaGraphLaunch(graph_, s_));
      BRAID_CUDA(cudaEventRecord(compute_[2 * i + 1], s_));
      stamps_.stamp(s_, 2 * i + 1);
    }
  }
  Stats collect() {
    std::vector<double> t, c;
    stamps_.fetch();
    for (int i = 0; i < kSamples; ++i) {
      t.push_back(compute_.us(2 * i, 2 * i + 1) / batch_);
      if (const double m = stamps_.mhz(2 * i, 2 * i + 1); m > 0) c.push_back(m);
    }
    clock_ = stats(c).median;
    return stats(t);
  }
#if BRAID_HAVE_NCCL
  // Mean time of `count` exchanges with nothing beside them, all enqueued before the first starts.
  double exchange_us(const NcclSelf& nccl, std::size_t bytes, int count) {
    gate_.close({q_});
    nccl.exchange(bytes, q_);
    BRAID_CUDA(cudaEventRecord(comm_[0], q_));
    for (int i = 0; i < count; ++i) nccl.exchange(bytes, q_);
    BRAID_CUDA(cudaEventRecord(comm_[1], q_));
    gate_.open();
    BRAID_CUDA(cudaStreamSynchronize(q_));
    return comm_.us(0, 1) / count;
  }
#endif
  void write(const char* comm, int ctas, double pace, double alone_rate, double beside_rate, const Stats& t) {
    csv_.row({op_,          target_,       comm,
              ctas,         pace,          batch_,
              alone_.n,     alone_.median, alone_.p10,
              alone_.p90,   t.n,           t.median,
              t.p10,        t.p90,         t.median / alone_.median,
              alone_rate,   beside_rate,   beside_rate > 0 ? alone_rate / beside_rate : 0.0,
              clock_alone_, clock_,        t.median * clock_ / (alone_.median * clock_alone_)});
  }
  Bench& b_;
  CsvFile& csv_;
  cudaStream_t s_, q_{};
  Events compute_, comm_;
  ClockStamps stamps_;
  PacedCopy paced_;
  Gate gate_;
  DeviceBuffer never_{4};  // a flag that nobody raises
  std::string op_;
  cudaGraphExec_t graph_{};
  int batch_ = 1, target_ = 0;
  Stats alone_;
  double clock_ = 0, clock_alone_ = 0;
};

}  // namespace

void sweep_overlap(Bench& b, const Budget& budget) {
  auto csv = b.table(
      "overlap",
      "compute,sm_target,comm,ctas,pace_gb_per_s_per_cta,launches,alone_samples,alone_us,alone_p10_us,alone_p90_"
      "us,samples,beside_us,beside_p10_us,beside_p90_us,compute_slowdown,"
      "comm_alone_gb_per_s,comm_beside_gb_per_s,comm_slowdown,clock_alone_mhz,clock_beside_mhz,compute_"
      "slowdown_in_cycles",
      "one GPU: communication is a stand-in (hold, copy, nccl_self), not NVLink; rates count bytes copied once "
      "(device memory moves twice that); communication on a high-priority stream, running before "
      "the compute begins and throughout; nccl_self: one exchange of about 7 ms; nccl_self_repeated: exchanges "
      "of about 0.2 ms, their time holds the wait for free SMs");
  OverlapOps ops(b);
  Overlap o(b, csv);
#if BRAID_HAVE_NCCL
  std::vector<std::unique_ptr<NcclSelf>> nccl;
  const auto from = std::make_shared<DeviceBuffer>(std::size_t{8} << 30),
             to = std::make_shared<DeviceBuffer>(std::size_t{8} << 30);
  fill_normal(from->as<Bf16>(), from->bytes() / 2, 1.f, 7);
  for (const int c : {1, 2, 4, 8, 16, 32})
    nccl.push_back(std::make_unique<NcclSelf>(c, from, to));  // NCCL rounds other counts up to a power of two
#endif
  for (const auto& op : ops.all()) {
    if (budget.spent()) break;
    o.begin(op, 0);
    for (const int c : kCtas) o.beside_paced(c, 0);
    for (const int c : kCtas) o.beside_paced(c, PacedCopy::kUnpaced);
    for (const double pace : {5.0, 10.0, 20.0})
      for (const int c : {4, 8, 16, 24, 32}) o.beside_paced(c, pace);
#if BRAID_HAVE_NCCL
    for (const auto& n : nccl) o.beside_one_long(*n), o.beside_many_short(*n);
#endif
    o.end();
  }
  for (const int c : {2, 4, 8, 12, 16, 24, 32})
    for (const auto& op : ops.planned_for(b.facts.sm_count - c)) {
      if (budget.spent()) break;
      o.begin(op, b.facts.sm_count - c);
      o.beside_paced(c, 0);
      o.beside_paced(c, PacedCopy::kUnpaced);
#if BRAID_HAVE_NCCL
      for (const auto& n : nccl)
        if (n->ctas() == c) o.beside_one_long(*n), o.beside_many_short(*n);
#endif
      o.end();
    }
  std::printf("overlap: %d rows%s\n", csv.rows(), budget.spent() ? ", budget spent" : "");
}

}  // namespace braid::gpu
