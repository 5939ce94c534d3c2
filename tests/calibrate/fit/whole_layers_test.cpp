// SPDX-License-Identifier: Apache-2.0
// The rules against whole layers that were measured in sequence: every op of the layer by its rule, at the clock of the
// mix.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "calibrate/fit/layer_sum.hpp"
#include "sim/cost/clock.hpp"
#include "tests/calibrate/fit/measured_folders.hpp"

namespace braid {
namespace {

struct Layer {
  std::string model, sequence;
  double tp, batch, tokens_a_sample;
  double measured;
};

std::vector<Layer> layers_of(const std::string& file, const std::string& kind) {
  const Table t = read_table(file, kind, kLayerColumns);
  std::vector<Layer> layers;
  for (std::size_t row = 0; row < t.rows(); ++row) {
    if (t.text(row, "launch") != "graph" || t.text(row, "sequence") == "B") continue;
    layers.push_back({t.text(row, "model"), t.text(row, "sequence"), t.number(row, "tp"), t.number(row, "batch"),
                      t.number(row, "seq"), t.number(row, "median_us") * 1e-6});
  }
  return layers;
}

/// Widths of the measured models' layers (arXiv 2510.27257, 2407.21783).
struct Widths {
  double hidden, heads, kv_heads, ffn;
};
const std::map<std::string, Widths> kModels = {
    {"qwen2-12.1b", {5120, 40, 8, 18944}}, {"qwen2-26.3b", {7168, 56, 8, 18944}}, {"llama3-70b", {8192, 64, 8, 28672}}};

/// At the clock of the layer's mix.
double ruled_layer(const Layer& layer, const Gpu& gpu, const Profile& profile) {
  double busy = 0, streams = 0;  // products and attention at the clock of the peak; the rest
  const Widths& w = kModels.at(layer.model);
  const double t = layer.batch * layer.tokens_a_sample, h = w.hidden, q = w.heads * 128 / layer.tp,
               kv = w.kv_heads * 128 / layer.tp, f = w.ffn / layer.tp;
  const auto gemm = [&](double m, double n, double k, Pass pass) {
    busy += ruled(gemm_sample({.m = m, .n = n, .k = k}, pass, {}, 1), gpu, profile).value;
  };
  const auto moved = [&](double bytes) { streams += ruled(memory_sample("", Bytes(bytes), {}), gpu, profile).value; };
  const auto attention = [&](bool backward) {
    const AttentionShape shape{.samples = layer.batch,
                               .sequence = layer.tokens_a_sample,
                               .heads = w.heads / layer.tp,
                               .kv_heads = w.kv_heads / layer.tp,
                               .head_dim = 128,
                               .backward = backward};
    busy += ruled(attention_sample(shape, {}, 1), gpu, profile).value;
  };
  // What the measured layer runs: norms (F reads x, writes y; I reads x, dy and the residual's gradient, writes dx; W
  // reads x and dy), rope on Q and K, SwiGLU (F reads 2 writes 1, I reads 3 writes 2), residual adds inside the
  // products.
  const bool all = layer.sequence == "FB";
  if (all || layer.sequence == "F") {
    for (const double bytes : {4 * t * h, 4 * t * h, 4 * t * (q + kv), 6 * t * f}) moved(bytes);
    attention(false);
    gemm(t, q + 2 * kv, h, Pass::F), gemm(t, h, q, Pass::F), gemm(t, 2 * f, h, Pass::F), gemm(t, h, f, Pass::F);
  }
  if (all || layer.sequence == "I") {
    for (const double bytes : {10 * t * f, 8 * t * h, 8 * t * h, 4 * t * (q + kv)}) moved(bytes);
    attention(true);
    gemm(t, f, h, Pass::I), gemm(t, h, 2 * f, Pass::I), gemm(t, q, h, Pass::I), gemm(t, h, q + 2 * kv, Pass::I);
  }
  if (all || layer.sequence == "W") {
    for (const double bytes : {4 * t * h, 4 * t * h}) moved(bytes);
    gemm(h, f, t, Pass::W), gemm(2 * f, h, t, Pass::W), gemm(h, q, t, Pass::W), gemm(q + 2 * kv, h, t, Pass::W);
  }
  return busy / clock_of_mix(Seconds(busy), Seconds(streams), profile.parameters) + streams;
}

struct Errors {
  int count = 0;
  double mean = 0, worst = 0;
};

Errors errors_of(const std::vector<Layer>& layers, const Gpu& gpu, const Profile& profile, const char* sequence) {
  Errors e;
  for (const Layer& layer : layers) {
    if (*sequence && layer.sequence != sequence) continue;
    const double error = ruled_layer(layer, gpu, profile) / layer.measured - 1;
    std::printf("%s %s tp%g %gx%g %-2s %6.0f us measured, %+.1f %%\n", gpu.name.c_str(), layer.model.c_str(), layer.tp,
                layer.batch, layer.tokens_a_sample, layer.sequence.c_str(), layer.measured * 1e6, 100 * error);
    e.mean += std::abs(error);
    e.worst = std::max(e.worst, std::abs(error));
    ++e.count;
  }
  e.mean /= std::max(1, e.count);
  return e;
}

TEST(WholeLayers, AreTheSumOfTheirRulesOnTheH100) {
  const Gpu& gpu = measured_gpu("H100-80G", "test");
  const Profile profile = read_profile(BRAID_SOURCE_DIR "/scenarios/profiles/h100-80g.csv", gpu);
  const auto layers = layers_of(kH100Folder + "/layer.csv", "layer");
  const Errors all = errors_of(layers, gpu, profile, "");
  ASSERT_EQ(all.count, 40);
  EXPECT_LT(all.mean, 0.03);
  EXPECT_LT(all.worst, 0.07);
  const Errors whole = errors_of(layers, gpu, profile, "FB");
  ASSERT_EQ(whole.count, 10);
  EXPECT_LT(whole.mean, 0.02);
  EXPECT_LT(whole.worst, 0.03);
}

TEST(WholeLayers, AreTheSumOfTheRulesOfAnotherGpu) {
  // The H200's defaults are the H100's shares of its own data sheet: nothing of it was fitted.
  const Gpu& gpu = measured_gpu("H200-141G", "test");
  std::vector<Layer> layers;
  for (const char* shape : {"0", "2", "6"}) {
    for (Layer& l : layers_of(kH200Folder + "/layer_" + shape + ".csv", std::string("layer_") + shape))
      layers.push_back(std::move(l));
  }
  const Errors all = errors_of(layers, gpu, default_profile(gpu), "");
  ASSERT_EQ(all.count, 12);
  EXPECT_LT(all.mean, 0.04);
  EXPECT_LT(all.worst, 0.07);
  EXPECT_LT(errors_of(layers, gpu, default_profile(gpu), "FB").worst, 0.03);
}

}  // namespace
}  // namespace braid
