// SPDX-License-Identifier: Apache-2.0
// The numbers of sweep/numerics.hpp, printed.
#include <cstdio>

#include "calibrate/device/check.hpp"
#include "calibrate/sweep/bench.hpp"
#include "calibrate/sweep/numerics.hpp"
#if BRAID_HAVE_CUDNN
#include "calibrate/sweep/attention_reference.hpp"
#include "calibrate/sweep/unit_numerics.hpp"
#endif

namespace braid::gpu {
namespace {

int print(const std::vector<NumericError>& errors) {
  int bad = 0;
  for (const auto& e : errors) {
    const bool ok = e.error < kNumericLimit;
    bad += !ok;
    std::printf("check %-26s relative error %.2e %s\n", e.what.c_str(), e.error, ok ? "ok" : "BAD");
  }
  return bad;
}

}  // namespace

int check_numerics(Bench& b) {
  const auto s = b.sampler.stream();
  int bad = print(kernel_errors(s)) + print(gemm_errors(b.lt, 8, s));
#if BRAID_HAVE_CUDNN
  bad += print(attention_errors({.batch = 2, .seq = 192, .heads = 4, .kv_heads = 2}, s)) + print(unit_errors(b));
#endif
  return bad;
}

}  // namespace braid::gpu
