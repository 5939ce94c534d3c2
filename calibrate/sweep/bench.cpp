// SPDX-License-Identifier: Apache-2.0
#include "calibrate/sweep/bench.hpp"

#include <algorithm>

#include "calibrate/device/check.hpp"

namespace braid::gpu {
namespace {

std::size_t a_bytes(const GemmShape& s) { return static_cast<std::size_t>(s.m) * static_cast<std::size_t>(s.k) * 2; }
std::size_t b_bytes(const GemmShape& s) { return static_cast<std::size_t>(s.n) * static_cast<std::size_t>(s.k) * 2; }
std::size_t c_bytes(const GemmShape& s) {
  return static_cast<std::size_t>(s.m) * static_cast<std::size_t>(s.n) * (s.pass == Pass::W ? 4 : 2);
}

}  // namespace

void append(std::vector<Field>& row, const Timing& t) {
  const auto& s = t.sustained_us;
  const auto& c = t.cold_us;
  for (const Field& f :
       {Field(t.batch), Field(s.n), Field(s.median), Field(s.p10), Field(s.p90), Field(c.n), Field(c.median),
        Field(c.p10), Field(c.p90), Field(t.kcycles.median), Field(t.kcycles.p10), Field(t.kcycles.p90),
        Field(t.clock_mhz), Field(t.cold_clock_mhz), Field(t.after.power_w), Field(t.after.slowdown)})
    row.push_back(f);
}

GemmRig::GemmRig(Bench& b, std::size_t operand_bytes, std::size_t result_bytes)
    : bench_(b), activations_(operand_bytes, 1.f, 1), weights_(operand_bytes, 0.02f, 2), result_(result_bytes) {
  BRAID_CUDA(cudaDeviceSynchronize());
}

bool GemmRig::fits(const GemmShape& s) const {
  return a_bytes(s) <= activations_.bytes() && b_bytes(s) <= weights_.bytes() && c_bytes(s) <= result_.bytes();
}

Enqueue GemmRig::enqueue(const Gemm& g) const {
  const auto s = g.shape();
  const std::size_t room = (c_bytes(s) + 255) / 256 * 256, slots = std::max<std::size_t>(1, result_.bytes() / room);
  return [this, &g, s, room, slots](cudaStream_t stream, int set) {
    g.run(activations_.slice(a_bytes(s), set), (s.pass == Pass::W ? activations_ : weights_).slice(b_bytes(s), set + 1),
          result_.as<>(static_cast<std::size_t>(set) % slots * room), stream);
  };
}

void GemmRig::tune(Gemm& g, int limit) const {
  const auto op = enqueue(g);
  g.tune(limit, [&] { return bench_.sampler.quick_us(op, g.shape().flops() > 1e12 ? 2 : 5); });
}

double GemmRig::check(const Gemm& g) const {
  const auto s = g.shape();
  BRAID_CUDA(cudaMemsetAsync(result_.as<>(), s.pass == Pass::W ? 0 : 0xff, c_bytes(s), bench_.sampler.stream()));
  enqueue(g)(bench_.sampler.stream(), 0);
  BRAID_CUDA(cudaStreamSynchronize(bench_.sampler.stream()));
  return spot_check(s, activations_.slice(a_bytes(s), 0),
                    (s.pass == Pass::W ? activations_ : weights_).slice(b_bytes(s), 1), result_.as<>(), 4);
}

}  // namespace braid::gpu
