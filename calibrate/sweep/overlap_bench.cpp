// SPDX-License-Identifier: Apache-2.0
#include "calibrate/sweep/overlap_bench.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "calibrate/device/check.hpp"
#include "calibrate/device/probe.hpp"

namespace braid::gpu {
namespace {

constexpr int kSamples = 9;
constexpr double kReplayUs = 1000;  // aimed length of one replay of the compute graph
constexpr double kLeadUs = 150;     // by which communication comes first
constexpr double kLongUs = 7000, kShortUs = 200;
constexpr int kLong = 60;   // replays of compute beside one long exchange
constexpr int kMany = 150;  // short exchanges: more would fill the launch queue behind the gate

std::size_t whole_mib(double bytes) { return static_cast<std::size_t>(bytes) >> 20 << 20; }

}  // namespace

OverlapBench::OverlapBench(Bench& b, CsvFile& csv)
    : b_(b), csv_(csv), s_(b.sampler.stream()), compute_(2 * kLong), comm_(kMany + 1), stamps_(2 * kSamples) {
#if BRAID_HAVE_NCCL
  // The long exchange of 32 CTAs takes the whole of 8 GiB.
  const double room = b.facts.memory_gib * (std::size_t{1} << 30) / 9;
  const std::size_t bytes = std::min(std::size_t{8} << 30, whole_mib(room));
  from_ = std::make_shared<DeviceBuffer>(bytes), to_ = std::make_shared<DeviceBuffer>(bytes);
  fill_normal(from_->as<Bf16>(), bytes / 2, 1.f, 7);
  BRAID_CUDA(cudaDeviceSynchronize());
#endif
  // Every kernel's first launch, before one of them spins beside it.
  spin(1, 1e-6, s_);
  paced_.snapshot(s_, 0);
  BRAID_CUDA(cudaStreamSynchronize(s_));
  paced_.start(1, 0);
  paced_.stop();
}

void OverlapBench::begin(const OverlapOp& op, int sm_target) {
  op_ = &op, target_ = sm_target;
  const double once = std::max(2.0, b_.sampler.quick_us(op.enqueue, 3));
  batch_ = std::max(1, static_cast<int>(std::lround(kReplayUs / once)));
  graph_.reset(capture(op.enqueue, s_, batch_));
  for (int i = 0; i < 4; ++i) BRAID_CUDA(cudaGraphLaunch(graph_.get(), s_));
  refresh_alone();
}

void OverlapBench::refresh_alone() {
  BRAID_CUDA(cudaGraphLaunch(graph_.get(), s_));
  enqueue_compute();
  BRAID_CUDA(cudaStreamSynchronize(s_));
  collect(alone_, clock_alone_);
}

void OverlapBench::row(const OverlapComm& c) {
  const Rates rates = beside(c);
  const bool empty = !beside_.n || !(clock_alone_ > 0) || !(clock_beside_ > 0);
  if (rates.late || empty) {  // too slow a host; nothing lay wholly beside; no clock was seen
    if (b_.budget) b_.budget->leave_out();
    return;
  }
  write(c, rates, c.with_start ? starts(c.ctas) : Starts{});
}

OverlapBench::Rates OverlapBench::beside(const OverlapComm& c) {
  const std::string kind = c.comm;
  if (kind == "hold" || kind == "copy") return beside_paced(c);
#if BRAID_HAVE_NCCL
  for (const auto& x : exchanges_)
    if (x->nccl.ctas() == c.ctas) return kind == "nccl_self" ? beside_one_long(*x) : beside_many_short(*x);
#endif
  throw Error("overlap", "no communication " + kind + " of " + std::to_string(c.ctas) + " CTAs");
}

OverlapBench::Starts OverlapBench::starts(int ctas) {
  const auto of = [&](StartProbe::Next next) { return start_.measure(op_->enqueue, ctas, next, s_); };
  return {of(StartProbe::Next::alone), of(StartProbe::Next::beside), of(StartProbe::Next::gated)};
}

OverlapBench::Rates OverlapBench::beside_paced(const OverlapComm& c) {
  paced_.start(c.ctas, c.pace);
  paced_.snapshot(s_, 0);
  spin(1, 1.5e-3, s_);
  paced_.snapshot(s_, 1);
  BRAID_CUDA(cudaStreamSynchronize(s_));
  const double alone = paced_.rate_gb_per_s(0, 1);
  BRAID_CUDA(cudaGraphLaunch(graph_.get(), s_));
  paced_.snapshot(s_, 0);
  enqueue_compute();
  paced_.snapshot(s_, 1);
  BRAID_CUDA(cudaStreamSynchronize(s_));
  const double beside = paced_.rate_gb_per_s(0, 1);
  paced_.stop();
  collect(beside_, clock_beside_);
  return {alone, beside};
}

#if BRAID_HAVE_NCCL
void OverlapBench::add_exchange(int ctas) {
  auto x = std::make_unique<Exchange>(ctas, from_, to_);
  const std::size_t probe = std::min(std::size_t{256} << 20, x->nccl.max_bytes());
  const double per_byte = exchange_us(x->nccl, probe, 3) / static_cast<double>(probe);
  const auto most = static_cast<double>(x->nccl.max_bytes());
  x->long_bytes = whole_mib(std::min(most, kLongUs / per_byte));
  x->short_bytes = whole_mib(std::min(most, std::max(4.2e6, kShortUs / per_byte)));
  x->long_us = exchange_us(x->nccl, x->long_bytes, 2);
  x->short_us = exchange_us(x->nccl, x->short_bytes, 10);
  exchanges_.push_back(std::move(x));
}

// Mean time of `count` exchanges with nothing beside them, all enqueued before the first starts.
double OverlapBench::exchange_us(const NcclSelf& nccl, std::size_t bytes, int count) {
  nccl.exchange(bytes, q_);  // makes the connections
  for (int attempt = 0; attempt < 3; ++attempt) {
    gate_.close({q_});
    nccl.exchange(bytes, q_);
    BRAID_CUDA(cudaEventRecord(comm_[0], q_));
    for (int i = 0; i < count; ++i) nccl.exchange(bytes, q_);
    BRAID_CUDA(cudaEventRecord(comm_[1], q_));
    gate_.open();
    BRAID_CUDA(cudaStreamSynchronize(q_));
    if (!gate_.gave_up()) break;
  }
  return elapsed_us(comm_[0], comm_[1]) / count;
}

// Comm first: one long exchange holds its SMs from before the compute begins; compute runs on past its end. Replays
// that lie wholly inside the exchange count for compute; the exchange's own time is its slowdown, because compute
// covers all of it.
OverlapBench::Rates OverlapBench::beside_one_long(const Exchange& x) {
  const int n = std::min(kLong, std::max(4, static_cast<int>(2.2 * x.long_us / (batch_ * alone_.median)) + 1));
  gate_.close({q_, s_});
  BRAID_CUDA(cudaEventRecord(comm_[0], q_));
  x.nccl.exchange(x.long_bytes, q_);
  BRAID_CUDA(cudaEventRecord(comm_[1], q_));
  spin(1, kLeadUs * 1e-6, s_);
  stamps_.stamp(s_, 0);
  const auto at = [&](int i) -> Event& { return compute_[static_cast<std::size_t>(i)]; };
  for (int i = 0; i < n; ++i) {
    BRAID_CUDA(cudaEventRecord(at(2 * i), s_));
    BRAID_CUDA(cudaGraphLaunch(graph_.get(), s_));
    BRAID_CUDA(cudaEventRecord(at(2 * i + 1), s_));
  }
  stamps_.stamp(s_, 1);
  gate_.open();
  BRAID_CUDA(cudaStreamSynchronize(s_));
  BRAID_CUDA(cudaStreamSynchronize(q_));
  std::vector<double> t;
  for (int i = 0; i < n; ++i)
    if (elapsed_us(at(2 * i + 1), comm_[1]) > 0) t.push_back(elapsed_us(at(2 * i), at(2 * i + 1)) / batch_);
  stamps_.fetch();
  beside_ = stats(t), clock_beside_ = stamps_.mhz(0, 1);
  const double rate = static_cast<double>(x.long_bytes) / 1e3;
  return {rate / x.long_us, rate / elapsed_us(comm_[0], comm_[1]), gate_.gave_up()};
}

// Compute first, so to say: short exchanges back to back, each of which must find free SMs again. Their time holds that
// wait.
OverlapBench::Rates OverlapBench::beside_many_short(const Exchange& x) {
  const double window = (kSamples + 1) * batch_ * alone_.median;
  const int n = std::min(kMany, static_cast<int>(2 * window / x.short_us) + 6);
  gate_.close({q_, s_});
  for (int i = 0; i <= n; ++i) {
    BRAID_CUDA(cudaEventRecord(comm_[static_cast<std::size_t>(i)], q_));
    if (i < n) x.nccl.exchange(x.short_bytes, q_);
  }
  BRAID_CUDA(cudaGraphLaunch(graph_.get(), s_));
  enqueue_compute();
  gate_.open();
  BRAID_CUDA(cudaStreamSynchronize(s_));
  BRAID_CUDA(cudaStreamSynchronize(q_));
  std::vector<double> inside;  // only exchanges that lie wholly beside the compute samples
  for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i)
    if (elapsed_us(compute_[0], comm_[i]) > 0 && elapsed_us(comm_[i + 1], compute_[2 * kSamples - 1]) > 0)
      inside.push_back(elapsed_us(comm_[i], comm_[i + 1]));
  collect(beside_, clock_beside_);
  const double rate = static_cast<double>(x.short_bytes) / 1e3;
  return {rate / x.short_us, inside.empty() ? 0 : rate / stats(inside).median, gate_.gave_up()};
}
#endif

void OverlapBench::enqueue_compute() {
  for (int i = 0; i < kSamples; ++i) {
    const auto k = static_cast<std::size_t>(2 * i);
    stamps_.stamp(s_, 2 * i);
    BRAID_CUDA(cudaEventRecord(compute_[k], s_));
    BRAID_CUDA(cudaGraphLaunch(graph_.get(), s_));
    BRAID_CUDA(cudaEventRecord(compute_[k + 1], s_));
    stamps_.stamp(s_, 2 * i + 1);
  }
}

void OverlapBench::collect(Stats& us, double& mhz) {
  std::vector<double> t, c;
  stamps_.fetch();
  for (int i = 0; i < kSamples; ++i) {
    const auto k = static_cast<std::size_t>(2 * i);
    t.push_back(elapsed_us(compute_[k], compute_[k + 1]) / batch_);
    if (const double m = stamps_.mhz(2 * i, 2 * i + 1); m > 0) c.push_back(m);
  }
  us = stats(t), mhz = stats(c).median;
}

void OverlapBench::write(const OverlapComm& c, const Rates& rates, const Starts& start) {
  const auto& t = beside_;
  const auto& a = op_->algo;
  std::vector<Field> r{op_->name,       target_,       c.comm,
                       c.ctas,          c.pace,        batch_,
                       alone_.n,        alone_.median, alone_.p10,
                       alone_.p90,      t.n,           t.median,
                       t.p10,           t.p90,         t.median / alone_.median,
                       rates.alone,     rates.beside,  rates.beside > 0 ? rates.alone / rates.beside : 0.0,
                       clock_alone_,    clock_beside_, t.median * clock_beside_ / (alone_.median * clock_alone_),
                       name(op_->pass), op_->m,        op_->n,
                       op_->k,          a.id,          a.tile_m,
                       a.tile_n,        a.stages_id,   a.cluster_id,
                       a.split_k};
  const auto &first = start.beside.first, &gated = start.gated.first;
  for (const Field& f :
       {Field(first.n), Field(start.alone.first.median), Field(first.median), Field(first.p90),
        Field(start.beside.last.median), Field(gated.median), Field(gated.p90), Field(start.gated.last.median)})
    r.push_back(f);
  csv_.row(r);
}

}  // namespace braid::gpu
