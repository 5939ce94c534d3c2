// SPDX-License-Identifier: Apache-2.0
// From a schedule to the ops of every rank: the braiding lives here.
//
// Forward of a layer is two segments, each a run of compute that ends in a collective: [pre_attn, attn -> all-reduce]
// [pre_mlp, mlp -> all-reduce]. Backward has two as well, [mlp.I -> all-reduce, mlp.W] [pre_mlp.I, attn.I ->
// all-reduce, attn.W]; a deferred W has one for each of its units. A braid issues the segments of its two sides in
// turn, so that the collective of one runs behind the compute of the other:
//
//     F & B of one chunk, 2 layers    compute  A0 | M1' w | P0 M0 | A1' w | ... | tail of the longer side
//                                     tp        -AR-  -AR-   -AR-   -AR-
//
// A side that has more segments runs the rest alone, in order, after the shorter one has ended. With sequence
// parallelism each all-reduce is an all-gather before the unit and a reduce-scatter behind it [Korthikanti22, fig. 5].
#pragma once

#include "sim/program/program.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/schedule/schedule.hpp"

namespace braid {

/// Lowers a checked schedule of a checked scenario. Throws Error if the two do not fit: other numbers of ranks or
/// microbatches, layers that do not divide over its stages.
Program lower(const Schedule& schedule, const Scenario& scenario, const Run& run);

/// What cells cost when a schedule is played without a model, in any unit of time.
struct CellCosts {
  double f = 1, i = 1, w = 1;
  double all_reduce = 0;  ///< a lone F or I pays it, a full B pays max(w, all_reduce) in place of w, a braid nothing
  double p2p = 0;         ///< latency of a message
};

/// One op a cell, of kind `fixed`: all inputs must be there when it starts, all outputs appear when it ends.
Program lower_cells(const Schedule& schedule, const CellCosts& costs, P2pMode mode);

}  // namespace braid
