// SPDX-License-Identifier: Apache-2.0
#include "calibrate/fit/layer_sum.hpp"

#include <gtest/gtest.h>

#include <random>

#include "sim/cost/clock.hpp"

namespace braid {
namespace {

const char* kOps =
    "# braid-calibrate 1, table: layer_ops\n"
    "model,tp,batch,seq,pass,op,flops,median_us,kcycles\n"
    "m,1,1,8,F,norm,0,10,15\n"
    "m,1,1,8,F,gate_up,100,100,150\n"
    "m,1,1,8,I,gate_up,100,200,300\n"
    "m,1,1,8,W,gate_up,100,50,75\n";

TEST(LayerSum, AddsCyclesAtTheClockOfTheSequenceAndTimesOfTheRest) {
  const Table ops(kOps, "layer_ops.csv", "layer_ops", kLayerOpColumns);
  const Table layers(
      "# braid-calibrate 1, table: layer\n"
      "model,tp,batch,seq,sequence,launch,median_us,clock_mhz\n"
      "m,1,1,8,F,graph,110,1000\n"
      "m,1,1,8,B,graph,250,1500\n"
      "m,1,1,8,FB,graph,360,1250\n"
      "m,1,1,8,FB,stream,999,1250\n"
      "other,1,1,8,FB,graph,360,1250\n",
      "layer.csv", "layer", kLayerColumns);
  const Table* o = &ops;
  const Table* l = &layers;
  const auto sums = layer_sums({&l, 1}, {&o, 1});
  ASSERT_EQ(sums.size(), 3u);  // streams, and layers whose ops are not there, are left out
  EXPECT_EQ(median_clock(sums), 1250e6);
  const auto residuals = layer_residuals(sums, 1e9, 2);
  ASSERT_EQ(residuals.size(), 6u);  // one layer is too few for a law of the clock
  // F: 150,000 cycles at 1 GHz = 150 us and 10 us of norm; plain 110.
  EXPECT_NEAR(residuals[0].predicted, 160e-6, 1e-12);
  EXPECT_NEAR(residuals[1].predicted, 110e-6, 1e-12);
  // B is I and W: 375,000 cycles at 1.5 GHz = 250 us, as measured.
  EXPECT_NEAR(residuals[2].error(), 0, 1e-9);
  // FB: 525,000 cycles at 1.25 GHz = 420 us and 10.
  EXPECT_NEAR(residuals[4].predicted, 430e-6, 1e-12);
}

/// A sequence that obeys a law: sustained 0.7, gain 0.6.
LayerSum lawful(const std::string& layer, double cycles, double memory_s, double noise) {
  Parameters p;
  p.sustained_clock = 0.7;
  p.clock_memory_gain = 0.6;
  p.clock_most = 2;
  LayerSum s{.layer = layer, .sequence = "FB", .source = {}, .cycles = cycles, .memory_s = memory_s, .clock = 1e9};
  const double busy = cycles / 1e9;
  s.measured_s = noise * (busy / clock_of_mix(Seconds(busy), Seconds(memory_s), p) + memory_s);
  return s;
}

TEST(LayerSum, FindsTheLawOfTheClockUnderNoise) {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> noise(1, 0.05);
    std::uniform_real_distribution<double> share(0, 0.8);
    std::vector<LayerSum> sums;
    for (int i = 0; i < 4000; ++i)
      sums.push_back(lawful("layer " + std::to_string(i), 1e6, 1e-3 * share(random), noise(random)));
    const ClockLaw law = fit_clock(sums, 1e9, 2);
    EXPECT_NEAR(law.sustained / 0.7, 1, 0.03) << seed;
    EXPECT_NEAR(law.gain / 0.6, 1, 0.03) << seed;
  }
}

TEST(LayerSum, PredictsALayerByTheLawOfOthers) {
  const std::vector<LayerSum> sums = {lawful("a", 1e6, 1e-4, 1), lawful("b", 1e6, 3e-4, 1), lawful("c", 1e6, 2e-4, 1.1),
                                      lawful("d", 1e6, 5e-4, 1)};
  for (const Residual& r : layer_residuals(sums, 1e9, 2)) {
    if (r.kind != "units, clock of the mix, whole layers" || r.shape != "c FB") continue;
    EXPECT_NEAR(r.error(), 1 / 1.1 - 1, 1e-4);  // a, b and d know nothing of the 10 % that c takes longer
    return;
  }
  FAIL();
}

TEST(LayerSum, KeepsRunsApart) {
  // The same layer twice: all shapes in one run, and one shape in a run of its own. 150,000 cycles each, not 300,000.
  const Table ops(kOps, "layer_ops.csv", "layer_ops", kLayerOpColumns);
  std::string again = kOps;
  const Table ops_7(again.replace(again.find("layer_ops"), 9, "layer_ops_7"), "a/layer_ops_7.csv", "layer_ops_7",
                    kLayerOpColumns);
  const std::string rows = "model,tp,batch,seq,sequence,launch,median_us,clock_mhz\nm,1,1,8,F,graph,110,1000\n";
  const Table layers("# braid-calibrate 1, table: layer\n" + rows, "layer.csv", "layer", kLayerColumns);
  const Table layers_7("# braid-calibrate 1, table: layer_7\n" + rows, "a/layer_7.csv", "layer_7", kLayerColumns);
  const Table* o[] = {&ops, &ops_7};
  const Table* l[] = {&layers, &layers_7};
  const auto sums = layer_sums(l, o);
  ASSERT_EQ(sums.size(), 2u);
  for (const LayerSum& s : sums) EXPECT_EQ(s.cycles, 150e3);
}

}  // namespace
}  // namespace braid
