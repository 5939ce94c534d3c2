// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

#include "calibrate/device/check.hpp"
#include "calibrate/measure.hpp"
#include "calibrate/method/interrupt.hpp"
#include "calibrate/method/run_sweeps.hpp"
#include "calibrate/sweep/bench.hpp"
#include "calibrate/table/folder_lock.hpp"

namespace braid {
namespace {

using gpu::Bench;

struct Sweep {
  const char* name;
  void (*run)(Bench&, const Budget&);
  bool on_partition = false;  ///< whether --sms means something to it
};

constexpr Parts kBuilt{.cudnn = BRAID_HAVE_CUDNN, .nccl = BRAID_HAVE_NCCL, .cupti = BRAID_HAVE_CUPTI};

constexpr Sweep kSweeps[] = {
    {"launch", gpu::sweep_launch},
    {"gemm", gpu::sweep_gemm, true},
    {"grid", gpu::sweep_grid, true},
    {"memory", gpu::sweep_memory, true},
#if BRAID_HAVE_CUDNN
    {"attention", gpu::sweep_attention, true},
    {"unit", gpu::sweep_unit, true},
    {"layer", gpu::sweep_layer},
#endif
    {"copy", gpu::sweep_copy},
    {"power", gpu::sweep_power},
    {"overlap", gpu::sweep_overlap},
    {"collective", gpu::sweep_collective},
    {"partition", gpu::sweep_partition},
#if BRAID_HAVE_CUDNN && BRAID_HAVE_NCCL
    {"braid", gpu::sweep_braid},
#endif
};

void check_options(const MeasureOptions& o) {
  if (o.shape >= 0 && o.choice.names != std::vector<std::string>{"layer"})
    throw Error("--shape", "is an option of the sweep 'layer' alone");
  if (o.shape < -1) throw Error("--shape", "counts from 0");
  for (const PlannedSweep& s : plan()) {
    const std::string library = lacking(s, kBuilt);
    if (!library.empty() && std::find(o.choice.names.begin(), o.choice.names.end(), s.name) != o.choice.names.end())
      throw Error(s.name, "needs " + library + ", which this build lacks");
  }
  if (o.sms < 0) throw Error("--sms", "must be greater than 0");
  if (!o.sms) return;
  const auto on_partition = [](const std::string& name) {
    return std::any_of(std::begin(kSweeps), std::end(kSweeps),
                       [&](const Sweep& s) { return name == s.name && s.on_partition; });
  };
  for (const std::string& name : o.choice.names)
    if (!on_partition(name))
      throw Error("--sms", "the sweep '" + name +
                               "' does not run on a partition; gemm, grid, memory, attention and "
                               "unit do");
  const std::vector<Allotment> chosen = allot(o.choice);
  if (std::none_of(chosen.begin(), chosen.end(), [&](const Allotment& a) { return on_partition(a.name); }))
    throw Error("--sms", "no sweep of this stage runs on a partition; gemm, grid, memory, attention and unit do");
}

/// The tasks of the chosen sweeps, without those that this build lacks (not_measured).
std::vector<SweepTask> tasks_of(const MeasureOptions& o, Bench& bench, int& wrong) {
  std::vector<SweepTask> tasks;
  for (const Allotment& a : allot(o.choice)) {
    if (a.name == "check") {
      if (!o.sms) tasks.push_back({a.name, a.seconds, [&](const Budget&) { wrong += gpu::check_numerics(bench); }});
      continue;
    }
    const auto* s =
        std::find_if(std::begin(kSweeps), std::end(kSweeps), [&](const Sweep& x) { return a.name == x.name; });
    if (s == std::end(kSweeps) || (o.sms && !s->on_partition)) continue;
    tasks.push_back({a.name, a.seconds, [&bench, run = s->run](const Budget& budget) {
                       bench.budget = &budget;
                       run(bench, budget);
                       bench.budget = nullptr;
                     }});
  }
  return tasks;
}

}  // namespace

std::vector<std::string> not_measured() { return left_out(kBuilt); }

int measure(const MeasureOptions& o) {
  (void)allot(o.choice);  // before anything is made
  check_options(o);
  if (!gpu::gpu_count()) {
    std::printf("SKIP: no GPU\n");
    return kSkipped;
  }
  const FolderLock lock(o.out);
  for (const std::string& line : not_measured()) std::fprintf(stderr, "braid-calibrate: %s\n", line.c_str());
  catch_interrupts();
  ProgressLine progress(std::cerr, isatty(STDERR_FILENO) != 0);
  Bench bench{.out = o.out, .quick = o.choice.quick, .shape = o.shape, .sms = o.sms, .progress = &progress};
  int wrong = 0;
  const auto results = run_sweeps(tasks_of(o, bench, wrong), progress, interrupted);
  if (wrong) std::fprintf(stderr, "braid-calibrate: %d numerical checks failed\n", wrong);
  if (interrupted()) {
    std::fprintf(stderr, "braid-calibrate: stopped; the same command goes on where it stopped\n");
    return kInterruptedCode;
  }
  const bool any_failed =
      std::any_of(results.begin(), results.end(), [](const SweepResult& r) { return r.end == SweepEnd::failed; });
  return any_failed ? 2 : wrong ? 1 : 0;
}

}  // namespace braid
