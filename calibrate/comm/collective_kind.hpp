// SPDX-License-Identifier: Apache-2.0
// The collectives that are measured, and what their two bandwidths mean. Host only.
#pragma once

#include <cstddef>

namespace braid::gpu {

/// send_recv: every rank sends to the next and receives from the one before, at the same time.
enum class Collective { all_reduce, all_gather, reduce_scatter, send_recv };

inline constexpr Collective kCollectives[] = {Collective::all_reduce, Collective::all_gather,
                                              Collective::reduce_scatter, Collective::send_recv};

/// As tables spell it: all_reduce, all_gather, reduce_scatter, send_recv.
constexpr const char* name(Collective c) {
  switch (c) {
    case Collective::all_reduce:
      return "all_reduce";
    case Collective::all_gather:
      return "all_gather";
    case Collective::reduce_scatter:
      return "reduce_scatter";
    case Collective::send_recv:
      break;
  }
  return "send_recv";
}

/// busbw / algbw, where algbw = size / time: 2(n-1)/n for all-reduce, (n-1)/n for all-gather and reduce-scatter, 1 for
/// send/receive. `size` is the whole buffer: of all-gather what a rank ends with, of reduce-scatter what it begins
/// with, of send/receive what one rank sends [NVIDIA/nccl-tests, doc/PERFORMANCE.md].
constexpr double bus_factor(Collective c, int ranks) {
  const double n = ranks;
  switch (c) {
    case Collective::all_reduce:
      return 2 * (n - 1) / n;
    case Collective::all_gather:
    case Collective::reduce_scatter:
      return (n - 1) / n;
    case Collective::send_recv:
      break;
  }
  return 1;
}

/// Bytes of one rank's own share of `size`, where a collective has shares; else all of it.
constexpr std::size_t bytes_sent(Collective c, std::size_t size, int ranks) {
  return c == Collective::all_gather ? size / static_cast<std::size_t>(ranks) : size;
}
constexpr std::size_t bytes_kept(Collective c, std::size_t size, int ranks) {
  return c == Collective::reduce_scatter ? size / static_cast<std::size_t>(ranks) : size;
}

}  // namespace braid::gpu
