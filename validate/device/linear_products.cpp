// SPDX-License-Identifier: Apache-2.0
#include "validate/device/linear_products.hpp"

#include <algorithm>

#include "calibrate/device/check.hpp"
#include "calibrate/device/stream.hpp"

namespace braid::gpu {
namespace {

constexpr int kAlgorithms = 8;  // offered ones that are tried: as in the calibration, where the first is best for most

constexpr bool adds_residual(Linear linear, Pass pass) {
  return pass == Pass::F && (linear == Linear::out_proj || linear == Linear::down);
}

/// Random operands and a result large enough for any of the products.
class Operands {
 public:
  void make_room(const GemmShape& s) {
    // Every operand at 256 bytes, as in the block: an algorithm may be offered for that alone.
    const auto elements = [](int rows, int columns) {
      return (static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns) + 127) / 128 * 128;
    };
    left_ = std::max(left_, elements(s.m, s.k));
    right_ = std::max(right_, elements(s.n, s.k));
    result_ = std::max(result_, elements(s.m, s.n) * (s.pass == Pass::W ? 2 : 1));
  }
  void take() {
    const std::size_t all = left_ + right_ + 2 * result_;
    buffer_ = DeviceBuffer(2 * all);
    fill_normal(buffer_.as<Bf16>(), all, 1.f, 1);
    BRAID_CUDA(cudaDeviceSynchronize());
  }
  const Bf16* left() const { return buffer_.as<Bf16>(); }
  const Bf16* right() const { return left() + left_; }
  Bf16* result() const { return buffer_.as<Bf16>() + left_ + right_; }
  const Bf16* residual() const { return result() + result_; }

 private:
  std::size_t left_ = 0, right_ = 0, result_ = 0;  ///< in bf16 elements
  DeviceBuffer buffer_;
};

/// Median of three runs after one that is not timed.
double quick_us(const Gemm& gemm, const Operands& o, bool residual, cudaStream_t stream) {
  const auto run = [&] { gemm.run(o.left(), o.right(), o.result(), stream, residual ? o.residual() : nullptr); };
  run();
  std::array<std::pair<Event, Event>, 3> events;
  for (const auto& [from, to] : events) {
    BRAID_CUDA(cudaEventRecord(from, stream));
    run();
    BRAID_CUDA(cudaEventRecord(to, stream));
  }
  BRAID_CUDA(cudaStreamSynchronize(stream));
  std::array<double, 3> us{};
  std::transform(events.begin(), events.end(), us.begin(), [](const auto& e) { return elapsed_us(e.first, e.second); });
  std::sort(us.begin(), us.end());
  return us[1];
}

}  // namespace

LinearProducts::LinearProducts(const LtHandle& lt, const ProgramShape& s, const ProductOptions& options) {
  const std::array<LinearShape, 5> shapes{{{"qkv", s.hidden, s.qkv()},
                                           {"out_proj", s.query(), s.hidden},
                                           {"gate_up", s.hidden, 2 * s.ffn},
                                           {"down", s.ffn, s.hidden},
                                           {"lm_head", s.hidden, s.vocab}}};
  Operands operands;
  const auto each = [&](auto&& body) {
    for (std::size_t l = 0; l < shapes.size(); ++l) {
      const auto linear = static_cast<Linear>(l);
      if (linear == Linear::head && !options.head) continue;
      for (const Pass pass : {Pass::F, Pass::I, Pass::W}) {
        body(products_[l][static_cast<std::size_t>(pass)], gemm_shape(shapes[l], s.tokens(), pass),
             adds_residual(linear, pass));
      }
    }
  };
  each([&](auto&, const GemmShape& shape, bool) { operands.make_room(shape); });
  operands.take();
  each([&](std::unique_ptr<Gemm>& product, const GemmShape& shape, bool residual) {
    product = std::make_unique<Gemm>(lt, shape, options.sms, residual ? options.residual : 0.f);
    product->tune(kAlgorithms, [&] { return quick_us(*product, operands, residual, options.stream); });
  });
}

const Gemm& LinearProducts::of(Linear linear, Pass pass) const {
  const auto& product = products_[static_cast<std::size_t>(linear)][static_cast<std::size_t>(pass)];
  BRAID_CHECK(product, "a rank without a head multiplies nothing with it");
  return *product;
}

}  // namespace braid::gpu
