// SPDX-License-Identifier: Apache-2.0
#include "calibrate/fit/overlap_fit.hpp"

#include <gtest/gtest.h>

#include <random>

#include "sim/base/gpus.hpp"

namespace braid {
namespace {

const Gpu& gpu() { return gpu_by_name("H100-80G", "test"); }
constexpr OverlapFit kTruth{.traffic = 0.8, .nccl_traffic = 0.7, .sms = 0.5, .memory = 0.3};

/// Six products, two attentions and four streams, with steps of their own beside held SMs, beside copies and NCCL.
std::vector<OverlapSample> made_up(double noise_share, unsigned seed, int runs = 60) {
  std::mt19937 random(seed);
  std::normal_distribution<double> noise(1, noise_share);
  std::uniform_real_distribution<double> any(0, 1);
  std::vector<OverlapSample> samples;
  for (int i = 0; i < 12; ++i) {
    const KernelKind kind = i < 6 ? KernelKind::gemm : i < 8 ? KernelKind::attention : KernelKind::memory;
    const double used = kind == KernelKind::memory ? 0.5 + 0.4 * any(random) : 0.2 + 0.4 * any(random);
    double held = 1;
    for (const double ctas : {4.0, 8.0, 16.0, 24.0}) {
      held += 0.2 * any(random);
      OverlapSample s{.compute = "kernel " + std::to_string(i), .kind = kind, .key = {}, .comm = "hold", .source = {}};
      s.ctas = ctas, s.used = used;
      s.slowdown = kind == KernelKind::memory ? 1 + kTruth.sms * ctas / gpu().sms : held;
      samples.push_back(s);
      for (int run = 0; run < runs; ++run) {
        s.comm = run % 2 ? "copy" : "nccl_self";
        s.taken = 0.05 + 0.45 * any(random);
        const HeldSlowdown curve = {{ctas, held}};
        s.slowdown = predicted_slowdown(s, curve, kTruth, gpu()) * noise(random);
        samples.push_back(s);
      }
    }
  }
  return samples;
}

TEST(OverlapFit, PredictsByHeldSmsTimesSharedTraffic) {
  // 1.2 while 8 SMs are held; u 0.3, v 0.4: 1 + 0.8 * 0.12 = 1.096 beside a copy, 1 + 1.5 * 0.12 = 1.18 beside NCCL.
  OverlapSample s{.compute = "x", .kind = KernelKind::gemm, .key = {}, .comm = "copy", .source = {}};
  s.ctas = 8, s.used = 0.3, s.taken = 0.4;
  EXPECT_NEAR(predicted_slowdown(s, {{8, 1.2}}, kTruth, gpu()), 1.2 * 1.096, 1e-12);
  s.comm = "nccl_self";
  EXPECT_NEAR(predicted_slowdown(s, {{8, 1.2}}, kTruth, gpu()), 1.2 * 1.18, 1e-12);
  // A stream: 1 + 0.5 * 33 / 132 + 0.3 * 0.12 = 1.161, whatever it lost beside held SMs.
  s.kind = KernelKind::memory, s.ctas = 33;
  EXPECT_NEAR(predicted_slowdown(s, {{33, 1.01}}, kTruth, gpu()), 1.161, 1e-12);
}

TEST(OverlapFit, FindsTheCoefficientsUnderNoise) {
  // Traffic makes 1 to 15 % of a slowdown, so that noise of 5 % needs many pairs: 1000 runs of each.
  for (unsigned seed = 1; seed <= 5; ++seed) {
    const auto samples = made_up(0.05, seed, 1000);
    const OverlapFit found = fit_overlap(samples, held_slowdowns(samples), gpu());
    EXPECT_NEAR(found.traffic / kTruth.traffic, 1, 0.03) << seed;
    EXPECT_NEAR((found.traffic + found.nccl_traffic) / 1.5, 1, 0.03) << seed;
    EXPECT_NEAR(found.sms / kTruth.sms, 1, 0.03) << seed;
    EXPECT_NEAR(found.memory / kTruth.memory, 1, 0.03) << seed;
  }
}

TEST(OverlapFit, PredictsAKernelThatItHasNotSeenBesideTraffic) {
  const auto samples = made_up(0, 3);
  for (const Residual& r : cross_validated_overlap(samples, gpu())) EXPECT_NEAR(r.error(), 0, 1e-9) << r.shape;
}

TEST(OverlapFit, LeavesOutWhatTakesMoreThanHalfOfTheMemory) {
  auto samples = made_up(0, 3);
  const std::size_t before = cross_validated_overlap(samples, gpu()).size();
  for (OverlapSample& s : samples) {
    if (s.comm != "hold") s.taken = 0.6, s.slowdown = 3;
  }
  EXPECT_EQ(before, 12u * 4 * 60);
  EXPECT_TRUE(cross_validated_overlap(samples, gpu()).empty());
}

TEST(OverlapFit, ReadsWhatWavesDoNotExplain) {
  // The rules' own waves times 1.3 at every row: interference 0.3.
  const Profile profile = default_profile(gpu());
  std::vector<OverlapSample> samples;
  for (const double ctas : {4.0, 8.0, 16.0}) {
    OverlapSample s{
        .compute = "x", .kind = KernelKind::gemm, .key = "gemm F 6144x9472x5120", .comm = "hold", .source = {}};
    s.ctas = ctas;
    s.slowdown = 1;
    Profile rules = profile;
    rules.parameters.stretch_interference = 0;
    const double waves_only = ruled_overlap(std::vector{s}, rules, gpu())[0].predicted;
    s.slowdown = 1.3 * waves_only;
    samples.push_back(s);
  }
  EXPECT_NEAR(interference(samples, profile, gpu()), 0.3, 1e-9);
}

}  // namespace
}  // namespace braid
