// SPDX-License-Identifier: Apache-2.0
// How long the window's files take to open: half a gigabyte of Chrome JSON (ours, and as torch's profiler writes it),
// and a cached run of ten million spans. Bars: 6 s and 1 s on two cores, word of progress at least every 100 ms.
//
// Writes about 2 GB below the folder for temporary files. Files lie in the system's cache when they are opened.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "gui/model/open_file.hpp"
#include "tests/gui/made_json.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point then) {
  return std::chrono::duration<double, std::milli>(Clock::now() - then).count();
}

/// A folder for the time of the process.
const fs::path& folder() {
  struct Folder {
    fs::path path = fs::temp_directory_path() / ("braid-gui-open-bench-" + std::to_string(getpid()));
    Folder() { fs::create_directories(path); }
    ~Folder() { fs::remove_all(path); }
  };
  static const Folder made;
  return made.path;
}

/// As many steps as give about so many bytes.
MadeRun of_bytes(double bytes, double bytes_a_span) {
  MadeRun wanted{.pp = 8, .tp = 4, .microbatches = 64, .layers = 8, .counters = false, .dependences = true};
  // A step has microbatches x layers x 2 x (4 + 2) spans without idle pieces and messages a rank.
  const double spans = bytes / bytes_a_span;
  wanted.steps = std::max(1, static_cast<int>(spans / (32.0 * 64 * 8 * 2 * 6)));
  return wanted;
}

std::string written(const std::string& name, const std::string& text) {
  const fs::path path = folder() / name;
  if (!fs::exists(path)) std::ofstream(path, std::ios::binary) << text;
  return path.string();
}

std::string json_file(bool kineto) {
  constexpr double kBytes = 500e6;
  const fs::path path = folder() / (kineto ? "kineto.json" : "ours.json");
  if (fs::exists(path)) return path.string();
  return written(path.filename().string(),
                 kineto ? made_kineto_json(of_bytes(kBytes, 820)) : made_json(of_bytes(kBytes, 135)));
}

void open_json(benchmark::State& state) {
  const std::string path = json_file(state.range(0) != 0);
  const std::string cache = (folder() / "cache").string();
  double longest = 0;
  std::size_t spans = 0;
  for (auto _ : state) {
    state.PauseTiming();
    fs::remove_all(cache);
    state.ResumeTiming();
    auto last = Clock::now();
    const auto traces = open_traces(path, cache, [&](double, const char*) {
      longest = std::max(longest, ms_since(last));
      last = Clock::now();
      return true;
    });
    longest = std::max(longest, ms_since(last));
    spans = traces.front()->run().spans();
  }
  state.counters["MB"] = static_cast<double>(fs::file_size(path)) * 1e-6;
  state.counters["spans"] = static_cast<double>(spans);
  state.counters["ms between words"] = longest;
}

/// From "stop" to the end of open_traces(), at moments all over the time that it takes.
void cancel_json(benchmark::State& state) {
  const std::string path = json_file(false);
  const std::string cache = (folder() / "cache").string();
  double longest = 0;
  int moment = 0;
  for (auto _ : state) {
    fs::remove_all(cache);
    const auto began = Clock::now();
    const double until = 150.0 * ++moment;
    Clock::time_point stopped;
    bool stop = false;
    try {
      open_traces(path, cache, [&](double, const char*) {
        if (!stop && ms_since(began) > until) stop = true, stopped = Clock::now();
        return !stop;
      });
    } catch (const Cancelled&) { longest = std::max(longest, ms_since(stopped)); }
  }
  state.counters["ms to stop"] = longest;
}

void open_cached_run(benchmark::State& state) {
  const fs::path path = folder() / "ten_million.braid";
  if (!fs::exists(path)) {
    MadeRun wanted{.pp = 8, .tp = 4, .microbatches = 64, .layers = 8, .counters = true, .dependences = true};
    wanted.steps = 43;
    write_run_file(made_run(wanted).view(), path.string());
  }
  std::size_t spans = 0;
  double checked = 0;
  for (auto _ : state) {
    spans = open_traces(path.string(), "").front()->run().spans();
    state.PauseTiming();
    const auto began = Clock::now();
    benchmark::DoNotOptimize(RunFile(path.string()));
    checked = ms_since(began);
    state.ResumeTiming();
  }
  state.counters["MB"] = static_cast<double>(fs::file_size(path)) * 1e-6;
  state.counters["spans"] = static_cast<double>(spans);
  state.counters["ms of it to check"] = checked;
}

BENCHMARK(open_json)
    ->ArgName("kineto")
    ->Arg(0)
    ->Arg(1)
    ->Iterations(3)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();
BENCHMARK(cancel_json)->Iterations(20)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK(open_cached_run)->Iterations(10)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();

}  // namespace
}  // namespace braid

BENCHMARK_MAIN();
