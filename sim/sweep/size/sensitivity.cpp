// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/size/sensitivity.hpp"

#include <algorithm>
#include <cmath>

#include "sim/cost/scenario_profile.hpp"
#include "sim/program/scheduled.hpp"

namespace braid {
namespace {

bool turn_network(Scenario& s, Profile&, double factor) {
  s.cluster.nic_bandwidth *= factor;
  return s.cluster.nodes > 1;
}

bool turn_links(Scenario& s, Profile&, double factor) {
  s.cluster.intra_bandwidth *= factor;
  return true;
}

bool turn_latencies(Scenario& s, Profile& p, double factor) {
  s.cluster.intra_latency *= factor;
  s.cluster.inter_latency *= factor;
  p.parameters.spine_latency_s *= factor;
  return true;
}

bool turn_gpus(Scenario& s, Profile& p, double factor) {
  speed_up_gpu(s, p, factor);
  return true;
}

bool turn_microbatches(Scenario& s, Profile&, double factor) {
  const double count = s.plan.microbatches * factor;
  if (count < 1 || count != std::floor(count)) return false;
  s.plan.microbatches = static_cast<int>(count);
  return true;
}

constexpr Knob kKnobs[] = {
    {"bandwidth between nodes", "half", "double", 0.5, 2, turn_network},
    {"bandwidth inside nodes", "half", "double", 0.5, 2, turn_links},
    {"latencies of links", "double", "half", 2, 0.5, turn_latencies},
    {"speed of GPUs", "10 % less", "10 % more", 0.9, 1.1, turn_gpus},
    {"microbatches a step", "half", "double", 0.5, 2, turn_microbatches},
};

double speed_of(const RunReport& report) { return report.tokens_per_s_per_gpu * report.gpus; }

double reach(const Swing& swing) {
  return std::max(std::abs(swing.low.value_or(1) - 1), std::abs(swing.high.value_or(1) - 1));
}

}  // namespace

Playable playable(const Configuration& row) {
  Playable p{.scenario = parse_scenario(row.scenario, "the row's scenario"), .run = {}, .profile = {}};
  const Gpu& gpu = p.scenario.cluster.gpu;
  p.run = run_called(p.scenario, row.run, "the row");
  p.profile = changed_by(p.scenario,
                         row.profile.empty() ? default_profile(gpu) : parse_profile(row.profile, "its profile", gpu));
  return p;
}

std::span<const Knob> knobs() { return kKnobs; }

void speed_up_gpu(Scenario& s, Profile& profile, double factor) {
  Gpu& gpu = s.cluster.gpu;
  gpu.bf16_dense *= factor;
  gpu.fp32_vector *= factor;
  gpu.memory_bandwidth *= factor;
  Parameters& p = profile.parameters;
  for (double* overhead : {&p.gemm_overhead_s, &p.attention_forward_overhead_s, &p.attention_backward_overhead_s,
                           &p.kernel_overhead_s, &p.unit_overhead_s}) {
    *overhead /= factor;
  }
  for (auto& [key, point] : profile.points) point.duration *= 1 / factor;
}

std::optional<double> turned_speed(const Scenario& scenario, const Run& run, const Profile& profile, const Knob& knob,
                                   double factor, Screener& screener) {
  Scenario turned = scenario;
  turned.runs = {run};
  Profile priced = profile;
  if (!knob.turn(turned, priced, factor)) return std::nullopt;
  try {
    const RunReport report = screener.screen(turned, run, priced);
    if (!report.fits()) return std::nullopt;
    return speed_of(report);
  } catch (const Error&) {  // outside the schedule's precondition
    return std::nullopt;
  }
}

std::vector<Swing> sensitivity(const Scenario& scenario, const Run& run, const Profile& profile, Screener& screener) {
  const double base = speed_of(screener.screen(scenario, run, profile));
  BRAID_CHECK(base > 0, "a scenario has a model, so that it has tokens");
  std::vector<Swing> swings;
  for (const Knob& knob : kKnobs) {
    Swing swing{.what = knob.what, .low_label = knob.low, .high_label = knob.high, .low = {}, .high = {}};
    if (const auto low = turned_speed(scenario, run, profile, knob, knob.low_factor, screener)) swing.low = *low / base;
    if (const auto high = turned_speed(scenario, run, profile, knob, knob.high_factor, screener)) {
      swing.high = *high / base;
    }
    swings.push_back(std::move(swing));
  }
  std::stable_sort(swings.begin(), swings.end(), [](const Swing& a, const Swing& b) { return reach(a) > reach(b); });
  return swings;
}

std::vector<Swing> sensitivity(const Configuration& row, Screener& screener) {
  const Playable p = playable(row);
  return sensitivity(p.scenario, p.run, p.profile, screener);
}

}  // namespace braid
