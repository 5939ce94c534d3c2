// SPDX-License-Identifier: Apache-2.0
// Fields of the tables that cannot be right, one at a time.
#include <gtest/gtest.h>

#include "calibrate/fit/layer_sum.hpp"
#include "calibrate/fit/overlap_fit.hpp"
#include "calibrate/fit/sample.hpp"
#include "sim/base/error.hpp"
#include "sim/base/gpus.hpp"

namespace braid {
namespace {

const Gpu& gpu() { return gpu_by_name("H100-80G", "test"); }

template <class Read>
std::string message(const Read& read) {
  try {
    read();
    return "";
  } catch (const Error& e) { return e.what(); }
}

std::string gemm_row(const std::string& row) {
  return message([&] {
    const std::string head = "# braid-calibrate 1, table: gemm\npass,m,n,k,kcycles,clock_mhz\n";
    gemm_samples(Table(head + row + "\n", "gemm.csv", "gemm", kGemmColumns), gpu());
  });
}

TEST(GemmTableErrors, NameTheField) {
  EXPECT_EQ(gemm_row("F,128,128,64,10,1400"), "");
  EXPECT_NE(gemm_row("B,128,128,64,10,1400").find("gemm.csv:3:pass"), std::string::npos);
  EXPECT_NE(gemm_row("F,0,128,64,10,1400").find("gemm.csv:3:m"), std::string::npos);
  EXPECT_NE(gemm_row("F,128,x,64,10,1400").find("gemm.csv:3:n"), std::string::npos);
  EXPECT_NE(gemm_row("F,128,128,nan,10,1400").find("gemm.csv:3:k"), std::string::npos);
  EXPECT_NE(gemm_row("F,128,128,64,-1,1400").find("gemm.csv:3:kcycles"), std::string::npos);
  EXPECT_NE(gemm_row("F,128,128,64,10,0").find("gemm.csv:3:clock_mhz"), std::string::npos);
  EXPECT_NE(gemm_row("F,128,128,64,10").find("gemm.csv:3"), std::string::npos);
}

TEST(GemmTable, LeavesOutRowsWithoutAClock) {
  const std::string text =
      "# braid-calibrate 1, table: gemm\npass,m,n,k,kcycles,clock_mhz\nF,128,128,64,0,0\nF,128,128,64,10,1400\n";
  EXPECT_EQ(gemm_samples(Table(text, "gemm.csv", "gemm", kGemmColumns), gpu()).size(), 1u);
}

TEST(GemmTable, LeavesOutProductsPlannedForFewerSms) {
  const std::string text =
      "# braid-calibrate 1, table: grid\npass,sm_target,m,n,k,kcycles,clock_mhz\n"
      "F,0,128,128,64,10,1400\nF,100,128,128,64,10,1400\n";
  const auto samples = gemm_samples(Table(text, "grid.csv", "grid", kGemmColumns), gpu());
  ASSERT_EQ(samples.size(), 1u);
  // 10,000 cycles at 1400 MHz: 7.142857 us; 1400 of 1829.9 MHz.
  EXPECT_NEAR(samples[0].measured.value, 10e3 / 1400e6, 1e-15);
  EXPECT_NEAR(samples[0].clock, 1400 / 1829.9, 1e-4);
}

TEST(AttentionTableErrors, NameTheField) {
  const auto row = [](const std::string& fields) {
    return message([&] {
      const std::string head =
          "# braid-calibrate 1, table: attention\npass,batch,seq,heads,kv_heads,head_dim,kcycles,clock_mhz\n";
      attention_samples(Table(head + fields + "\n", "a.csv", "attention", kAttentionColumns), gpu());
    });
  };
  EXPECT_EQ(row("B,1,4096,10,2,128,10,1400"), "");
  EXPECT_NE(row("W,1,4096,10,2,128,10,1400").find("a.csv:3:pass"), std::string::npos);
  EXPECT_NE(row("F,1,,10,2,128,10,1400").find("a.csv:3:seq"), std::string::npos);
}

TEST(OverlapTableErrors, NameTheField) {
  const auto row = [](const std::string& fields) {
    return message([&] {
      const std::string head =
          "# braid-calibrate 1, table: overlap\ncompute,sm_target,comm,ctas,alone_us,beside_us,compute_slowdown,"
          "comm_alone_gb_per_s,clock_beside_mhz,compute_slowdown_in_cycles\n";
      overlap_samples(Table(head + fields + "\n", "o.csv", "overlap", kOverlapColumns), gpu());
    });
  };
  EXPECT_EQ(row("qkv_F_tp4,0,hold,8,100,120,1.2,0,1400,1.2"), "");
  EXPECT_NE(row("qkv_F_tp5,0,hold,8,100,120,1.2,0,1400,1.2").find("o.csv:3:compute"), std::string::npos);
  EXPECT_NE(row("qkv_F_tp4,0,nvshmem,8,100,120,1.2,0,1400,1.2").find("o.csv:3:comm"), std::string::npos);
  EXPECT_NE(row("qkv_F_tp4,0,hold,0,100,120,1.2,0,1400,1.2").find("o.csv:3:ctas"), std::string::npos);
  EXPECT_EQ(row("anything,64,hold,8,100,120,1.2,0,1400,1.2"), "");  // planned for fewer SMs: not read
}

TEST(OverlapTable, ReadsShapesWhereTheTableHasThem) {
  const std::string text =
      "# braid-calibrate 1, table: overlap\ncompute,sm_target,pass,m,n,k,comm,ctas,alone_us,beside_us,compute_slowdown,"
      "comm_alone_gb_per_s,clock_beside_mhz,compute_slowdown_in_cycles\n"
      "70b_qkv,0,W,1280,8192,4096,copy,8,100,130,1.3,100,1400,1.25\n"
      "rmsnorm_forward,0,F,4096,8192,0,copy,8,100,110,1.1,100,1400,1.05\n"
      "attention_B_tp8,0,I,6144,5,0,copy,8,100,110,1.1,100,1400,1.05\n";
  const auto s = overlap_samples(Table(text, "o.csv", "overlap", kOverlapColumns), gpu());
  ASSERT_EQ(s.size(), 3u);
  EXPECT_EQ(s[0].key, "gemm W 1280x8192x4096");
  EXPECT_EQ(s[0].slowdown, 1.25);  // a product in cycles
  // 100 GB/s copied are 200 read and written, of 3350.
  EXPECT_NEAR(s[0].taken, 200.0 / 3350, 1e-12);
  EXPECT_EQ(s[1].kind, KernelKind::memory);
  EXPECT_EQ(s[1].slowdown, 1.1);  // a stream in time
  // 4096 * 8192 * 4 bytes in 100 us: 1.342 TB/s of 3.35.
  EXPECT_NEAR(s[1].used, 4096 * 8192 * 4 / 100e-6 / 3350e9, 1e-12);
  EXPECT_EQ(s[2].key, "attention backward 1x6144x5x1x128 causal flash");
}

}  // namespace
}  // namespace braid
