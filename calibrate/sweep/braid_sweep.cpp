// SPDX-License-Identifier: Apache-2.0
// The braid measured: a forward and a backward layer interleaved in one stream, each exchange on its own stream behind
// the next compute, against the same work with every exchange waited for. The exchange is NCCL's self send/receive,
// sized to a chosen time alone: it takes the SMs and memory traffic that an all-reduce of that length takes, not its
// link.
#include <cstdlib>
#include <functional>
#include <memory>

#include "calibrate/comm/nccl_self.hpp"
#include "calibrate/device/check.hpp"
#include "calibrate/sweep/bench.hpp"
#include "calibrate/sweep/layer_ops.hpp"

namespace braid::gpu {
namespace {

constexpr int kLayers = 4, kWarm = 2, kTimed = 6, kRounds = 6;

using Unit = std::vector<const LayerOp*>;

struct Units {
  Unit attn_f, mlp_f, mlp_i, attn_i, mlp_w, attn_w;
  explicit Units(const LayerOps& o) {
    const auto pick = [](const std::vector<LayerOp>& from, std::initializer_list<std::size_t> which) {
      Unit u;
      for (auto i : which) u.push_back(&from[i]);
      return u;
    };
    attn_f = pick(o.forward(), {0, 1, 2, 3, 4}), mlp_f = pick(o.forward(), {5, 6, 7, 8});
    // The norm's gradient needs the reduced activation gradient, so it opens the next unit.
    mlp_i = pick(o.backward_i(), {8, 0, 1, 2}), attn_i = pick(o.backward_i(), {3, 4, 5, 6, 7});
    mlp_w = pick(o.backward_w(), {0, 1, 2}), attn_w = pick(o.backward_w(), {3, 4, 5});
  }
};

class Braid {
 public:
  Braid(Bench& b, const LayerOps& ops) : u_(ops), s_(b.sampler.stream()), events_(kWarm + kTimed + 1) {
    for (int i = 0; i < 4; ++i) done_.emplace_back(Event::Kind::untimed), sent_.emplace_back(Event::Kind::untimed);
  }
  enum Exchange { kAttnF, kMlpF, kMlpI, kAttnI };
  /// nullptr: no exchanges at all.
  void use(const NcclSelf* nccl, std::size_t bytes) { nccl_ = nccl, bytes_ = bytes; }

  /// One after the other: all of F, then all of B; every exchange is waited for.
  void serial(bool w) {
    for (int l = 0; l < kLayers; ++l)
      run(u_.attn_f, l), send(kAttnF), wait(kAttnF), run(u_.mlp_f, l), send(kMlpF), wait(kMlpF);
    for (int l = kLayers - 1; l >= 0; --l) {
      run(u_.mlp_i, l), send(kMlpI), wait(kMlpI);
      if (w) run(u_.mlp_w, l);
      run(u_.attn_i, l), send(kAttnI), wait(kAttnI);
      if (w) run(u_.attn_w, l);
    }
  }
  /// As Megatron overlaps today: the weight gradient runs beside the exchange of the activation gradient.
  void serial_w_behind() {
    for (int l = 0; l < kLayers; ++l)
      run(u_.attn_f, l), send(kAttnF), wait(kAttnF), run(u_.mlp_f, l), send(kMlpF), wait(kMlpF);
    for (int l = kLayers - 1; l >= 0; --l)
      run(u_.mlp_i, l), send(kMlpI), run(u_.mlp_w, l), wait(kMlpI), run(u_.attn_i, l), send(kAttnI), run(u_.attn_w, l),
          wait(kAttnI);
  }
  /// The braid: Attn(F), MLP-I(B) [W], MLP(F), Attn-I(B) [W]; each exchange is waited for only where its result is
  /// needed.
  void braided(bool w) {
    for (int l = 0; l < kLayers; ++l) {
      const int k = kLayers - 1 - l;
      if (l) wait(kMlpF);
      run(u_.attn_f, l), send(kAttnF);
      if (l) wait(kAttnI);
      run(u_.mlp_i, k), send(kMlpI);
      if (w) run(u_.mlp_w, k);
      wait(kAttnF), run(u_.mlp_f, l), send(kMlpF);
      wait(kMlpI), run(u_.attn_i, k), send(kAttnI);
      if (w) run(u_.attn_w, k);
    }
    wait(kMlpF), wait(kAttnI);
  }
  /// Runs an order for a while and adds its times per pair of layers.
  template <class F>
  void time(F body, std::vector<double>& into) {
    for (int i = 0; i < kWarm + kTimed; ++i) {
      BRAID_CUDA(cudaEventRecord(events_[static_cast<std::size_t>(i)], s_));
      body();
    }
    BRAID_CUDA(cudaEventRecord(events_.back(), s_));
    BRAID_CUDA(cudaDeviceSynchronize());
    for (std::size_t i = kWarm; i < events_.size() - 1; ++i)
      into.push_back(elapsed_us(events_[i], events_[i + 1]) / kLayers);
  }
  double exchange_us(int count) {
    nccl_->exchange(bytes_, q_);
    BRAID_CUDA(cudaEventRecord(events_[0], q_));
    for (int i = 0; i < count; ++i) nccl_->exchange(bytes_, q_);
    BRAID_CUDA(cudaEventRecord(events_[1], q_));
    BRAID_CUDA(cudaStreamSynchronize(q_));
    return elapsed_us(events_[0], events_[1]) / count;
  }

 private:
  void run(const Unit& u, int layer) {
    for (const auto* op : u) op->run(s_, layer);
  }
  void send(Exchange x) {
    if (!nccl_) return;
    BRAID_CUDA(cudaEventRecord(done_[x], s_));
    BRAID_CUDA(cudaStreamWaitEvent(q_, done_[x]));
    nccl_->exchange(bytes_, q_);
    BRAID_CUDA(cudaEventRecord(sent_[x], q_));
  }
  void wait(Exchange x) {
    if (nccl_) BRAID_CUDA(cudaStreamWaitEvent(s_, sent_[x]));
  }
  Units u_;
  cudaStream_t s_;
  Stream q_{Stream::Priority::highest};
  std::vector<Event> events_, done_, sent_;
  const NcclSelf* nccl_ = nullptr;
  std::size_t bytes_ = 0;
};

/// One of the ways to run the pair, and its samples.
struct Order {
  const char* name;
  std::function<void()> run;
  std::vector<double> us, mhz;
};
constexpr const char* kLastOrder = "braided F&I";

/// Layers of one shape and what runs them; built when their first point is measured.
struct Shaped {
  Shaped(Bench& b, cudnnHandle_t cudnn, const LayerShape& s) : ops(b, cudnn, s, kLayers), braid(b, ops) {}
  LayerOps ops;
  Braid braid;
};

}  // namespace

void sweep_braid(Bench& b, const Budget& budget) {
  auto csv = b.table(
      "braid",
      "model,tp,batch,seq,ctas,exchange_aim_us,order,exchange_us,exchange_bytes,samples,median_us,p10_us,p90_us,"
      "clock_mhz,p25_us,p75_us,half_width",
      "per pair of one forward and one backward layer, four of each in a row, stream launches, events at the ends; "
      "orders take turns, six rounds of six after two untimed; four exchanges per pair (none in the rows with 0 CTAs); "
      "exchange: NCCL self send/receive on a "
      "high-priority stream, its time alone in exchange_us; CUDA_DEVICE_MAX_CONNECTIONS " +
          std::string(std::getenv("CUDA_DEVICE_MAX_CONNECTIONS") ? std::getenv("CUDA_DEVICE_MAX_CONNECTIONS")
                                                                 : "unset"),
      7);
  if (csv.complete()) return;
  const auto& m = model_shapes();
  const auto from = std::make_shared<DeviceBuffer>(std::size_t{1} << 30),
             to = std::make_shared<DeviceBuffer>(std::size_t{1} << 30);
  fill_normal(from->as<Bf16>(), from->bytes() / 2, 1.f, 7);
  BRAID_CUDA(cudaDeviceSynchronize());
  std::vector<std::unique_ptr<NcclSelf>> nccl;
  for (const int c : b.quick ? std::vector<int>{16} : std::vector<int>{8, 16, 32})
    nccl.push_back(std::make_unique<NcclSelf>(c, from, to));
  const CudnnHandle cudnn;
  ClockStamps stamps(2);
  std::unique_ptr<Shaped> shaped;
  // The orders take turns, so that the wandering of the clock falls on all of them.
  const auto orders = [&](const LayerShape& s, int ctas, double aim, double us, std::size_t bytes) {
    Braid& braid = shaped->braid;
    std::vector<Order> all{{"serial F B", [&] { braid.serial(true); }, {}, {}},
                           {"braided F&B", [&] { braid.braided(true); }, {}, {}},
                           {"serial F I", [&] { braid.serial(false); }, {}, {}}};
    if (ctas) all.push_back({"serial F B; W beside the exchange", [&] { braid.serial_w_behind(); }, {}, {}});
    all.push_back({kLastOrder, [&] { braid.braided(false); }, {}, {}});
    for (int r = 0; r < kRounds; ++r)
      for (auto& o : all) {
        stamps.stamp(b.sampler.stream(), 0);
        braid.time(o.run, o.us);
        stamps.stamp(b.sampler.stream(), 1);
        BRAID_CUDA(cudaDeviceSynchronize());
        stamps.fetch();
        o.mhz.push_back(stamps.mhz(0, 1));
      }
    for (const auto& o : all) {
      const auto t = stats(o.us);
      csv.row({s.model.name, s.tp, s.batch, s.seq, ctas, aim, o.name, us, bytes, t.n, t.median, t.p10, t.p90,
               stats(o.mhz).median, t.p25, t.p75, t.half_width});
    }
  };
  std::vector<Point> points;
  std::vector<LayerShape> shapes{{m[0], 4, 1, 6144}, {m[0], 8, 1, 6144}, {m[1], 8, 1, 6144}};
  if (b.quick) shapes = {{m[0], 8, 1, 6144}};
  for (const auto& s : shapes) {
    const auto lacks = [&](int ctas, double aim) {
      return !csv.has({s.model.name, s.tp, s.batch, s.seq, ctas, aim, kLastOrder});
    };
    std::vector<Point> here;
    if (lacks(0, 0)) here.push_back({.measure = [&orders, s] { orders(s, 0, 0, 0, 0); }});
    for (const auto& n : nccl)
      for (const double aim : {100.0, 250.0}) {
        if (!lacks(n->ctas(), aim)) continue;
        here.push_back({.measure = [&, s, aim, exchange = n.get()] {
          Braid& braid = shaped->braid;
          braid.use(exchange, std::size_t{64} << 20);
          const double us_per_byte = braid.exchange_us(5) / (64 << 20);
          const auto bytes = std::min(from->bytes(), static_cast<std::size_t>(aim / us_per_byte) >> 20 << 20);
          braid.use(exchange, bytes);
          orders(s, exchange->ctas(), aim, braid.exchange_us(10), bytes);
          braid.use(nullptr, 0);
        }});
      }
    if (here.empty()) continue;
    points.push_back({.weight = 0, .measure = [&, s] {
                        shaped.reset();  // first, so that two never need memory at once
                        shaped = std::make_unique<Shaped>(b, cudnn.get(), s);
                      }});
    points.insert(points.end(), here.begin(), here.end());
  }
  b.measure(points, budget);
}

}  // namespace braid::gpu
