// SPDX-License-Identifier: Apache-2.0
// A played Program as the columns of a run file (sim/timeline/run_file.hpp): what `braid gui` opens.
//
// Rows of a rank, in this order: its passes; its lanes, each over several rows where its spans overlap. The compute row
// has the idle pieces of gaps_of() between its ops, so that it covers the step from 0 to its end without a hole, to the
// nanosecond. Whoever adds counters appends their rows: points are apart from spans.
//
// A pass is a stroke (strokes.hpp) of the compute lane: all units of a microbatch through a chunk, or a braid of two
// such. The time for which the lane waits for a collective, a copy or the host is a part of it; where the lane waits
// for the pipeline or for replicas a pass is cut in two. It is called "F3", "B3'" on chunk 1, "W3'2" on chunk 2, and a
// braid "F7 & I3'": microbatches from 0 as everywhere in Braid, not from 1 as the papers' figures have it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/cost/costs.hpp"
#include "sim/memory/played.hpp"
#include "sim/report/bubbles.hpp"
#include "sim/report/report.hpp"
#include "sim/timeline/run_file.hpp"

namespace braid {

/// A block of the row of passes.
struct PassBlock {
  Seconds start, end;
  Category category = Category::other;
  Category half = Category::other;  ///< of a braid its second half, else as `category`
  std::string name;
  OpKey key{};  ///< kind, microbatch and chunk of the first half; its index is -1 in the file, as no op's is
};

/// What a run file says that neither the program, the timeline nor the report knows.
struct RunTold {
  std::string title;
  std::string kind;  ///< "simulated", "measured", "abstract"
  std::string time_unit = "s";
  std::string scenario;  ///< TOML, scenario_as_one_text(); "" = none
  std::string profile;   ///< CSV, to_csv(); "" = the rules of the scenario's GPU
  std::string run;       ///< label of the run in the scenario; "" = none
  std::vector<std::string> notes;
  /// Passes by position in the timeline, of those who know them better (cells of a schedule); empty: strokes.
  std::vector<std::vector<PassBlock>> passes;
};

/// The columns; facts as gui/model/run_facts.hpp documents them. An op waits for its dependences in the program, for
/// the op before it on its ordered lane, and a recv for its send, which covers the same time. Of a folded run tp and dp
/// of a rank are -1 where there are several: it stands for all of them. Throws Error if ops are missing; needs a
/// timeline that passes verify(). The same run gives the same bytes.
RunColumns run_columns(const Played& played, const Costs& costs, const RunReport& report, const RunTold& told);

/// The passes of a rank; `gaps` are those of gaps_of().
std::vector<PassBlock> pass_blocks(const RankTimeline& rank, const std::vector<Gap>& gaps);

/// "F3", "B3'", "W3'2": a pass as a block is labelled.
std::string pass_name(std::string_view letter, int microbatch, int chunk);

}  // namespace braid
