// SPDX-License-Identifier: Apache-2.0
// The cost rules with the shipped H100 profile against measurements that the profile has not seen.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <utility>

#include "sim/cost/stretch.hpp"
#include "tests/sim/cost/h100_units.hpp"

namespace braid {
namespace {

Profile shipped() { return read_profile(BRAID_SOURCE_DIR "/scenarios/profiles/h100-80g.csv", h100()); }

ErrorOfKind error_of(const std::vector<Sample>& samples, const std::string& kind) {
  for (const ErrorOfKind& error : errors_of_rules(shipped(), h100(), samples)) {
    if (error.kind != kind) continue;
    std::printf("%-18s %3d rows: mean %4.1f %%, bias %+5.1f %%, worst %+5.1f %% at %s\n", kind.c_str(), error.count,
                100 * error.mean_absolute, 100 * error.mean, 100 * error.worst, error.worst_at.c_str());
    return error;
  }
  ADD_FAILURE() << "no samples of kind " << kind;
  return {};
}

TEST(H100Profile, IsWhatTheFitGivesOnTheDeclaredRows) {
  EXPECT_EQ(to_csv(shipped()), to_csv(fit_h100()));
  // The built-in defaults of the H100 are this profile.
  for (const ParameterInfo& info : parameter_list()) {
    EXPECT_NEAR(parameter(default_profile(h100()), info.name), parameter(shipped(), info.name),
                0.002 * parameter(shipped(), info.name))
        << info.name;
  }
  EXPECT_EQ(h100_gemms().fitted.size() + h100_attention(false).fitted.size() + h100_attention(true).fitted.size() +
                h100_memory().fitted.size(),
            73u);
}

// Bars: what was reached on the held-out rows when the profile was made, rounded up to whole percent.
TEST(H100Profile, PredictsMatrixProductsThatItHasNotSeen) {
  const auto rest = h100_gemms().held_out;
  EXPECT_LT(error_of(rest, "gemm F").mean_absolute, 0.03);
  EXPECT_LT(error_of(rest, "gemm I").mean_absolute, 0.03);
  EXPECT_LT(error_of(rest, "gemm W").mean_absolute, 0.04);
  EXPECT_LT(std::abs(error_of(rest, "all").worst), 0.25);
}

TEST(H100Profile, PredictsAttentionThatItHasNotSeen) {
  const ErrorOfKind forward = error_of(h100_attention(false).held_out, "attention forward");
  const ErrorOfKind backward = error_of(h100_attention(true).held_out, "attention backward");
  EXPECT_LT(forward.mean_absolute, 0.04);
  EXPECT_LT(backward.mean_absolute, 0.04);
  EXPECT_LT(std::abs(forward.worst), 0.16);
  EXPECT_LT(std::abs(backward.worst), 0.16);
}

TEST(H100Profile, PredictsMemoryBoundKernelsThatItHasNotSeen) {
  // One kernel stands out, rmsnorm_wgrad, whose sums over rows keep few SMs busy: up to 5 times slower than its bytes.
  EXPECT_LT(error_of(h100_memory().held_out, "elementwise").mean_absolute, 0.11);
}

TEST(H100Profile, PredictsWholeLayersInSequence) {
  const Profile profile = shipped();
  double sum = 0, whole = 0;
  int count = 0, wholes = 0;
  for (const H100Layer& layer : h100_layers()) {
    const double error = layer_time(layer, h100(), profile) / layer.measured - 1;
    std::printf("%s tp%d %gx%g %-2s %6.0f us measured, %+.1f %%\n", layer.model.c_str(), layer.tp, layer.batch,
                layer.sequence_length, layer.sequence.c_str(), layer.measured.value * 1e6, 100 * error);
    EXPECT_LT(std::abs(error), 0.10) << layer.model << " tp" << layer.tp << " " << layer.sequence;
    sum += std::abs(error);
    ++count;
    if (layer.sequence != "FB") continue;
    whole += std::abs(error);
    ++wholes;
  }
  ASSERT_EQ(count, 40);
  ASSERT_EQ(wholes, 10);
  EXPECT_LT(sum / count, 0.045);     // F, I, W and the whole layer
  EXPECT_LT(whole / wholes, 0.035);  // forward and backward of a layer
}

ComputeCost overlapped(const std::string& name, const Profile& profile) {
  const std::map<std::string, std::pair<Gemm, Pass>> gemms = {
      {"gate_up_F_tp4", {{.m = 6144, .n = 9472, .k = 5120}, Pass::F}},
      {"gate_up_I_tp4", {{.m = 6144, .n = 5120, .k = 9472}, Pass::I}},
      {"gate_up_W_tp4", {{.m = 9472, .n = 5120, .k = 6144}, Pass::W}},
      {"down_F_tp4", {{.m = 6144, .n = 5120, .k = 4736}, Pass::F}},
      {"qkv_F_tp4", {{.m = 6144, .n = 1792, .k = 5120}, Pass::F}},
      {"out_proj_F_tp8", {{.m = 6144, .n = 5120, .k = 640}, Pass::F}},
      {"gate_up_F_tp8", {{.m = 6144, .n = 4736, .k = 5120}, Pass::F}},
      {"cube_8192", {{.m = 8192, .n = 8192, .k = 8192}, Pass::F}}};
  const auto cost = [&](const Sample& sample) { return compute_cost(sample.item, h100(), profile); };
  if (gemms.contains(name)) return cost(gemm_sample(gemms.at(name).first, gemms.at(name).second, {}));
  if (name == "attention_F_tp4") {
    return cost(attention_sample({.samples = 1, .sequence = 6144, .heads = 10, .kv_heads = 2, .head_dim = 128}, {}));
  }
  if (name == "rmsnorm_forward") return cost(elementwise_sample(Bytes(4.0 * 6144 * 5120), {}));
  if (name == "swiglu_forward_tp4") return cost(elementwise_sample(Bytes(6.0 * 6144 * 4736), {}));
  return {};
}

/// Mean absolute error of 1 + stretch beside NCCL's own kernel of 8 and 16 CTAs, the counts that collectives use.
double overlap_error(const std::string& prefix, int& count) {
  const Profile profile = shipped();
  double sum = 0;
  count = 0;
  for (const H100Overlap& row : h100_overlaps()) {
    if (row.comm != "nccl_self" || (row.ctas != 8 && row.ctas != 16) || !row.compute.starts_with(prefix)) continue;
    const ComputeCost compute = overlapped(row.compute, profile);
    if (compute.kernels.empty()) continue;
    // A byte sent to oneself is read once and written once.
    const CommLoad comm{.ctas = row.ctas, .memory_traffic = BytesPerSecond(2 * row.comm_bytes_per_second)};
    const double predicted = 1 + stretch_beside(compute, comm, h100(), profile.parameters);
    std::printf("%-20s %2g CTAs: %.2f measured, %.2f predicted\n", row.compute.c_str(), row.ctas, row.slowdown,
                predicted);
    sum += std::abs(predicted / row.slowdown - 1);
    ++count;
  }
  return sum / count;
}

TEST(H100Profile, StretchesComputeBesideNcclAsMeasured) {
  int count = 0;
  // One number, stretch_interference, was chosen on these 16 rows of eight products.
  double sum = 0;
  int rows = 0;
  for (const char* product : {"gate_up", "down", "qkv", "out_proj", "cube"}) {
    sum += overlap_error(product, count) * count;
    rows += count;
  }
  EXPECT_EQ(rows, 16);
  EXPECT_LT(sum / rows, 0.06);
  // These are predictions.
  EXPECT_LT(overlap_error("attention_F_tp4", count), 0.03);
  EXPECT_EQ(count, 2);
  EXPECT_LT(overlap_error("rmsnorm", count), 0.04);
  EXPECT_LT(overlap_error("swiglu", count), 0.04);
}

}  // namespace
}  // namespace braid
