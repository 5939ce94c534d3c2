// SPDX-License-Identifier: Apache-2.0
// Steps as letters, one line a pipeline rank: what fits in a terminal of what a trace viewer shows.
#pragma once

#include <span>
#include <string>

#include "sim/report/report.hpp"

namespace braid {

struct StripOptions {
  int width = 120;  ///< of the terminal, in columns
  std::size_t most_ranks = 16;
};

/// The runs below one another, all at one scale; `plays` are theirs, in their order. One column is one slice of the
/// step and shows what fills most of it: F, B (I and W of one microbatch), I, W, a braid #, R recomputed,
/// O optimizer, c a cell; idle: t tp, p pp (waiting or transfer), d dp, o offload, h host, and blank before the first
/// and after the last op. Where steps are too long for their passes to be told apart, the begin and the end are shown,
/// with ~ for what is left out. A line above each gives the times, the last line the letters that occur.
std::string strips(const Comparison& comparison, std::span<const Played> plays, const StripOptions& options = {});

}  // namespace braid
