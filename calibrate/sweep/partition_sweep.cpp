// SPDX-License-Identifier: Apache-2.0
// Units on SM partitions of one GPU, one partition busy or all of them: what sharing L2, device memory and power costs
// a virtual GPU. And whether NCCL's kernels run on a partition's stream.
//
// Points: 3 ways to cut the GPU x 5 units x 2, and 4 of NCCL: 260 runs each, 4 s in all.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>

#include "calibrate/comm/idle_within.hpp"
#include "calibrate/device/partition.hpp"
#include "calibrate/device/stream.hpp"
#include "calibrate/sweep/bench.hpp"
#include "calibrate/units/kernels.hpp"
#if BRAID_HAVE_NCCL
#include "calibrate/comm/nccl_self.hpp"
#endif

namespace braid::gpu {
namespace {

constexpr int kSamples = 12, kRuns = 10, kKeys = 4;  // runs of one sample
constexpr double kPatienceS = 5;

struct Unit {
  std::string name;
  double flops, bytes;
  std::vector<Enqueue> on;  // one per partition, with buffers of its own
};

// One way to cut the GPU, and what its partitions run.
class Cut {
 public:
  Cut(Bench& b, CsvFile& csv, unsigned count, unsigned sms) : b_(b), csv_(csv), parts_(count, sms) {
    for (unsigned i = 0; i < count; ++i)
      own_.push_back(std::make_unique<Own>()), lt_.push_back(std::make_unique<LtHandle>());
    BRAID_CUDA(cudaDeviceSynchronize());
    for (const auto& [name, s] : {std::pair{"gemm_F_4096x2048x2048", GemmShape{4096, 2048, 2048, Pass::F}},
                                  {"gemm_W_2048x2048x4096", {2048, 2048, 4096, Pass::W}},
                                  {"gemm_F_2048x8192x1024", {2048, 8192, 1024, Pass::F}}})
      add_product(name, s);
    add_memory_bound();
  }
  void measure_units() {
    for (const auto& u : units_) {
      double idle = 0;
      for (const unsigned busy : {1u, count()}) {
        const auto st = time(u, busy, u);
        if (!st) {
          if (b_.budget) b_.budget->leave_out();
          return;
        }
        if (busy == 1) idle = st->median;
        write(u, busy, *st, idle, "ok");
      }
    }
  }
#if BRAID_HAVE_NCCL
  void measure_exchange(int ctas);
#endif

 private:
  struct Own {
    OperandPool a{std::size_t{256} << 20, 1.f, 71}, w{std::size_t{256} << 20, 0.02f, 72};
    DeviceBuffer c{std::size_t{256} << 20}, stats{std::size_t{8} << 20};
  };
  unsigned count() const { return static_cast<unsigned>(parts_.count()); }
  void add_product(const char* name, const GemmShape& s);
  void add_memory_bound();
  /// `u` on the first partition while `busy` - 1 others run `beside`; nothing when it does not end in time.
  std::optional<Stats> time(const Unit& u, unsigned busy, const Unit& beside);
  void write(const Unit& u, unsigned busy, const Stats& st, double idle, const std::string& outcome) {
    csv_.row({u.name, count(), parts_.sms(), busy, st.n, st.median, st.p10, st.p90,
              st.n ? u.flops / st.median / 1e6 : 0.0, st.n ? u.bytes / st.median / 1e3 : 0.0,
              idle > 0 ? st.median / idle : 0.0, st.n ? stamps_.mhz(0, 1) : 0.0, outcome});
  }
  Bench& b_;
  CsvFile& csv_;
  Partitions parts_;
  std::vector<std::unique_ptr<Own>> own_;
  std::vector<std::unique_ptr<LtHandle>> lt_;  // a workspace each: partitions run at the same time
  std::vector<std::unique_ptr<Gemm>> gemms_;
  std::vector<Unit> units_;
  std::vector<Event> events_{2 * kSamples};
  ClockStamps stamps_{2};
};

void Cut::add_product(const char* name, const GemmShape& s) {
  Unit u{name, s.flops(), s.bytes(), {}};
  for (unsigned i = 0; i < count(); ++i) {
    gemms_.push_back(std::make_unique<Gemm>(*lt_[i], s, static_cast<int>(parts_.sms())));
    auto* g = gemms_.back().get();
    auto* mine = own_[i].get();
    const std::size_t ab = static_cast<std::size_t>(s.m) * static_cast<std::size_t>(s.k) * 2,
                      bb = static_cast<std::size_t>(s.n) * static_cast<std::size_t>(s.k) * 2;
    u.on.push_back([=](cudaStream_t q, int set) {
      g->run(mine->a.slice(ab, set), (s.pass == Pass::W ? mine->a : mine->w).slice(bb, set + 1), mine->c.as<>(), q);
    });
  }
  units_.push_back(std::move(u));
}

void Cut::add_memory_bound() {
  const int rows = 2048, width = 4096;
  const std::size_t nb = std::size_t{rows} * width * 2;
  Unit norm{"rmsnorm_forward_2048x4096", 0, 2.0 * static_cast<double>(nb), {}},
      swiglu{"swiglu_forward_2048x4096", 0, 3.0 * static_cast<double>(nb), {}};
  for (unsigned i = 0; i < count(); ++i) {
    auto* mine = own_[i].get();
    norm.on.push_back([=](cudaStream_t q, int set) {
      rmsnorm_forward(mine->a.slice(nb, set), mine->w.slice(8192, 0),
                      mine->c.as<Bf16>(static_cast<std::size_t>(set % 8) * nb), mine->stats.as<float>(), rows, width,
                      1e-5f, q);
    });
    swiglu.on.push_back([=](cudaStream_t q, int set) {
      swiglu_forward(mine->a.slice(2 * nb, set), mine->c.as<Bf16>(static_cast<std::size_t>(set % 8) * nb), rows, width,
                     q);
    });
  }
  units_.push_back(std::move(norm));
  units_.push_back(std::move(swiglu));
}

std::optional<Stats> Cut::time(const Unit& u, unsigned busy, const Unit& beside) {
  const auto run = [&](unsigned i, int set) { (i == 0 ? u : beside).on[i](parts_.stream(i), set); };
  const auto idle = [&] {
    bool all = true;
    for (unsigned i = 0; i < busy; ++i) all = idle_within(parts_.stream(i), kPatienceS) && all;
    return all;
  };
  for (unsigned i = 0; i < busy; ++i)
    for (int k = 0; k < kRuns; ++k) run(i, k);
  if (!idle()) return std::nullopt;
  stamps_.stamp(parts_.stream(0), 0);
  for (int r = 0; r < kSamples; ++r)
    for (unsigned i = 0; i < busy; ++i) {
      const auto at = static_cast<std::size_t>(2 * r);
      if (i == 0) BRAID_CUDA(cudaEventRecord(events_[at], parts_.stream(0)));
      for (int k = 0; k < kRuns; ++k) run(i, k + r);
      if (i == 0) BRAID_CUDA(cudaEventRecord(events_[at + 1], parts_.stream(0)));
    }
  stamps_.stamp(parts_.stream(0), 1);
  if (!idle()) return std::nullopt;
  stamps_.fetch();
  std::vector<double> t;
  for (std::size_t r = 2; r + 1 < kSamples; ++r) t.push_back(elapsed_us(events_[2 * r], events_[2 * r + 1]) / kRuns);
  return stats(t);
}

#if BRAID_HAVE_NCCL
void Cut::measure_exchange(int ctas) {
  constexpr std::size_t kBytes = std::size_t{64} << 20;
  const std::string name = "nccl_self_64MiB_" + std::to_string(ctas) + "_ctas";
  if (csv_.has({name, count(), parts_.sms(), 1})) return;  // what hung once would hang again
  const auto from = std::make_shared<DeviceBuffer>(kBytes), to = std::make_shared<DeviceBuffer>(kBytes);
  fill_normal(from->as<Bf16>(), kBytes / 2, 1.f, 73);
  BRAID_CUDA(cudaDeviceSynchronize());
  Unit u{name, 0, 2.0 * kBytes, {}};
  std::unique_ptr<NcclSelf> nccl;
  double alone = 0;
  for (const unsigned busy : {1u, count()}) {
    std::string outcome = "did not end within " + std::to_string(static_cast<int>(kPatienceS)) + " s";
    std::optional<Stats> st;
    try {
      if (!nccl) {
        nccl = std::make_unique<NcclSelf>(ctas, from, to);
        u.on = {[&](cudaStream_t q, int) { nccl->exchange(kBytes, q); }};
      }
      st = time(u, busy, units_.front());
      if (st) outcome = "ok";
    } catch (const Error& e) {
      outcome = e.what();
      std::replace(outcome.begin(), outcome.end(), ',', ';');
      std::replace(outcome.begin(), outcome.end(), '\n', ' ');
    }
    if (busy == 1 && st) alone = st->median;
    write(u, busy, st.value_or(Stats{}), alone, outcome);
    if (st) continue;
    if (nccl) nccl->abort();
    return;
  }
}
#endif

}  // namespace

void sweep_partition(Bench& b, const Budget& budget) {
  auto csv = b.table(
      "partition",
      "unit,parts,sms,busy_parts,samples,median_us,p10_us,p90_us,tflop_per_s_per_part,gb_per_s_per_part,slowdown_"
      "loaded,clock_mhz,outcome",
      "green contexts; every busy partition runs the same unit over and over on buffers of its own; time per run on "
      "the first partition, events at the ends of 10 runs; matrix products planned for the partition's SMs; nccl_self: "
      "NCCL's send/receive of one rank to itself on the first partition's stream, the other busy partitions run the "
      "first product; outcome: ok, or why there is no time",
      kKeys);
  if (csv.complete()) return;
  std::vector<Point> points;
  const auto sms_of = [&](unsigned count) { return equal_partition(static_cast<unsigned>(b.facts.sm_count), count); };
  for (const unsigned count : b.quick ? std::vector{4u} : std::vector{4u, 2u, 8u})
    if (const unsigned sms = sms_of(count))
      points.push_back({.weight = 10, .measure = [&b, &csv, count, sms] {
                          Cut(b, csv, count, sms).measure_units();
                          BRAID_CUDA(cudaDeviceSynchronize());
                        }});
#if BRAID_HAVE_NCCL
  // Last: it is not known whether NCCL runs on green contexts, nor what it leaves behind if not.
  if (const unsigned sms = sms_of(4))
    points.push_back({.weight = 4, .measure = [&b, &csv, sms] {
                        Cut cut(b, csv, 4, sms);
                        for (const int ctas : {4, 16}) cut.measure_exchange(ctas);
                      }});
#endif
  b.measure(points, budget);
  std::printf("partition: %d rows%s\n", csv.rows(), budget.cut() ? ", cut short" : "");
}

}  // namespace braid::gpu
