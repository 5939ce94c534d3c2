// SPDX-License-Identifier: Apache-2.0
// A compute op whose speed changes while it runs: alone it takes `nominal` seconds, beside communication that slows it
// by s in sum it advances at rate 1 / (1 + s).
#pragma once

#include <algorithm>

namespace braid {

struct StretchedOp {
  double start = 0, nominal = 0;
  double remaining = 0;  ///< nominal seconds left at `since`
  double since = 0, slow_by = 0;
  double end = 0;  ///< if nothing changes
  bool stretched = false;

  static StretchedOp begin(double time, double nominal, double slow_by) {
    return {.start = time,
            .nominal = nominal,
            .remaining = nominal,
            .since = time,
            .slow_by = slow_by,
            .end = time + nominal * (1 + slow_by)};
  }
  /// What happens at the very instant at which the op ends does not touch it.
  void change(double time, double new_slow_by) {
    if (end <= time || new_slow_by == slow_by) return;
    if (time > since) {
      remaining = std::max(0.0, remaining - (time - since) / (1 + slow_by));
      stretched = stretched || slow_by != 0;
      since = time;
    }
    slow_by = new_slow_by;
    end = time + remaining * (1 + slow_by);
  }
  /// Of the whole op, once it has ended.
  double stretch() const { return stretched || slow_by != 0 ? std::max(0.0, end - start - nominal) : 0.0; }
};

}  // namespace braid
