// SPDX-License-Identifier: Apache-2.0
#include "sim/schedule/interleaved.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace braid {
namespace {

int group_of(std::string_view name, const ScheduleRequest& request) {
  const int p = request.stages;
  const int m = request.microbatches;
  if (request.group) {
    const int n = *request.group;
    require(n >= p && n <= m && (m % n == 0 || m % n >= p), name,
            fmt::format("group N={} must be p <= N <= m with m mod N = 0 or m mod N >= p (p={}, m={})", n, p, m));
    return n;
  }
  const int rounds = std::max(1, m / p);
  require(m % rounds == 0, name,
          fmt::format("m={} must be a multiple of its rounds, max(1, m div p) = {} (p={}); or choose --group N with "
                      "p <= N <= m and m mod N = 0 or m mod N >= p, such as {}",
                      m, rounds, p, m));
  return m / rounds;
}

}  // namespace

InterleavedOrder interleaved_order(std::string_view name, const ScheduleRequest& request) {
  InterleavedOrder order{
      .chunks = request.chunks.value_or(2), .group = group_of(name, request), .forwards = {}, .backwards = {}};
  const int m = request.microbatches;
  for (int first = 0; first < m; first += order.group) {
    const int size = std::min(order.group, m - first);
    for (int chunk = 0; chunk < order.chunks; ++chunk) {
      order.forwards.insert(order.forwards.end(), static_cast<std::size_t>(size), chunk);
      order.backwards.insert(order.backwards.end(), static_cast<std::size_t>(size), order.chunks - 1 - chunk);
    }
  }
  return order;
}

}  // namespace braid
