// SPDX-License-Identifier: Apache-2.0
// Whole layers in sequence, the truth that the sum of their parts is held against. Three measurements of the same
// prepared ops: each alone (sustained and cold), all in sequence untraced (events at the two ends), all in sequence
// traced (each kernel by CUPTI).
#include <algorithm>
#include <chrono>
#include <map>
#include <thread>

#include "calibrate/device/check.hpp"
#include "calibrate/sweep/bench.hpp"
#include "calibrate/sweep/layer_ops.hpp"
#if BRAID_HAVE_CUPTI
#include "calibrate/cupti/recorder.hpp"
#include "calibrate/cupti/replay_times.hpp"
#endif

namespace braid::gpu {
namespace {

constexpr int kLayers = 4, kReplays = 31;
// Of the sequence to be timed, before it is timed: the power controller needs that long.
constexpr double kSoakMs = 250, kQuickSoakMs = 100;

struct Step {
  const LayerOp* op;
  int layer;
  OpKey key;  // of one microbatch; index: the op's place in its pass
};
struct Sequence {
  std::string name;
  std::vector<Step> steps;
};

std::vector<Sequence> sequences(const LayerOps& ops) {
  std::vector<Sequence> r{{"F", {}}, {"I", {}}, {"W", {}}, {"B", {}}, {"FB", {}}};
  const auto put = [](Sequence& s, const std::vector<LayerOp>& v, int l) {
    for (int i = 0; const auto& op : v)
      s.steps.push_back({&op,
                         l,
                         {.index = i++,
                          .microbatch = 0,
                          .layer = static_cast<std::int16_t>(l),
                          .chunk = 0,
                          .kind = op.pass == Pass::F   ? OpKind::forward
                                  : op.pass == Pass::I ? OpKind::input_grad
                                                       : OpKind::weight_grad,
                          .unit = unit_of(op)}});
  };
  for (int l = 0; l < ops.layers(); ++l) put(r[0], ops.forward(), l), put(r[4], ops.forward(), l);
  for (int l = ops.layers() - 1; l >= 0; --l) {
    put(r[1], ops.backward_i(), l), put(r[2], ops.backward_w(), l);
    for (const auto i : {std::size_t{3}, std::size_t{4}})
      put(r[i], ops.backward_i(), l), put(r[i], ops.backward_w(), l);
  }
  return r;
}

void run(const Sequence& s, cudaStream_t q) {
  for (const auto& step : s.steps) step.op->run(q, step.layer);
}

class LayerBench {
 public:
  LayerBench(Bench& b, CsvFile& ops_csv, CsvFile& totals_csv)
      : b_(b),
        ops_csv_(ops_csv),
        totals_csv_(totals_csv),
        soak_ms_(b.quick ? kQuickSoakMs : kSoakMs),
        stamps_(2 * kReplays),
        events_(2 * kReplays) {}

  void untraced(LayerOps& ops) {
    const auto all = sequences(ops);
    cudaGraphExec_t mix = capture([&](cudaStream_t q, int) { run(all.back(), q); }, b_.sampler.stream(), 1);
    const double mix_ms = replay_us(mix, soak_ms_, 3) * kLayers / 1e3;
    for (const auto* list : {&ops.forward(), &ops.backward_i(), &ops.backward_w()})
      for (const auto& op : *list)
        alone_[&op] = b_.sampler.measure([&](cudaStream_t s, int i) { op.run(s, i % kLayers); },
                                         {.soak_ms = b_.quick ? 30.0 : 100.0,
                                          .rule = {.seconds = b_.quick ? 0.1 : 0.2},
                                          .soak_with = [&](cudaStream_t s) { BRAID_CUDA(cudaGraphLaunch(mix, s)); },
                                          .soak_with_ms = mix_ms});
    BRAID_CUDA(cudaGraphExecDestroy(mix));
    for (const auto& s : all)
      for (const bool graph : {true, false}) totals_[{s.name, graph}] = time(s, graph);
  }

#if BRAID_HAVE_CUPTI
  /// Records one pass of FB op by op, then replays of its graph, and takes from both what each op took in sequence
  /// (replay_times). The graph is captured anew under the recording: only then do its nodes have ids to tag.
  void traced(LayerOps& ops, CsvFile& kernels) {
    const auto all = sequences(ops);
    const auto& fb = all.back();
    const auto q = b_.sampler.stream();
    const auto plain = capture([&](cudaStream_t c, int) { run(fb, c); }, q, 1);
    untraced_us_ = replay_us(plain, soak_ms_, kReplays);
    BRAID_CUDA(cudaGraphExecDestroy(plain));
    std::string why;
    if (!start_recording(&why)) {
      std::printf("layer: no trace: %s\n", why.c_str());
      return;
    }
    GraphTags nodes;
    std::string untagged;
    const auto graph = capture(
        [&](cudaStream_t c, int) {
          for (const auto& step : fb.steps) {
            step.op->run(c, step.layer);
            try {
              if (untagged.empty()) nodes.add(c, step.key);
            } catch (const Error& e) {  // the order is left
              untagged = e.what();
            }
          }
        },
        q, 1);
    OpByOp pass;
    const auto bound = [&] {
      BRAID_CUDA(cudaDeviceSynchronize());
      std::this_thread::sleep_for(std::chrono::microseconds(100));  // more than the error between the two clocks
      pass.bounds_ns.push_back(recording_clock_ns());
    };
    for (const auto& step : fb.steps) {
      bound();
      pass.ops.push_back(step.key);
      const RecordingTag tag(step.key);
      step.op->run(q, step.layer);
    }
    bound();
    traced_us_ = replay_us(graph, soak_ms_, kReplays);
    BRAID_CUDA(cudaDeviceSynchronize());
    auto trace = stop_recording();
    BRAID_CUDA(cudaGraphExecDestroy(graph));
    trace.node_tags = nodes.by_node();
    const auto times = replay_times(trace, pass, kReplays);
    std::printf("layer: %s; %s%s\n", summary(trace).c_str(), summary(times).c_str(),
                untagged.empty() ? "" : ("; nodes have no tags: " + untagged).c_str());
    keep(fb, times, kernels);
  }
#endif

  void write(const LayerShape& s, const LayerOps& ops) {
    const auto label = [&](std::vector<Field> more) {
      std::vector<Field> row{s.model.name, s.tp, s.batch, s.seq, kLayers};
      row.insert(row.end(), more.begin(), more.end());
      return row;
    };
    std::map<std::string, double> sum_alone, sum_cold, sum_sequence;
    bool whole = true;
    for (const auto* list : {&ops.forward(), &ops.backward_i(), &ops.backward_w()})
      for (const auto& op : *list) {
        const auto& t = alone_[&op];
        const auto q = stats(in_sequence_[&op]);
        whole = whole && t.sustained_us.n && t.cold_us.n;
        put(ops_csv_, b_, label({name(op.pass), op.name, op.flops, op.bytes, kernels_[&op]}), t,
            {q.n, q.median, q.p10, q.p90, q.n ? q.median / t.sustained_us.median : 0.0});
        for (const auto& key : op.pass == Pass::F ? std::vector<std::string>{"F", "FB"}
                                                  : std::vector<std::string>{name(op.pass), "B", "FB"})
          sum_alone[key] += t.sustained_us.median, sum_cold[key] += t.cold_us.median, sum_sequence[key] += q.median;
      }
    // An op of which every sample was throttled would be missing in the sums.
    if (!whole && b_.budget) b_.budget->leave_out();
    for (const auto& [key, t] : totals_) {
      if (!whole) break;
      const auto& [sequence, graph] = key;
      const bool is_traced = sequence == "FB" && graph;
      totals_csv_.row(label(
          {sequence, graph ? "graph" : "stream", t.us.n, t.us.median, t.us.p10, t.us.p90, t.mhz, t.after.power_w,
           t.after.slowdown, sum_alone[sequence], sum_cold[sequence], sum_alone[sequence] / t.us.median,
           sum_cold[sequence] / t.us.median, sum_sequence[sequence], is_traced ? traced_us_ : 0.0,
           is_traced && untraced_us_ > 0 ? traced_us_ / untraced_us_ : 0.0, t.us.p25, t.us.p75, t.us.half_width}));
    }
    alone_.clear(), totals_.clear(), in_sequence_.clear(), kernels_.clear();
  }

 private:
  struct Total {
    Stats us;  // per layer
    double mhz;
    GpuState after;
  };
  double elapsed(int i) const {
    return elapsed_us(events_[static_cast<std::size_t>(2 * i)], events_[static_cast<std::size_t>(2 * i + 1)]);
  }
  /// Median time per layer of `n` replays after a soak with the same graph.
  double replay_us(cudaGraphExec_t g, double soak_ms, int n) {
    const auto q = b_.sampler.stream();
    BRAID_CUDA(cudaStreamSynchronize(q));
    const auto from = std::chrono::steady_clock::now();
    while (std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - from).count() < soak_ms) {
      for (int i = 0; i < 2; ++i) BRAID_CUDA(cudaGraphLaunch(g, q));
      BRAID_CUDA(cudaEventRecord(events_[0], q));
      BRAID_CUDA(cudaGraphLaunch(g, q));
      BRAID_CUDA(cudaEventSynchronize(events_[0]));
    }
    for (int i = 0; i < n; ++i) {
      BRAID_CUDA(cudaEventRecord(events_[static_cast<std::size_t>(2 * i)], q));
      BRAID_CUDA(cudaGraphLaunch(g, q));
      BRAID_CUDA(cudaEventRecord(events_[static_cast<std::size_t>(2 * i + 1)], q));
    }
    BRAID_CUDA(cudaStreamSynchronize(q));
    std::vector<double> t;
    for (int i = 0; i < n; ++i) t.push_back(elapsed(i) / kLayers);
    return stats(t).median;
  }
  Total time(const Sequence& s, bool graph) {
    const auto q = b_.sampler.stream();
    cudaGraphExec_t g = graph ? capture([&](cudaStream_t c, int) { run(s, c); }, q, 1) : nullptr;
    const auto once = [&] { graph ? check_launch(cudaGraphLaunch(g, q)) : run(s, q); };
    const auto from = std::chrono::steady_clock::now();
    while (std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - from).count() < soak_ms_) {
      once();
      BRAID_CUDA(cudaEventRecord(events_[0], q));
      once();
      BRAID_CUDA(cudaEventSynchronize(events_[0]));  // one pass stays ahead, so the GPU never waits
    }
    for (int i = 0; i < kReplays; ++i) {
      stamps_.stamp(q, 2 * i);
      BRAID_CUDA(cudaEventRecord(events_[static_cast<std::size_t>(2 * i)], q));
      once();
      BRAID_CUDA(cudaEventRecord(events_[static_cast<std::size_t>(2 * i + 1)], q));
      stamps_.stamp(q, 2 * i + 1);
    }
    BRAID_CUDA(cudaStreamSynchronize(q));
    Total r{{}, 0, b_.nvml.state()};
    stamps_.fetch();
    std::vector<double> t, c;
    for (int i = 0; i < kReplays; ++i) {
      t.push_back(elapsed(i) / kLayers);
      if (const double m = stamps_.mhz(2 * i, 2 * i + 1); m > 0) c.push_back(m);
    }
    r.us = stats(t), r.mhz = stats(c).median;
    if (g) BRAID_CUDA(cudaGraphExecDestroy(g));
    return r;
  }
#if BRAID_HAVE_CUPTI
  void keep(const Sequence& fb, const ReplayTimes& times, CsvFile& kernels) {
    for (std::size_t i = 0; i < fb.steps.size(); ++i) {
      const auto& [op, layer, key] = fb.steps[i];
      kernels_[op] = static_cast<int>(times.launches[i].size());
      in_sequence_[op].insert(in_sequence_[op].end(), times.us[i].begin(), times.us[i].end());
      if (layer) continue;
      for (int index = 0; const auto* a : times.launches[i])
        kernels.row({name(op->pass), op->name, index++, a->blocks, a->threads, a->registers, a->shared_bytes,
                     a->cluster, a->us(), a->name});
    }
  }
#endif
  static void check_launch(cudaError_t e) {
    gpu_check(e == cudaSuccess, cudaGetErrorString(e), "cudaGraphLaunch", __FILE__, __LINE__);
  }

  Bench& b_;
  CsvFile &ops_csv_, &totals_csv_;
  const double soak_ms_;
  ClockStamps stamps_;
  std::vector<Event> events_;
  std::map<const LayerOp*, Timing> alone_;
  std::map<std::pair<std::string, bool>, Total> totals_;
  std::map<const LayerOp*, std::vector<double>> in_sequence_;
  std::map<const LayerOp*, int> kernels_;
  double traced_us_ = 0, untraced_us_ = 0;
};

}  // namespace

void sweep_layer(Bench& b, const Budget& budget) {
  const std::string method =
      "four layers with buffers of their own, no collectives; alone: as in the gemm table, but after a soak of 100 ms "
      "with the mix (FB) and for 20 ms, so that the clock is the mix's; sequence: whole passes, events at the two "
      "ends, after a soak of 250 ms with the same; FB in order F, then I and W per layer; "
      "in sequence per op: sum of its kernels by CUPTI in replays of the FB graph; times per layer";
  const std::string tail = b.shape < 0 ? "" : "_" + std::to_string(b.shape);
  auto ops_csv = b.table("layer_ops" + tail,
                         std::string("model,tp,batch,seq,layers,pass,op,flops,bytes,kernels,") + kTimingColumns +
                             ",sequence_samples,sequence_us,sequence_p10_us,sequence_p90_us,sequence_over_alone",
                         method, 7);
  auto totals = b.table("layer" + tail,
                        "model,tp,batch,seq,layers,sequence,launch,samples,median_us,p10_us,p90_us,clock_mhz,power_w,"
                        "slowdown_bits,sum_alone_us,sum_cold_us,sum_alone_over_sequence,sum_cold_over_sequence,"
                        "sum_in_sequence_us,traced_us,traced_over_untraced,p25_us,p75_us,half_width",
                        method, 7);
  if (totals.complete()) return;
  const auto& m = model_shapes();
  const std::vector<LayerShape> shapes = {
      {m[0], 4, 1, 6144}, {m[0], 8, 1, 6144}, {m[0], 1, 1, 6144}, {m[0], 4, 2, 3072}, {m[0], 8, 2, 3072},
      {m[0], 1, 2, 3072}, {m[1], 8, 1, 6144}, {m[1], 4, 1, 6144}, {m[1], 1, 1, 6144}, {m[2], 8, 1, 4096},
      {m[3], 1, 1, 4096}, {m[0], 2, 1, 6144}, {m[0], 8, 1, 2048}, {m[3], 4, 1, 8192}};
  if (b.shape >= static_cast<int>(shapes.size()))
    throw Error("--shape", std::to_string(b.shape) + " is not one of 0 to " + std::to_string(shapes.size() - 1));
  const CudnnHandle cudnn;
  LayerBench bench(b, ops_csv, totals);
  std::vector<Point> points;
  for (int i = 0; i < static_cast<int>(b.quick && b.shape < 0 ? 1 : shapes.size()); ++i) {
    const auto& s = shapes[static_cast<std::size_t>(i)];
    if (b.shape >= 0 && b.shape != i) continue;
    // The last row that a shape writes.
    if (totals.has({s.model.name, s.tp, s.batch, s.seq, kLayers, "W", "graph"})) continue;
    points.push_back({.measure = [&, s] {
      LayerOps ops(b, cudnn.get(), s, kLayers);
      bench.untraced(ops);
#if BRAID_HAVE_CUPTI
      if (b.shape >= 0) {
        auto kernels = b.table("layer_kernels" + tail,
                               "pass,op,index,blocks,threads,registers,shared_bytes,cluster_blocks,us,kernel",
                               "the kernels that each op of the first layer launches, by CUPTI, one at a time");
        bench.traced(ops, kernels);
      }
#endif
      bench.write(s, ops);
    }});
  }
  b.measure(points, budget);
}

}  // namespace braid::gpu
