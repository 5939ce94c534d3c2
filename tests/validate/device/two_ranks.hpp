// SPDX-License-Identifier: Apache-2.0
// The smallest program with a message: rank 0 computes and sends, rank 1 receives and computes.
#pragma once

#include "sim/program/program.hpp"

namespace braid::test {

inline constexpr std::uint16_t kComputeWork = 0, kMessageWork = 1;

/// Rank 0: op 0 F attn, op 1 send. Rank 1: op 0 recv, op 1 F mlp behind it.
inline Program two_ranks() {
  Program p{.schedule = "by hand", .placement = {.tp = 1, .pp = 2, .dp = 1}};
  WorkItem compute{.kind = WorkKind::compute};
  compute.compute.unit = Unit::attn;
  compute.compute.kernels = 2;
  p.works = {compute, {.kind = WorkKind::message, .bytes = Bytes(64)}};
  p.messages = {{.from = 0, .to = 1, .send_op = 1, .recv_op = 0, .batch = 0}};
  p.batch_size = {1};
  p.ranks.resize(2);
  p.ranks[0].ops = {
      {.key = {.rank = 0, .microbatch = 0, .unit = Unit::attn}, .lane = Lane::compute, .work = kComputeWork},
      {.key = {.rank = 0, .microbatch = 0, .kind = OpKind::send},
       .lane = Lane::pp,
       .work = kMessageWork,
       .dep_count = 1,
       .dep_begin = 0,
       .message = 0}};
  p.ranks[0].deps = {0};
  p.ranks[1].ops = {
      {.key = {.rank = 1, .microbatch = 0, .kind = OpKind::recv}, .lane = Lane::pp, .work = kMessageWork, .message = 0},
      {.key = {.rank = 1, .microbatch = 0, .unit = Unit::mlp},
       .lane = Lane::compute,
       .work = kComputeWork,
       .dep_count = 1,
       .dep_begin = 0}};
  p.ranks[1].deps = {0};
  return p;
}

}  // namespace braid::test
