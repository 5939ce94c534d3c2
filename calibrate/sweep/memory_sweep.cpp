// SPDX-License-Identifier: Apache-2.0
// Memory-bound kernels and plain device copies. `bytes` counts each operand read once and each result written once.
#include <functional>

#include "calibrate/device/check.hpp"
#include "calibrate/sweep/bench.hpp"
#include "calibrate/units/kernels.hpp"

namespace braid::gpu {

void sweep_memory(Bench& b, const Budget& budget) {
  auto csv = b.table(
      "memory", std::string("kernel,rows,width,bytes,") + kTimingColumns + ",gb_per_s,cold_gb_per_s",
      "own kernels, bf16 storage, fp32 arithmetic, normal data, rotating slices of 4 GiB; timing as in the gemm table, "
      "alone, at most 0.3 s of samples",
      3);
  if (csv.complete()) return;
  const std::size_t pool_bytes = std::size_t{4} << 30;
  const OperandPool pool(pool_bytes, 1.f, 5), pool2(pool_bytes, 1.f, 6);
  const DeviceBuffer results(pool_bytes), stats(std::size_t{64} << 20), small(std::size_t{64} << 20),
      ids(std::size_t{1} << 20);
  // Points run later: what they use is held by value.
  const auto *in = &pool, *in2 = &pool2;
  const auto* out = &results;
  auto* const numbers = stats.as<float>();
  auto* const words = ids.as<int>();
  auto* const gains = small.as<Bf16>();
  fill_normal(gains, small.bytes() / 2, 1.f, 8);
  fill_uniform(words, ids.bytes() / 4, 32000, 9);
  BRAID_CUDA(cudaMemset(numbers, 0x3f, stats.bytes()));  // every fp32 word 0.747: a plausible 1/rms
  BRAID_CUDA(cudaDeviceSynchronize());
  const auto result = [out](std::size_t bytes, int set) {
    const std::size_t room = (bytes + 255) / 256 * 256;
    return out->as<Bf16>(static_cast<std::size_t>(set) % (out->bytes() / room) * room);
  };
  std::vector<Point> points;
  const auto point = [&](const char* kernel, long rows, long width, double bytes, const Enqueue& op) {
    std::vector<Field> label{kernel, rows, width, bytes};
    if (csv.has({kernel, rows, width})) return;
    points.push_back({.measure = [&b, &csv, label, bytes, op] {
      const auto t = b.sampler.measure(op, {.soak_ms = 4, .rule = {.seconds = b.quick ? 0.1 : 0.3}});
      put(csv, b, label, t, {bytes / t.sustained_us.median / 1e3, bytes / t.cold_us.median / 1e3});
    }});
  };
  const auto prepare = [&](std::function<void()> step) {
    points.push_back({.weight = 0, .measure = [step = std::move(step)] {
                        step();
                        BRAID_CUDA(cudaDeviceSynchronize());
                      }});
  };
  const auto fresh = [=] { fill_normal(out->as<Bf16>(), out->bytes() / 2, 1.f, 10); };
  const auto norm = [&](int rows, int width) {
    const std::size_t n = static_cast<std::size_t>(rows) * static_cast<std::size_t>(width), nb = 2 * n;
    auto* const w = gains;
    auto* const r = numbers;
    const double bytes = 2.0 * static_cast<double>(n);
    point("rmsnorm_forward", rows, width, 2 * bytes, [=](cudaStream_t s, int i) {
      rmsnorm_forward(in->slice(nb, i), w, result(nb, i), r + (1 << 20), rows, width, 1e-5f, s);
    });
    point("rmsnorm_dgrad_residual", rows, width, 4 * bytes, [=](cudaStream_t s, int i) {
      rmsnorm_dgrad(in->slice(nb, i), w, r, in2->slice(nb, i), in2->slice(nb, i + 1), result(nb, i), rows, width, s);
    });
    point("rmsnorm_wgrad", rows, width, 2 * bytes, [=](cudaStream_t s, int i) {
      rmsnorm_wgrad(in->slice(nb, i), r, in2->slice(nb, i), r + (2 << 20), rows, width, s);
    });
    point("add", rows, width, 3 * bytes, [=](cudaStream_t s, int i) {
      add(in->slice(nb, i), in2->slice(nb, i), result(nb, i), static_cast<std::int64_t>(n), s);
    });
    point("embedding_forward", rows, width, 2 * bytes, [=](cudaStream_t s, int i) {
      embedding_forward(in->slice(std::size_t{32000} * static_cast<std::size_t>(width) * 2, i), words + i % 7 * 8192,
                        result(nb, i), rows, width, s);
    });
  };
  const auto swiglu = [&](int rows, int width) {
    const std::size_t nb = static_cast<std::size_t>(rows) * static_cast<std::size_t>(width) * 2;
    const double bytes = static_cast<double>(nb);
    point("swiglu_forward", rows, width, 3 * bytes,
          [=](cudaStream_t s, int i) { swiglu_forward(in->slice(2 * nb, i), result(nb, i), rows, width, s); });
    point("swiglu_dgrad", rows, width, 5 * bytes, [=](cudaStream_t s, int i) {
      swiglu_dgrad(in->slice(2 * nb, i), in2->slice(nb, i), result(2 * nb, i), rows, width, s);
    });
  };
  const auto rotate = [&](int tokens, int heads, int kv_heads) {
    const int row = (heads + 2 * kv_heads) * 128, turned = heads + kv_heads;
    const std::size_t nb = static_cast<std::size_t>(tokens) * static_cast<std::size_t>(row) * 2;
    auto* const table = numbers + (4 << 20);
    prepare([=, &b] { rope_table(table, table + (2 << 20), tokens, 128, 1e6f, b.sampler.stream()); });
    point("rope", tokens, turned * 128, 4.0 * tokens * turned * 128, [=](cudaStream_t s, int i) {
      rope(result(nb, i), table, table + (2 << 20), tokens, tokens, turned, 128, row, 1.f, s);
    });
  };
  // Sizes of the models under test, whole and split over 4 and 8 ranks (sequence parallelism splits the rows).
  using List = std::vector<int>;
  for (const int rows : b.quick ? List{6144, 768} : List{6144, 4096, 2048, 1536, 768, 256})
    for (const int width : b.quick ? List{5120} : List{5120, 7168, 4096, 8192, 12288}) norm(rows, width);
  for (const int rows : b.quick ? List{6144} : List{6144, 4096, 2048})
    for (const int width : b.quick ? List{18944, 2368} : List{18944, 4736, 2368, 9472, 14336, 3584, 28672})
      swiglu(rows, width);
  prepare(fresh);
  for (const int tokens : b.quick ? List{6144} : List{6144, 4096, 2048})
    for (const auto& [h, hk] : {std::pair{40, 8}, {10, 2}, {5, 1}, {56, 8}, {7, 1}}) rotate(tokens, h, hk);
  prepare([=] { fill_uniform(words, (std::size_t{1} << 20) / 4, 16000, 9); });
  for (const int rows : b.quick ? List{6144} : List{2048, 4096, 6144})
    for (const int vocab : b.quick ? List{152064, 19008} : List{152064, 38016, 19008}) {
      const std::size_t nb = static_cast<std::size_t>(rows) * static_cast<std::size_t>(vocab) * 2;
      point("cross_entropy", rows, vocab, 2.0 * static_cast<double>(nb),
            [=](cudaStream_t s, int i) { cross_entropy(result(nb, i), words, numbers, rows, vocab / 8 * 8, s); });
    }
  const std::size_t quarter = out->bytes() / 4;
  prepare([=] {
    fresh();
    BRAID_CUDA(cudaMemset(out->as<>(2 * quarter), 0x3c, quarter));  // second moments must be positive
  });
  for (const long n : b.quick ? std::vector<long>{1L << 22, 1L << 26}
                              : std::vector<long>{1L << 18, 1L << 20, 1L << 22, 1L << 24, 1L << 26, 200L << 20}) {
    point("adam", 1, n, 30.0 * static_cast<double>(n), [=](cudaStream_t s, int i) {
      const std::size_t at =
          static_cast<std::size_t>(i) % (quarter / (static_cast<std::size_t>(n) * 4)) * static_cast<std::size_t>(n) * 4;
      adam(in2->slice(static_cast<std::size_t>(n) * 2, i), out->as<float>(at), out->as<float>(quarter + at),
           out->as<float>(2 * quarter + at), out->as<float>(3 * quarter + at), n, 10, s);
    });
  }
  prepare(fresh);
  for (double size = 1 << 16; size <= 2e9; size *= b.quick ? 16 : 2) {
    const auto bytes = static_cast<std::size_t>(size);
    point("device_copy", 1, static_cast<long>(bytes), 2 * size, [=](cudaStream_t s, int i) {
      BRAID_CUDA(cudaMemcpyAsync(result(bytes, i), in->slice(bytes, i), bytes, cudaMemcpyDeviceToDevice, s));
    });
    point("memset", 1, static_cast<long>(bytes), size,
          [=](cudaStream_t s, int i) { BRAID_CUDA(cudaMemsetAsync(result(bytes, i), 1, bytes, s)); });
    point("add_by_size", 1, static_cast<long>(bytes / 2), 3 * size, [=](cudaStream_t s, int i) {
      add(in->slice(bytes, i), in2->slice(bytes, i), result(bytes, i), static_cast<std::int64_t>(bytes / 2), s);
    });
  }
  b.measure(points, budget);
}

}  // namespace braid::gpu
