// SPDX-License-Identifier: Apache-2.0
#include "calibrate/comm/collective_check.hpp"

#include <algorithm>
#include <cmath>

#include "calibrate/comm/on_device.hpp"

namespace braid::gpu {
namespace {

std::vector<double> read(int device, const Bf16* p, std::size_t stride, std::size_t n) {
  const OnDevice there(device);
  const auto raw = read_strided(p, stride, n);
  std::vector<double> v(raw.size());
  std::transform(raw.begin(), raw.end(), v.begin(), [](Bf16 x) { return static_cast<double>(__bfloat162float(x)); });
  return v;
}

// What element i of rank r's result must be, and the scale of its error, given all inputs read at the same places.
struct Expected {
  std::vector<double> value, scale;
};

}  // namespace

double worst_error(Collective what, std::size_t bytes, const std::vector<RankBuffers>& ranks, std::size_t samples) {
  const auto n = ranks.size();
  const std::size_t kept = bytes_kept(what, bytes, static_cast<int>(n)) / 2,
                    share = bytes_sent(what, bytes, static_cast<int>(n)) / 2;
  // All-gather is looked at share by share, so that every sample comes from one sender.
  const std::size_t length = what == Collective::all_gather ? share : kept;
  const std::size_t stride = std::max<std::size_t>(1, length / samples), count = (length - 1) / stride + 1;
  const auto input = [&](std::size_t q, std::size_t at) {
    return read(ranks[q].device, ranks[q].from + at, stride, count);
  };
  const auto moved = [&](std::size_t q) {
    auto v = input(q, 0);
    auto scale = v;
    for (auto& x : scale) x = std::fabs(x);
    return Expected{std::move(v), std::move(scale)};
  };
  const auto summed = [&](std::size_t at) {
    Expected e{std::vector<double>(count, 0), std::vector<double>(count, 0)};
    for (std::size_t q = 0; q < n; ++q) {
      const auto v = input(q, at);
      for (std::size_t i = 0; i < count; ++i) e.value[i] += v[i], e.scale[i] += std::fabs(v[i]);
    }
    return e;
  };
  double worst = 0;
  const auto compare = [&](std::size_t r, std::size_t at, const Expected& e) {
    const auto got = read(ranks[r].device, ranks[r].to + at, stride, count);
    for (std::size_t i = 0; i < count; ++i) {
      const double error = std::fabs(got[i] - e.value[i]) / std::max(e.scale[i], 1e-30);
      worst = std::isnan(error) ? 1e30 : std::max(worst, error);
      if (std::isnan(error)) return;
    }
  };
  switch (what) {
    case Collective::all_reduce: {
      const auto e = summed(0);
      for (std::size_t r = 0; r < n; ++r) compare(r, 0, e);
      break;
    }
    case Collective::reduce_scatter:
      for (std::size_t r = 0; r < n; ++r) compare(r, 0, summed(r * kept));
      break;
    case Collective::all_gather:
      for (std::size_t q = 0; q < n; ++q) {
        const auto e = moved(q);
        for (std::size_t r = 0; r < n; ++r) compare(r, q * share, e);
      }
      break;
    case Collective::send_recv:
      for (std::size_t r = 0; r < n; ++r) compare(r, 0, moved((r + n - 1) % n));
      break;
  }
  return worst;
}

}  // namespace braid::gpu
