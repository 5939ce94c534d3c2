// SPDX-License-Identifier: Apache-2.0
// The smallest run that has everything a run file can hold.
#pragma once

#include "sim/timeline/run_file.hpp"

namespace braid {

/// Rank 5 (named "five") with rows passes [0, 9], compute [0, 4] [4, 6] idle [6, 9], memory counter; then a link
/// counter of the whole cluster. Spans by number: 0 the pass, 1 F attn mb3, 2 the idle piece, 3 W mlp mb3.
inline RunColumns small_run() {
  RunColumns run;
  run.facts = R"({"title": "small"})";
  run.ranks = {{.rank = 5, .pp = 1, .tp = 0, .dp = 2, .name = run.add_name("five")}};
  run.rows = {
      {.rank = 0, .kind = RowKind::passes, .begin = 0, .end = 1},
      {.rank = 0, .kind = RowKind::lane, .lane = Lane::compute, .begin = 1, .end = 4},
      {.rank = 0, .kind = RowKind::counter, .counter = CounterKind::memory, .begin = 0, .end = 2},
      {.rank = -1,
       .kind = RowKind::counter,
       .counter = CounterKind::link,
       .name = run.add_name("NVLink"),
       .begin = 2,
       .end = 3},
  };
  run.start = {0, 0, 4, 6};
  run.end = {9, 4, 6, 9};
  run.category = {Category::forward, Category::forward, Category::idle_tp, Category::weight_grad};
  run.half = {Category::weight_grad, Category::forward, Category::idle_tp, Category::weight_grad};
  const OpKey f{.rank = 5, .microbatch = 3, .kind = OpKind::forward, .unit = Unit::attn};
  const OpKey w{.rank = 5, .microbatch = 3, .kind = OpKind::weight_grad, .unit = Unit::mlp};
  run.key = {f, f, OpKey{}, w};
  run.name = {run.add_name("F3 & W3"), kNoIndex, kNoIndex, kNoIndex};
  run.work = {kNoWork, 0, kNoWork, 1};
  run.stretch = {0, 1, 0, 0};
  run.dep_begin = {0, 0, 0, 2, 3};
  run.deps = {3, 1, 1};
  run.critical = {1, 3};
  run.points = {{.time = 0, .value = 100}, {.time = 4, .value = 50}, {.time = 0, .value = 0.5}};
  return run;
}

}  // namespace braid
