// SPDX-License-Identifier: Apache-2.0
#include "validate/device/gpu_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <functional>

#include "calibrate/cupti/recorder.hpp"
#include "calibrate/device/check.hpp"
#include "calibrate/device/device.hpp"
#include "calibrate/device/nvml.hpp"
#include "sim/report/verify.hpp"
#include "validate/device/multi_gpu_player.hpp"
#include "validate/device/one_gpu_player.hpp"
#include "validate/device/run_facts.hpp"

namespace braid::gpu {
namespace {

constexpr double kResoakS = 0.25;      // between the untraced and the traced repeats
constexpr double kWideSlackS = 20e-6;  // where records of different streams disagree by more than kClockSlackS

/// What was dropped, by reason.
struct Dropped {
  std::size_t throttled = 0, late = 0;
  unsigned long long reasons = 0;
};

class Measurement {
 public:
  Measurement(StepPlayer& player, const GpuRunnerOptions& options, const RunRequest& request)
      : player_(player), options_(options), request_(request), watch_(nvml_) {}

  MeasuredRun run() {
    for (int i = 0; i < std::max(1, request_.warm_up); ++i) player_.play({.gated = i > 0});
    soak(options_.soak_s);
    std::vector<Seconds> untraced;
    repeat(0, [&](const StepResult& r) { untraced.push_back(r.time); });
    const GpuState state = watch_.read();
    std::string why;
    if (!start_recording(&why)) throw Error("CUPTI", why + "; a run without a recording has no timeline");
    MeasuredRun run = traced();
    run.untraced = std::move(untraced);
    run.peak = player_.held();
    run.notes.insert(run.notes.begin(), notes_.begin(), notes_.end());
    const std::vector<std::string> more = player_.notes();
    run.notes.insert(run.notes.end(), more.begin(), more.end());
    run.timeline.provenance.facts = facts_of_run({.placement = to_text(options_.placement),
                                                  .schedule = request_.program.schedule,
                                                  .trace_hash = hash_,
                                                  .state = state},
                                                 nvml_);
    run.placement = to_text(options_.placement);
    return run;
  }

 private:
  void soak(double seconds) {
    const double begin = NvmlWatch::now();
    do player_.play({});
    while (NvmlWatch::now() - begin < seconds);
  }

  /// Plays until `repeats` steps count. `first_mark` 0: untraced.
  void repeat(std::uint64_t first_mark, const std::function<void(const StepResult&)>& keep) {
    Dropped dropped;
    const int wanted = std::max(1, request_.repeats);
    int kept = 0;
    std::uint64_t mark = first_mark;
    for (int played = 0; kept < wanted && played < 2 * wanted; ++played) {
      const double from = NvmlWatch::now();
      const StepResult r = player_.play({.mark = mark});
      const unsigned long long reasons = watch_.log().reasons(from, NvmlWatch::now());
      marks_played_ = mark;
      if (mark) host_.push_back(player_.host_spans()), ++mark;
      const bool good = reasons == 0 && r.released_by_host;
      if (first_mark) counts_.push_back(good);
      dropped.reasons |= reasons;
      dropped.throttled += reasons != 0;
      dropped.late += !r.released_by_host;
      if (!good) continue;
      ++kept;
      keep(r);
    }
    const char* kind = first_mark ? "traced" : "untraced";
    if (dropped.throttled)
      notes_.push_back(fmt::format("{} {} repeats dropped: throttled ({})", dropped.throttled, kind,
                                   slowdown_text(dropped.reasons)));
    if (dropped.late)
      notes_.push_back(fmt::format("{} {} repeats dropped: released before they were enqueued", dropped.late, kind));
    if (kept == 0) throw Error("GPU", fmt::format("no {} repeat of {} counts: {}", kind, 2 * wanted, notes_.back()));
    if (kept < wanted) notes_.push_back(fmt::format("{} {} repeats, not {}", kept, kind, wanted));
  }

  MeasuredRun traced() {
    try {
      soak(kResoakS);
      repeat(1, [](const StepResult&) {});
    } catch (...) {
      try {
        stop_recording();
      } catch (const Error&) {}  // the first fault is the one to tell
      throw;
    }
    const GpuTrace trace = stop_recording();
    hash_ = trace.hash;
    if (!trace.complete()) throw Error("CUPTI", "the recording is not whole: " + summary(trace));
    std::vector<TaggedActivity> activities;
    for (const GpuActivity& a : trace.activities) activities.push_back({trace.tag(a), a.start_ns, a.end_ns});
    const auto timelines = [&](double clock_slack_s) {
      return step_timelines({.program = request_.program,
                             .plan = player_.plan(),
                             .instances = player_.instances(),
                             .tags = player_.tags(),
                             .activities = activities,
                             .repeats = static_cast<std::size_t>(marks_played_),
                             .sender_writes = player_.sender_writes(),
                             .host = host_,
                             .clock_slack_s = clock_slack_s});
    };
    Checked checked = check_runs(timelines(kClockSlackS));
    if (2 * checked.bad > checked.steps.repeats.size()) {
      checked = check_runs(timelines(kWideSlackS));
      notes_.push_back(fmt::format("the recording's clock is off by more than {:.0f} us: {:.0f} were allowed",
                                   kClockSlackS * 1e6, kWideSlackS * 1e6));
    }
    if (2 * checked.bad > checked.steps.repeats.size() || checked.kept.empty()) throw RunFailed(checked.issues);
    if (checked.bad)
      notes_.push_back(fmt::format(
          "{} of {} traced repeats dropped: by their records no runs of the program; first "
          "{}: {}",
          checked.bad, checked.steps.repeats.size(), checked.issues.front().where, checked.issues.front().what));
    note(checked.steps);
    return summarise(std::move(checked.kept));
  }

  struct Checked {
    StepTimelines steps;
    std::vector<Timeline> kept;
    std::size_t bad = 0;        // repeats that are no runs of the program
    std::vector<Issue> issues;  // of the first of those
  };
  Checked check_runs(StepTimelines steps) const {
    Checked c{.steps = std::move(steps), .kept = {}, .issues = {}};
    for (std::size_t r = 0; r < c.steps.repeats.size(); ++r) {
      std::vector<Issue> issues = verify(request_.program, c.steps.repeats[r]);
      c.bad += !issues.empty();
      if (c.issues.empty()) c.issues = issues;
      if (issues.empty() && counts_[r]) c.kept.push_back(std::move(c.steps.repeats[r]));
    }
    if (c.kept.empty() && c.issues.empty()) c.issues.push_back({"GPU", "no traced repeat counts"});
    return c;
  }

  void note(const StepTimelines& s) {
    if (s.untagged) notes_.push_back(fmt::format("{} kernels inside steps carry no op's tag", s.untagged));
    if (s.without_kernel)
      notes_.push_back(
          fmt::format("{} ops have no kernel of their own, first {}", s.without_kernel, s.first_without_kernel));
    if (s.moved_s > 0)
      notes_.push_back(
          fmt::format("starts moved by at most {:.0f} ns, to the end of what they waited for", s.moved_s * 1e9));
    if (s.cut_s > 0)
      notes_.push_back(fmt::format("absent peers' times cut by at most {:.0f} ns, to where what waited for them began",
                                   s.cut_s * 1e9));
  }

  StepPlayer& player_;
  const GpuRunnerOptions& options_;
  const RunRequest& request_;
  Nvml nvml_;
  NvmlWatch watch_;
  std::vector<std::vector<HostSpan>> host_;  // by traced repeat
  std::vector<bool> counts_;                 // by traced repeat
  std::uint64_t marks_played_ = 0, hash_ = 0;
  std::vector<std::string> notes_;
};

class GpuRunner : public Runner {
 public:
  explicit GpuRunner(const GpuRunnerOptions& options) : options_(with_defaults(options)) {}
  MeasuredRun run(const RunRequest& request) override {
    if (options_.placement == GpuPlacement::multi) {
#if BRAID_HAVE_NCCL
      MultiGpuPlayer player(options_, request);
      return Measurement(player, options_, request).run();
#else
      throw Error("--placement multi", "needs NCCL, which this build lacks");
#endif
    }
    OneGpuPlayer player(options_, request);
    return Measurement(player, options_, request).run();
  }
  std::string placement() const override { return to_text(options_.placement); }

 private:
  GpuRunnerOptions options_;
};

}  // namespace

void set_environment() {
  setenv("CUDA_DEVICE_MAX_CONNECTIONS", "32", 0);
  setenv("CUDA_MODULE_LOADING", "EAGER", 0);
  setenv("NCCL_LAUNCH_ORDER_IMPLICIT", "1", 0);
}

bool any_gpu() { return gpu_count() > 0; }

Bytes memory_of_gpu() { return Bytes(device_facts().memory_gib * (1 << 30)); }

std::unique_ptr<Runner> gpu_runner(const GpuRunnerOptions& options) { return std::make_unique<GpuRunner>(options); }

}  // namespace braid::gpu
