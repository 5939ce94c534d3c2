// SPDX-License-Identifier: Apache-2.0
// Compute beside communication: by how much each slows the other, by the number of CTAs that communication holds, and
// how long communication waits for its first SM.
//
// The full plan: 24 ops x (8 hold + 8 copy + 15 paced + 6 + 6 NCCL) = 1032 rows, then 4 products planned for fewer SMs
// at 3 counts x 4 = 48 rows. A paced row takes 1 start, 1.5 ms of copying alone and 10 replays of about 1 ms: 15 ms; an
// NCCL row 20 to 100 ms (short exchanges that wait for products of 1 ms each); start delays, on 4 of the hold rows,
// 3 x 9 x two products: 60 ms. Per op 31 x 15 + 12 x 50 + 4 x 60 ms = 1.3 s, in all 33 s, and about 20 s to choose the
// kernels, fill the buffers and make six communicators.
#include <algorithm>
#include <cstdio>
#include <optional>

#include "calibrate/sweep/overlap_bench.hpp"

namespace braid::gpu {
namespace {

constexpr const char* kMethod =
    "one GPU: communication is a stand-in (hold, copy, nccl_self), not NVLink; rates count bytes copied once (device "
    "memory moves twice that); communication on a high-priority stream, running before the compute begins and "
    "throughout; nccl_self: one exchange of about 7 ms; nccl_self_repeated: exchanges of about 0.2 ms, their time "
    "holds "
    "the wait for free SMs; m, n, k of memory-bound kernels: rows, width, 0; of attention: tokens of one sequence, "
    "heads, 0; algo_id to split_k as in the gemm table, zeros for what is no product; start: microseconds from the "
    "release of a kernel of that many CTAs behind a product to the start of its first block (start_last: its last), "
    "medians: nothing behind it (alone), the next product right behind the release, the same behind the "
    "launch-completion event (gated); start_samples 0: not measured in that row";

using Comms = std::vector<OverlapComm>;

Comms holds(std::initializer_list<int> ctas) {
  Comms c;
  for (const int n : ctas)
    c.push_back({.comm = "hold", .ctas = n, .pace = 0, .with_start = n == 1 || n == 8 || n == 16 || n == 32});
  return c;
}
Comms copies(std::initializer_list<int> ctas, std::initializer_list<double> paces) {
  Comms c;
  for (const double pace : paces)
    for (const int n : ctas) c.push_back({.comm = "copy", .ctas = n, .pace = pace});
  return c;
}
Comms exchanges(const std::vector<int>& ctas) {
  Comms c;
#if BRAID_HAVE_NCCL
  for (const int n : ctas)
    for (const char* comm : {"nccl_self", "nccl_self_repeated"}) c.push_back({.comm = comm, .ctas = n});
#else
  (void)ctas;
#endif
  return c;
}

// What is measured of one op, in groups before each of which it is timed alone.
struct OpPlan {
  std::vector<Comms> groups;
  std::vector<Comms> missing(const CsvFile& csv, const std::string& op, int target) const {
    std::vector<Comms> left;
    for (const auto& g : groups) {
      Comms l;
      std::copy_if(g.begin(), g.end(), std::back_inserter(l), [&](const OverlapComm& c) {
        return !csv.has({op, target, c.comm, c.ctas, c.pace});
      });
      if (!l.empty()) left.push_back(l);
    }
    return left;
  }
};

void measure(OverlapBench& o, const OverlapOp& op, int target, const std::vector<Comms>& groups) {
  o.begin(op, target);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (g) o.refresh_alone();
    for (const auto& c : groups[g]) o.row(c);
  }
}
int rows(const std::vector<Comms>& groups) {
  int n = 0;
  for (const auto& g : groups) n += static_cast<int>(g.size());
  return n;
}

}  // namespace

void sweep_overlap(Bench& b, const Budget& budget) {
  auto csv = b.table("overlap", kOverlapColumns, kMethod, kOverlapKeys);
  if (csv.complete()) return;
  const std::vector<int> nccl = b.quick ? std::vector{8, 32} : std::vector{1, 2, 4, 8, 16, 32};  // powers of two
  const OpPlan plan =
      b.quick
          ? OpPlan{{holds({1, 8, 16, 32}), copies({8, 16, 32}, {20}), exchanges(nccl)}}
          : OpPlan{{holds({1, 2, 4, 8, 12, 16, 24, 32}), copies({1, 2, 4, 8, 12, 16, 24, 32}, {PacedCopy::kUnpaced}),
                    copies({4, 8, 16, 24, 32}, {5, 10, 20}), exchanges(nccl)}};
  OverlapOps ops(b, b.quick);
  OverlapBench o(b, csv);
#if BRAID_HAVE_NCCL
  for (const int c : nccl) o.add_exchange(c);
#endif
  // A point is all that is measured of one op, so that a run that is cut short has whole ops.
  std::vector<Point> points;
  for (const auto& op : ops.all())
    if (const auto left = plan.missing(csv, op.name, 0); !left.empty())
      points.push_back({.weight = rows(left), .measure = [&o, &op, left] { measure(o, op, 0, left); }});
  if (!b.quick)
    for (const int c : {8, 16, 32}) {
      const int target = b.sm_count() - c;
      const OpPlan planned{{holds({c}), copies({c}, {PacedCopy::kUnpaced}), exchanges({c})}};
      points.push_back({.weight = 16, .measure = [&o, &ops, &csv, planned, target] {
                          for (const auto& op : ops.planned_for(target))
                            if (const auto left = planned.missing(csv, op.name, target); !left.empty())
                              measure(o, op, target, left);
                        }});
    }
  b.measure(points, budget);
  std::printf("overlap: %d rows%s\n", csv.rows(), budget.cut() ? ", cut short" : "");
}

}  // namespace braid::gpu
