// SPDX-License-Identifier: Apache-2.0
#include "calibrate/fit/link_fit.hpp"

#include <gtest/gtest.h>

#include <random>

#include "sim/base/error.hpp"
#include "sim/base/gpus.hpp"

namespace braid {
namespace {

const Gpu& gpu() { return gpu_by_name("H100-80G", "test"); }

/// What the rules say, with noise: 2, 4 and 8 GPUs, 8 KB to 256 MB.
std::vector<CollectiveSample> made_up(const Profile& truth, double noise_share, int runs, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> noise(1, noise_share);
  std::vector<CollectiveSample> samples;
  for (const char* op : {"all_reduce", "all_gather", "reduce_scatter"}) {
    for (const double ranks : {2.0, 4.0, 8.0}) {
      for (double bytes = 8192; bytes < 3e8; bytes *= 2) {
        for (int run = 0; run < runs; ++run) {
          CollectiveSample s{.backend = "nccl", .op = op, .source = "made up"};
          s.ranks = ranks, s.bytes = bytes, s.seconds = 1;
          s.seconds = collective_residuals(truth, gpu(), std::vector{s})[0].predicted * noise(random);
          samples.push_back(s);
        }
      }
    }
  }
  return samples;
}

TEST(CollectiveFit, FindsTheParametersUnderNoise) {
  Profile truth = default_profile(gpu());
  truth.parameters.nvls_efficiency = 0;
  truth.parameters.nvlink_efficiency = 0.7;
  truth.parameters.ll_bandwidth = 50e9;  // below a quarter of 315 GB/s, so that it decides
  truth.parameters.collective_overhead_s = 8e-6;
  Profile start = default_profile(gpu());
  start.parameters.nvls_efficiency = 0;
  for (unsigned seed = 1; seed <= 3; ++seed) {
    const auto samples = made_up(truth, 0.05, 12, seed);
    const auto values = fit_collectives(start, gpu(), samples);
    EXPECT_NEAR(values[0] / 0.7, 1, 0.03) << seed;
    EXPECT_NEAR(values[1] / 50e9, 1, 0.03) << seed;
    EXPECT_NEAR(values[2] / 8e-6, 1, 0.03) << seed;
  }
}

TEST(CollectiveFit, TakesOnlyWhatWentOverLinks) {
  std::vector<CollectiveSample> samples = made_up(default_profile(gpu()), 0, 1, 1);
  for (CollectiveSample& s : samples) s.backend = "partition_ring";
  EXPECT_TRUE(collective_residuals(default_profile(gpu()), gpu(), samples).empty());
  EXPECT_THROW(fit_collectives(default_profile(gpu()), gpu(), samples), Error);
}

TEST(CollectiveFit, DrawsALineForEachKernelAndCountOfCtas) {
  // 3 us and c * 20 GB/s, 4 and 8 CTAs.
  std::vector<CollectiveSample> samples;
  for (const double ctas : {4.0, 8.0}) {
    for (double bytes = 8192; bytes < 3e8; bytes *= 4) {
      CollectiveSample s{.backend = "partition_ring", .op = "all_reduce", .source = {}};
      s.ranks = 4, s.ctas = ctas, s.bytes = bytes, s.seconds = 3e-6 + bytes / (ctas * 20e9);
      samples.push_back(s);
    }
  }
  const auto lines = collective_lines(samples);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[1].name, "partition_ring all_reduce, 4 ranks, 8 CTAs");
  ASSERT_EQ(lines[1].segments.size(), 1u);
  EXPECT_NEAR(lines[1].segments[0].alpha, 3e-6, 1e-9);
  EXPECT_NEAR(lines[1].segments[0].beta / 160e9, 1, 1e-6);
  EXPECT_EQ(lines[1].left_out.size(), 6u);  // eight sizes, both ends stay
  for (const Residual& r : lines[1].left_out) EXPECT_NEAR(r.error(), 0, 1e-6);
}

TEST(CopyFit, ReadsPinnedCopiesWithNothingBeside) {
  // 5 us and 48 GB/s of 64: 0.75. The row beside a product is no part of it.
  std::string text =
      "# braid-calibrate 1, table: copy\ndirection,beside,bytes,median_us\n"
      "h2d,nothing+gemm,1000000,999\n";
  for (const double bytes : {4096.0, 65536.0, 1048576.0, 16777216.0}) {
    text += "h2d,nothing," + std::to_string(bytes) + "," + std::to_string(5 + bytes / 48e3) + "\n";
  }
  const Table table(text, "copy.csv", "copy", kCopyColumns);
  const Table* t = &table;
  const CopyFit fit = fit_copies({&t, 1}, gpu());
  EXPECT_NEAR(fit.efficiency, 0.75, 1e-4);
  EXPECT_NEAR(fit.overhead_s, 5e-6, 1e-9);
  EXPECT_EQ(fit.left_out.size(), 4u);
}

TEST(CollectiveTableErrors, NameTheField) {
  const std::string head =
      "# braid-calibrate 1, table: collective\nbackend,op,ranks,ctas_asked,bytes,samples,median_us\n";
  const auto message = [&](const std::string& row) -> std::string {
    try {
      collective_samples(Table(head + row + "\n", "c.csv", "collective", kCollectiveColumns));
      return "";
    } catch (const Error& e) { return e.what(); }
  };
  EXPECT_EQ(message("nccl,all_reduce,8,0,8192,31,20"), "");
  EXPECT_NE(message("rccl,all_reduce,8,0,8192,31,20").find("c.csv:3:backend"), std::string::npos);
  EXPECT_NE(message("nccl,all_reduse,8,0,8192,31,20").find("c.csv:3:op"), std::string::npos);
  EXPECT_NE(message("nccl,all_reduce,8,0,8192,31,-1").find("c.csv:3:median_us"), std::string::npos);
  EXPECT_EQ(message("nccl,all_reduce,8,0,8192,0,0"), "");  // did not end in time: no measurement
}

}  // namespace
}  // namespace braid
