// SPDX-License-Identifier: Apache-2.0
// How many configurations a second are screened in blocks on one core, from Scenario to RunReport.
//
// Llama-3 70B on H100 with TP 8 x PP 8 x DP 4 and 64 microbatches, and with 96 layers, PP 16 and 128 microbatches. Each
// iteration is another sequence and link bandwidth, so that no price is that of the one before. `kept`: one Screener
// for all, as the worker of a sweep has it; `fresh`: a new one each time, which makes the schedule anew. Time is CPU
// time.
#include <benchmark/benchmark.h>

#include <string>

#include "sim/screen/screen.hpp"

namespace braid {
namespace {

Scenario llama_70b(int pp, int microbatches) {
  const std::string folder = BRAID_SOURCE_DIR "/scenarios/";
  Scenario s;
  s.name = "llama3-70b";
  s.model = read_model(folder + "models/llama3-70b.toml");
  if (pp == 16) s.model.layers = 96;  // 80 do not divide over 32 virtual stages
  s.cluster = read_cluster(folder + "clusters/h100-sxm-8x128.toml");
  s.network = NetworkKind::ideal;
  s.plan = {.tp = 8, .pp = pp, .dp = 4, .microbatches = microbatches, .sequence = 8192};
  return s;
}

void screen(benchmark::State& state, const char* schedule, int pp, int microbatches, bool kept,
            P2pMode mode = P2pMode::eager, const char* csv = "") {
  const Scenario base = llama_70b(pp, microbatches);
  const Run run{.schedule = schedule, .label = schedule, .p2p = mode};
  const std::string path = *csv == 0 ? "" : std::string(BRAID_SOURCE_DIR "/scenarios/profiles/") + csv;
  const Profile profile = profile_of(path, base.cluster.gpu);
  Screener screener;
  int number = 0;
  for (auto _ : state) {
    Scenario s = base;
    s.plan.sequence = 4096 + 128 * (number % 32);
    s.cluster.intra_bandwidth *= 1 + 0.01 * (number % 17);
    s.cluster.nic_bandwidth *= 1 + 0.01 * (number % 13);
    ++number;
    const RunReport report = kept ? screener.screen(s, run, profile) : Screener().screen(s, run, profile);
    benchmark::DoNotOptimize(report.step_time);
  }
  state.counters["configurations/s"] = benchmark::Counter(number, benchmark::Counter::kIsRate);
}

#define BRAID_SWEEP_BENCH(name, ...) BENCHMARK_CAPTURE(screen, name, __VA_ARGS__)->Unit(benchmark::kMillisecond)

BRAID_SWEEP_BENCH(pp8_m64_1f1b_kept, "1f1b", 8, 64, true);
BRAID_SWEEP_BENCH(pp8_m64_1f1bi_kept, "1f1b-i", 8, 64, true);
BRAID_SWEEP_BENCH(pp8_m64_zbh1_kept, "zb-h1", 8, 64, true);
BRAID_SWEEP_BENCH(pp8_m64_zbv_kept, "zb-v", 8, 64, true);
BRAID_SWEEP_BENCH(pp8_m64_vhalf_kept, "v-half", 8, 64, true);
BRAID_SWEEP_BENCH(pp8_m64_stp_kept, "stp", 8, 64, true);
BRAID_SWEEP_BENCH(pp8_m64_stp_batched_kept, "stp", 8, 64, true, P2pMode::batched);
BRAID_SWEEP_BENCH(pp8_m64_stp_calibrated_kept, "stp", 8, 64, true, P2pMode::eager, "h100-80g.csv");
BRAID_SWEEP_BENCH(pp8_m64_1f1b_fresh, "1f1b", 8, 64, false);
BRAID_SWEEP_BENCH(pp8_m64_1f1bi_fresh, "1f1b-i", 8, 64, false);
BRAID_SWEEP_BENCH(pp8_m64_zbv_fresh, "zb-v", 8, 64, false);
BRAID_SWEEP_BENCH(pp8_m64_vhalf_fresh, "v-half", 8, 64, false);
BRAID_SWEEP_BENCH(pp8_m64_stp_fresh, "stp", 8, 64, false);
BRAID_SWEEP_BENCH(pp16_m128_1f1bi_kept, "1f1b-i", 16, 128, true);
BRAID_SWEEP_BENCH(pp16_m128_zbv_kept, "zb-v", 16, 128, true);
BRAID_SWEEP_BENCH(pp16_m128_stp_kept, "stp", 16, 128, true);

}  // namespace
}  // namespace braid

BENCHMARK_MAIN();
