// SPDX-License-Identifier: Apache-2.0
// The timeline at 10 million spans: time a frame at every zoom, a pan, what moves with the mouse, opening a run file,
// memory. Bars: median frame under 16.7 ms, pan under 4 ms, under 24 bytes a span beyond the file and the sums.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <QGuiApplication>
#include <algorithm>
#include <chrono>
#include <filesystem>

#include "gui/paint/timeline_painter.hpp"
#include "tests/gui/made_run.hpp"

namespace {

using namespace braid;

constexpr int kRows = 128;
constexpr QSize kBody(1920, 1044);

/// 32 ranks of 4 rows; about 10.1 million spans.
RunColumns ten_million() {
  return made_run({.pp = 32, .microbatches = 16, .layers = 4, .steps = 330, .counters = false, .dependences = false});
}

const std::shared_ptr<const Trace>& trace() {
  static const auto made = std::make_shared<const Trace>(ten_million(), "made up");
  return made;
}

/// Every row of the run, all of them in view at 8 px or as high as asked.
Scene scene_of(const std::shared_ptr<const Trace>& run, double row_height = 0) {
  Scene scene{
      .trace = run, .range = run->extent(), .size = kBody, .theme = theme(PaletteKind::colour_blind_safe, Light::day)};
  for (std::uint32_t row = 0; row < kRows; ++row) {
    LayoutRow one{.members = {row}};
    one.height = row_height > 0 ? row_height : static_cast<double>(kBody.height()) / kRows;
    one.top = row * one.height;
    scene.rows.push_back(one);
  }
  return scene;
}

/// `part` of the run from a third of it on.
TimeRange part_of(TimeRange all, double part) {
  const auto length = std::max<std::int64_t>(10, static_cast<std::int64_t>(static_cast<double>(all.length()) * part));
  const std::int64_t begin = all.begin + (all.length() - length) / 3;
  return {begin, begin + length};
}

/// Runs one frame an iteration and tells the quantiles.
template <typename Frame>
void measure(benchmark::State& state, Frame&& frame) {
  std::vector<double> times;
  frame(0);
  int i = 1;
  for (auto _ : state) {
    const auto begin = std::chrono::steady_clock::now();
    frame(i++);
    times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    state.SetIterationTime(times.back() / 1e3);
  }
  std::sort(times.begin(), times.end());
  state.counters["p50_ms"] = times[times.size() / 2];
  state.counters["p95_ms"] = times[times.size() * 95 / 100];
}

/// The share of the run in view: 1/steps is one step; `worst` where a pixel is just short of four spans of the compute
/// rows, so that all of them are read.
double zoom_of(int which) {
  constexpr double kStep = 1.0 / 330;
  constexpr std::array kZooms{1.0, 0.1, 0.01, kStep, kStep / 10};
  if (which < static_cast<int>(kZooms.size())) return kZooms[static_cast<std::size_t>(which)];
  const RunRow& compute = trace()->run().rows[1];
  return 3.9 * kBody.width() / static_cast<double>(compute.end - compute.begin);
}

void frame_at(benchmark::State& state, PixelMode mode, double row_height) {
  Scene scene = scene_of(trace(), row_height);
  scene.mode = mode;
  const TimeRange range = part_of(trace()->extent(), zoom_of(static_cast<int>(state.range(0))));
  TimelinePainter painter;
  measure(state, [&](int i) {
    // Another length every time: no pixel can be kept.
    scene.range = {range.begin, range.end + i};
    benchmark::DoNotOptimize(painter.body(scene).constBits());
  });
}

void frame_shares(benchmark::State& state) { frame_at(state, PixelMode::share, 0); }
void frame_blend(benchmark::State& state) { frame_at(state, PixelMode::blend, 0); }
void frame_high_rows(benchmark::State& state) { frame_at(state, PixelMode::share, 18); }

void pan(benchmark::State& state) {
  Scene scene = scene_of(trace(), static_cast<double>(state.range(1)));
  const TimeRange range = part_of(trace()->extent(), zoom_of(static_cast<int>(state.range(0))));
  TimelinePainter painter;
  const double step = static_cast<double>(range.length()) / kBody.width();
  measure(state, [&](int i) {
    const auto moved = static_cast<std::int64_t>(step * 9 * (i % 40));
    scene.range = {range.begin + moved, range.end + moved};
    benchmark::DoNotOptimize(painter.body(scene).constBits());
  });
}

void scroll(benchmark::State& state) {
  Scene scene = scene_of(trace(), 18);
  scene.range = part_of(trace()->extent(), 0.1);
  TimelinePainter painter;
  measure(state, [&](int i) {
    scene.scroll = 11 * (i % 100);
    benchmark::DoNotOptimize(painter.body(scene).constBits());
  });
}

void hover(benchmark::State& state) {
  Scene scene = scene_of(trace(), 18);
  scene.range = part_of(trace()->extent(), zoom_of(3));
  TimelinePainter painter;
  QImage target(kBody, QImage::Format_RGB32);
  measure(state, [&](int i) {
    scene.hover = hit_test(scene, QPointF(10 + i * 7 % 1900, 25));
    QPainter onto(&target);
    onto.drawImage(0, 0, painter.body(scene));
    painter.overlays(onto, scene);
  });
}

std::size_t heap() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

void open_run_file(benchmark::State& state) {
  const std::string path = (std::filesystem::temp_directory_path() / "gui_paint_bench.braid").string();
  write_run_file(trace()->run(), path);
  double beyond = 0, sums = 0;
  const auto spans = static_cast<double>(trace()->run().spans());
  for (auto _ : state) {
    const std::size_t before = heap();
    const Trace opened(RunFile(path), path);
    sums = static_cast<double>(opened.coverage().bytes()) / spans;
    beyond = static_cast<double>(heap() - before) / spans - sums;
  }
  state.counters["spans"] = spans;
  state.counters["sums_bytes_a_span"] = sums;
  state.counters["other_bytes_a_span"] = beyond;
  std::filesystem::remove(path);
}

BENCHMARK(frame_shares)
    ->DenseRange(0, 5)
    ->Iterations(60)
    ->UseManualTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(frame_blend)
    ->DenseRange(0, 5)
    ->Iterations(60)
    ->UseManualTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(frame_high_rows)
    ->DenseRange(0, 5)
    ->Iterations(60)
    ->UseManualTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(pan)
    ->ArgsProduct({{0, 1, 2, 3, 4, 5}, {0, 18}})
    ->Iterations(60)
    ->UseManualTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(scroll)->Iterations(60)->UseManualTime()->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);
BENCHMARK(hover)->Iterations(60)->UseManualTime()->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);
BENCHMARK(open_run_file)->Iterations(5)->Unit(benchmark::kMillisecond);

}  // namespace

int main(int argc, char** argv) {
  if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
  QGuiApplication app(argc, argv);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
