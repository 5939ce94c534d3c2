// SPDX-License-Identifier: Apache-2.0
// A timeline of two ranks for the tests of what is written: rank 0 computes and sends twice, the second message while
// the first is under way; rank 3 receives both.
#pragma once

#include <vector>

#include "sim/timeline/trace.hpp"

namespace braid::small {

inline Span span(OpKind kind, int microbatch, double start, double end) {
  Span s{.key = {}, .start = Seconds(start), .end = Seconds(end), .stretch = {}};
  s.key.kind = kind;
  s.key.microbatch = static_cast<std::int16_t>(microbatch);
  return s;
}

inline Timeline timeline() {
  Timeline t;
  t.provenance = {.kind = "simulated", .facts = {{"gpu", "A800 \"80G\""}}};
  t.ranks.resize(2);
  auto& first = t.ranks[0];
  auto& second = t.ranks[1];
  second.rank = 3;
  Span forward = span(OpKind::forward, 2, 0, 1e-3);
  forward.key.unit = Unit::attn;
  forward.key.layer = 5;
  forward.key.chunk = 1;
  forward.stretch = Seconds(2.5e-6);
  first.lanes[static_cast<std::size_t>(Lane::compute)] = {forward};
  first.lanes[static_cast<std::size_t>(Lane::pp)] = {span(OpKind::send, 2, 1e-3, 3e-3),
                                                     span(OpKind::send, 3, 2e-3, 4e-3)};
  second.lanes[static_cast<std::size_t>(Lane::pp)] = {span(OpKind::recv, 2, 1e-3, 3e-3),
                                                      span(OpKind::recv, 3, 2e-3, 4e-3)};
  second.counters = {{.name = "memory", .points = {{Seconds(0), 10}, {Seconds(2e-3), 25.5}}}};
  t.step_time = Seconds(4e-3);
  return t;
}

inline std::vector<Arrow> arrows() { return {{0, 0, 1, 0}, {0, 1, 1, 1}}; }

}  // namespace braid::small
