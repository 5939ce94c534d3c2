// SPDX-License-Identifier: Apache-2.0
// How measure_works() times: everything is enqueued without a gate and without pause, so that clock and power are those
// of a step. No kernel here waits for another rank but those of a ring, and these are enqueued call by call on streams
// that never fill, so the host may be blocked anywhere else.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <optional>

#include "calibrate/comm/idle_within.hpp"
#include "calibrate/device/nvml.hpp"
#include "calibrate/method/stats.hpp"
#include "validate/device/gpu_runner.hpp"
#include "validate/device/one_gpu_player.hpp"

namespace braid::gpu {
namespace {

constexpr double kQuickS = 0.004;   // for a first estimate of an op
constexpr double kWindowS = 0.060;  // for a time that counts; its first third only warms up
constexpr int kSamples = 12, kWarmSamples = 4;
constexpr int kMostCalls = 800;      // communications in one window: a stream takes a thousand entries
constexpr double kLeastRate = 0.05;  // of compute beside communication: less would be no measurement of a stretch

/// An op that does a work, the first of its rank.
struct Example {
  std::uint32_t instance = 0, op = 0;
};

class WorkTimer {
 public:
  WorkTimer(OneGpuPlayer& player, const RunRequest& request, double soak_s)
      : player_(player),
        program_(request.program),
        limit_s_(request.time_limit_s),
        soak_s_(soak_s),
        events_(kSamples + 1),
        comm_events_(2) {
    const std::size_t n = program_.works.size();
    examples_.resize(n);
    quick_.assign(n, 0);
    works_ = {.duration = std::vector<Seconds>(n),
              .stretch = std::vector<std::vector<double>>(n, std::vector<double>(n, 0))};
    const auto& instances = player.instances();
    for (std::uint32_t i = 0; i < instances.size(); ++i) {
      compute_.emplace_back();
      turn_.push_back(0);
      const std::vector<Op>& ops = ops_of(i);
      for (std::uint32_t op = 0; op < ops.size(); ++op) {
        const WorkKind kind = program_.works[ops[op].work].kind;
        if (kind == WorkKind::compute) compute_.back().push_back(op);
        if (kind == WorkKind::fixed || (kind == WorkKind::message && ops[op].key.kind == OpKind::recv)) continue;
        if (!examples_[ops[op].work]) examples_[ops[op].work] = Example{i, op};
      }
    }
  }

  MeasuredWorks run() {
    for_each(WorkKind::compute, [&](std::size_t w, Example e) { quick_[w] = quick(e); });
    for (const WorkKind kind : {WorkKind::collective, WorkKind::message})
      for_each(kind,
               [&](std::size_t w, Example e) { works_.duration[w] = Seconds(quick_[w] = communication_alone(w, e)); });
    soak();
    for_each(WorkKind::compute,
             [&](std::size_t w, Example e) { works_.duration[w] = Seconds(loaded(w, e).compute_s); });
    for_each(WorkKind::compute, [&](std::size_t w, Example e) {
      for (std::size_t c = 0; c < program_.works.size(); ++c) {
        const WorkKind kind = program_.works[c].kind;
        if ((kind == WorkKind::collective || kind == WorkKind::message) && quick_[c] > 0)
          works_.stretch[w][c] = stretch(w, e, c);
      }
    });
    return std::move(works_);
  }

 private:
  struct Window {
    double compute_s = 0;  // of one op
    double comm_s = 0;     // from one communication to the next
  };
  const std::vector<Op>& ops_of(std::uint32_t i) const {
    return program_.ranks[static_cast<std::size_t>(player_.instances()[i].pp)].ops;
  }
  /// All ranks busy for a while: a cool GPU is up to a fifth faster in its first 50 ms than later.
  void soak() {
    using Clock = std::chrono::steady_clock;
    const auto until =
        Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(soak_s_));
    for (bool any = true; any && Clock::now() < until;) {
      any = false;
      for_each(WorkKind::compute, [&](std::size_t w, Example e) {
        any = true;
        if (Clock::now() < until) loaded(w, e);
      });
    }
  }
  template <class F>
  void for_each(WorkKind kind, F f) {
    for (std::size_t w = 0; w < program_.works.size(); ++w)
      if (program_.works[w].kind == kind && examples_[w]) f(w, *examples_[w]);
  }
  void compute(std::uint32_t instance, std::uint32_t op) const {
    player_.kernels(instance).enqueue(op, player_.compute_stream(instance));
    // As in a step: it costs a little, and keeps a kernel from starting before the one ahead of it has ended.
    BRAID_CUDA(cudaEventRecord(ended_, player_.compute_stream(instance)));
  }
  /// The work of the example on tensors of another microbatch or layer each time: what ran last is not in L2.
  void compute_next(Example e) {
    const std::vector<std::uint32_t>& mine = compute_[e.instance];
    std::size_t& at = turn_[e.instance];
    do at = (at + 1) % mine.size();
    while (ops_of(e.instance)[mine[at]].work != ops_of(e.instance)[e.op].work);
    compute(e.instance, mine[at]);
  }

  void wait_idle() {
    for (std::uint32_t i = 0; i < player_.instances().size(); ++i) {
      for (std::uint32_t op = 0; op < ops_of(i).size(); ++op) {
        const cudaStream_t s = player_.stream_of(i, op);
        if (std::find(streams_.begin(), streams_.end(), s) == streams_.end()) streams_.push_back(s);
      }
    }
    for (const cudaStream_t s : streams_)
      if (!idle_within(s, limit_s_))
        throw RunFailed(std::vector<Issue>{{"work", "did not end within the limit while it was timed by itself"}});
    if (!player_.rings_sound())
      throw RunFailed(std::vector<Issue>{{"ring", "a collective gave up while it was timed by itself"}});
  }

  /// Seconds of one op, nothing beside it.
  double quick(Example e) {
    const cudaStream_t s = player_.compute_stream(e.instance);
    for (int n = 1;; n *= 4) {
      compute_next(e);
      BRAID_CUDA(cudaEventRecord(events_[0], s));
      for (int k = 0; k < n; ++k) compute_next(e);
      BRAID_CUDA(cudaEventRecord(events_[1], s));
      wait_idle();
      const double t = elapsed_us(events_[0], events_[1]) * 1e-6;
      if (t > kQuickS || n >= 64) return std::max(1e-6, t / n);
    }
  }

  /// One communication on every group that has it, or one message.
  void communicate(std::size_t work, Example e) {
    if (program_.works[work].kind == WorkKind::message)
      return player_.enqueue_send(e.instance, e.op, player_.stream_of(e.instance, e.op));
    const auto& instances = player_.instances();
    for (std::uint32_t i = 0; i < instances.size(); ++i) {
      if (instances[i].pp != instances[e.instance].pp) continue;
      if (group_of(instances, i, program_.works[work].scope).front() == i) player_.enqueue_collective(i, e.op);
    }
  }

  double communication_alone(std::size_t work, Example e) {
    constexpr int kCalls = 8;
    const cudaStream_t s = player_.stream_of(e.instance, e.op);
    std::vector<double> us;
    for (int sample = -1; sample < 9; ++sample) {
      BRAID_CUDA(cudaEventRecord(events_[0], s));
      for (int k = 0; k < kCalls; ++k) communicate(work, e);
      BRAID_CUDA(cudaEventRecord(events_[1], s));
      wait_idle();
      if (sample >= 0) us.push_back(elapsed_us(events_[0], events_[1]) / kCalls);
    }
    return stats(us).median * 1e-6;
  }

  /// The op again and again, the other ranks going through their compute ops, and `comm` of `call_s` each beside it.
  Window loaded(std::size_t work, Example e, const std::function<void()>& comm = nullptr, double call_s = 0,
                cudaStream_t comm_stream = nullptr) {
    const auto n = player_.instances().size();
    const int reps = std::max(1, static_cast<int>(std::lround(kWindowS / kSamples / quick_[work])));
    std::vector<double> enqueued(n, 0);  // seconds of work on each rank, as first estimated
    std::vector<std::size_t> next(n, 0);
    double comm_enqueued = 0;
    int calls = 0;
    const auto keep_busy = [&](double until) {
      for (std::uint32_t i = 0; i < n; ++i) {
        while (i != e.instance && enqueued[i] < until && !compute_[i].empty()) {
          const std::uint32_t op = compute_[i][next[i]++ % compute_[i].size()];
          compute(i, op);
          enqueued[i] += quick_[ops_of(i)[op].work];
        }
      }
      for (; comm && comm_enqueued < until && calls < kMostCalls; ++calls) {
        comm();
        comm_enqueued += call_s;
      }
    };
    if (comm) BRAID_CUDA(cudaEventRecord(comm_events_[0], comm_stream));
    const cudaStream_t s = player_.compute_stream(e.instance);
    double mine = 0;
    for (int sample = 0; sample < kSamples; ++sample) {
      // A quarter ahead: what is beside must not run out, should it be faster than estimated.
      keep_busy(1.25 * (mine + reps * quick_[work]) + 0.002);
      BRAID_CUDA(cudaEventRecord(events_[static_cast<std::size_t>(sample)], s));
      for (int k = 0; k < reps; ++k) compute_next(e);
      mine += reps * quick_[work];
    }
    BRAID_CUDA(cudaEventRecord(events_.back(), s));
    if (comm) BRAID_CUDA(cudaEventRecord(comm_events_[1], comm_stream));
    wait_idle();
    std::vector<double> us;
    for (std::size_t k = kWarmSamples; k < kSamples; ++k) us.push_back(elapsed_us(events_[k], events_[k + 1]) / reps);
    Window window{.compute_s = stats(us).median * 1e-6};
    if (calls) window.comm_s = elapsed_us(comm_events_[0], comm_events_[1]) * 1e-6 / calls;
    return window;
  }

  /// The engine lets communication last as long as alone and slows compute while it runs: of a window in which the
  /// share phi is communication (at its time alone), compute gets 1 - phi + phi / (1 + x).
  double stretch(std::size_t work, Example e, std::size_t comm) {
    const std::optional<Example> c = comm_of(e, comm);
    if (!c) return 0;
    const Window w = loaded(
        work, e, [&] { communicate(comm, *c); }, quick_[comm], player_.stream_of(c->instance, c->op));
    if (!(w.comm_s > 0) || !(w.compute_s > 0)) return 0;
    const double phi = std::min(1.0, quick_[comm] / w.comm_s);
    const double got = works_.duration[work].value / w.compute_s;
    const double rate = std::max(kLeastRate, 1 - (1 - got) / phi);
    return std::max(0.0, 1 / rate - 1);
  }

  /// That communication on the rank of the example; none if the rank has none.
  std::optional<Example> comm_of(Example e, std::size_t comm) const {
    const std::vector<Op>& ops = ops_of(e.instance);
    for (std::uint32_t op = 0; op < ops.size(); ++op)
      if (ops[op].work == comm && ops[op].key.kind != OpKind::recv) return Example{e.instance, op};
    return std::nullopt;
  }

  OneGpuPlayer& player_;
  const Program& program_;
  double limit_s_, soak_s_;
  std::vector<Event> events_, comm_events_;
  Event ended_{Event::Kind::untimed};
  std::vector<cudaStream_t> streams_;
  std::vector<std::optional<Example>> examples_;     // by work
  std::vector<std::vector<std::uint32_t>> compute_;  // by instance: its compute ops in program order
  std::vector<std::size_t> turn_;                    // by instance: into compute_, of compute_next
  std::vector<double> quick_;                        // by work: seconds alone
  MeasuredWorks works_;
};

}  // namespace

MeasuredWorks measure_works(const GpuRunnerOptions& options, const RunRequest& request) {
  if (options.placement == GpuPlacement::multi)
    throw Error("--calibrate-works", "works are measured on partitions or for a replay, not on several GPUs");
  OneGpuPlayer player(options, request);
  const Nvml nvml;
  NvmlWatch watch(nvml);
  MeasuredWorks works = WorkTimer(player, request, options.soak_s).run();
  const GpuState state = watch.read();
  if (nvml.ok())
    works.notes.push_back(
        fmt::format("works were timed one after the other, at last with SMs at {} MHz and {:.0f} W; "
                    "a run at another clock differs by as much",
                    state.sm_mhz, state.power_w));
  if (const std::string note = player.sanity_note(); !note.empty()) works.notes.push_back("works: " + note);
  return works;
}

}  // namespace braid::gpu
