// SPDX-License-Identifier: Apache-2.0
#include "calibrate/units/shapes.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace braid::gpu {
namespace {

const ModelShape& model(const std::string& name) {
  for (const auto& m : model_shapes())
    if (m.name == name) return m;
  throw std::out_of_range(name);
}

struct Want {
  const char* unit;
  int in, out;
};
void expect(const std::string& name, int tp, const std::vector<Want>& want) {
  const auto got = linear_shapes(model(name), tp);
  ASSERT_EQ(got.size(), want.size());
  for (std::size_t i = 0; i < want.size(); ++i) {
    EXPECT_EQ(got[i].unit, want[i].unit) << name << " tp " << tp;
    EXPECT_EQ(got[i].in, want[i].in) << name << " tp " << tp << " " << want[i].unit;
    EXPECT_EQ(got[i].out, want[i].out) << name << " tp " << tp << " " << want[i].unit;
  }
}

// hidden 5120, 40 heads and 8 KV heads of 128, FFN 18944, vocabulary 152064.
// QKV out: (40 + 2 * 8) * 128 = 7168; out_proj in: 40 * 128 = 5120; gate+up out: 2 * 18944 = 37888.
TEST(LinearShapes, Qwen12bAtTp1To8) {
  expect("qwen2-12.1b", 1,
         {{"qkv", 5120, 7168},
          {"out_proj", 5120, 5120},
          {"gate_up", 5120, 37888},
          {"down", 18944, 5120},
          {"lm_head", 5120, 152064}});
  expect("qwen2-12.1b", 2,  // 7168 / 2, 5120 / 2, 37888 / 2, 18944 / 2, 152064 / 2
         {{"qkv", 5120, 3584},
          {"out_proj", 2560, 5120},
          {"gate_up", 5120, 18944},
          {"down", 9472, 5120},
          {"lm_head", 5120, 76032}});
  expect("qwen2-12.1b", 4,
         {{"qkv", 5120, 1792},
          {"out_proj", 1280, 5120},
          {"gate_up", 5120, 9472},
          {"down", 4736, 5120},
          {"lm_head", 5120, 38016}});
  expect("qwen2-12.1b", 8,  // QKV: (5 + 2 * 1) * 128 = 896; out_proj: 5 * 128
         {{"qkv", 5120, 896},
          {"out_proj", 640, 5120},
          {"gate_up", 5120, 4736},
          {"down", 2368, 5120},
          {"lm_head", 5120, 19008}});
}

// hidden 7168, 56 heads, 8 KV heads: QKV (56 + 16) * 128 = 9216.
TEST(LinearShapes, Qwen26bAtTp8) {
  expect("qwen2-26.3b", 8,  // 9216 / 8, 7168 / 8, 37888 / 8, 18944 / 8
         {{"qkv", 7168, 1152},
          {"out_proj", 896, 7168},
          {"gate_up", 7168, 4736},
          {"down", 2368, 7168},
          {"lm_head", 7168, 19008}});
}

// hidden 4096, 32 heads, 8 KV heads, FFN 14336: QKV (32 + 16) * 128 = 6144. 70B: hidden 8192, 64 heads: (64 + 16) *
// 128.
TEST(LinearShapes, Llama3) {
  expect("llama3-8b", 1,
         {{"qkv", 4096, 6144},
          {"out_proj", 4096, 4096},
          {"gate_up", 4096, 28672},
          {"down", 14336, 4096},
          {"lm_head", 4096, 128256}});
  expect("llama3-70b", 8,  // 10240 / 8, 8192 / 8, 2 * 28672 / 8, 28672 / 8, 128256 / 8
         {{"qkv", 8192, 1280},
          {"out_proj", 1024, 8192},
          {"gate_up", 8192, 7168},
          {"down", 3584, 8192},
          {"lm_head", 8192, 16032}});
}

// No grouped heads and no gate: QKV 3 * 12288 / 8 = 4608, up 49152 / 8 = 6144.
TEST(LinearShapes, Gpt3AtTp8) {
  expect("gpt3-175b", 8,
         {{"qkv", 12288, 4608},
          {"out_proj", 1536, 12288},
          {"up", 12288, 6144},
          {"down", 6144, 12288},
          {"lm_head", 12288, 6400}});
}

// Every tp that divides: a rank's weights are the whole model's over tp.
TEST(LinearShapes, RanksTogetherHoldTheWholeLayer) {
  for (const auto& m : model_shapes())
    for (const int tp : {1, 2, 4, 8}) {
      const auto whole = linear_shapes(m, 1), part = linear_shapes(m, tp);
      for (std::size_t i = 0; i < whole.size(); ++i)
        EXPECT_EQ(std::int64_t{part[i].in} * part[i].out * tp, std::int64_t{whole[i].in} * whole[i].out)
            << m.name << " tp " << tp << " " << whole[i].unit;
    }
}

TEST(LinearShapes, RefusesWhatDoesNotDivide) {
  EXPECT_THROW(linear_shapes(model("qwen2-12.1b"), 16), std::invalid_argument);  // 8 KV heads over 16
  EXPECT_THROW(linear_shapes(model("qwen2-12.1b"), 3), std::invalid_argument);   // 40 heads over 3
}

// tokens 6144 on in 5120, out 4736. F: Y[t, out] over in; I: dX[t, in] over out; W: dW[out, in] over tokens.
TEST(GemmShape, PassesOfOneLinearLayer) {
  const LinearShape l{"gate_up", 5120, 4736};
  const auto f = gemm_shape(l, 6144, Pass::F), i = gemm_shape(l, 6144, Pass::I), w = gemm_shape(l, 6144, Pass::W);
  EXPECT_EQ((std::vector{f.m, f.n, f.k}), (std::vector{6144, 4736, 5120}));
  EXPECT_EQ((std::vector{i.m, i.n, i.k}), (std::vector{6144, 5120, 4736}));
  EXPECT_EQ((std::vector{w.m, w.n, w.k}), (std::vector{4736, 5120, 6144}));
  // 2 * 6144 * 4736 * 5120 for all three
  for (const auto& g : {f, i, w}) EXPECT_DOUBLE_EQ(g.flops(), 2.0 * 6144 * 4736 * 5120);
}

// 8 x 4 x 2: A 16 elements, B 8 elements, C 32 elements. F: 2 * (16 + 8 + 32) = 112 bytes. W reads and writes fp32 C:
// 2 * (16 + 8) + 8 * 32 = 304.
TEST(GemmShape, Bytes) {
  EXPECT_DOUBLE_EQ((GemmShape{8, 4, 2, Pass::F}).bytes(), 112);
  EXPECT_DOUBLE_EQ((GemmShape{8, 4, 2, Pass::I}).bytes(), 112);
  EXPECT_DOUBLE_EQ((GemmShape{8, 4, 2, Pass::W}).bytes(), 304);
}

}  // namespace
}  // namespace braid::gpu
