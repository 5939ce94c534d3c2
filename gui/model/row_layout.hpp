// SPDX-License-Identifier: Apache-2.0
// Which rows are shown, in which order, under which headings, how high: grouping, folding, pinning, hiding.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "gui/model/time_map.hpp"
#include "sim/timeline/run_file.hpp"

namespace braid {

/// One line of the picture.
struct LayoutRow {
  enum class Kind : std::uint8_t {
    heading,  ///< of a group; folded, it shows the mean shares of its members' compute rows
    spans,    ///< one row of the run
  };
  Kind kind = Kind::spans;
  std::vector<std::uint32_t> members{};  ///< rows of the run: one if kind spans; what a folded heading stands for
  std::string label{};                   ///< "stage 0", "rank 3 (first of 8)", "tp"
  std::string id{};    ///< of a heading or row, stable: "pp0/tp0/dp0/compute"; for fold, pin, sessions
  std::string path{};  ///< where it is, in words: "stage 0/rank 3/compute"
  int depth = 0;
  bool folded = false;
  bool pinned = false;
  double top = 0;  ///< pixels from the top of all rows, pinned ones first
  double height = 0;
};

/// How people want it; what is not named has its default.
struct LayoutOptions {
  double row_height = 18;     ///< of compute and passes; communication lanes have half of it, at least 3
  bool fold_tp_peers = true;  ///< of ranks that differ in tp only the first is shown, "first of n"
  bool fold_dp_replicas = true;
  bool show_passes = true;
  bool only_active = false;          ///< hide rows without a span of work in `active`
  TimeRange active{};                ///< the range in view
  std::string filter{};              ///< shows rows whose path has all these words, "rank3 tp"; "" = all
  std::set<Lane> hidden_lanes{};     ///< no rows of these
  std::set<std::string> folded{};    ///< ids of headings
  std::set<std::string> pinned{};    ///< ids of rows; they are shown whatever else is hidden
  std::vector<std::string> order{};  ///< ids of headings that a user has moved; others follow in their own order
};

/// Headings are pipeline stages (pp), under them ranks where a stage has several, under them lanes. A run without
/// places (foreign) has a heading a process. A stage with one row is that row, called as the stage. Counter rows are
/// not in it: panels show them.
std::vector<LayoutRow> layout_rows(const RunView& run, const LayoutOptions& options);

/// Sum of heights.
double total_height(const std::vector<LayoutRow>& rows);
/// Index of the row at this height, or rows.size(). A row's top belongs to it, its bottom to the next.
std::size_t row_at(const std::vector<LayoutRow>& rows, double y);

/// Rows by words of the command line: "0-3" (stages), "stage0-3", "rank2,rank5", "stage1/tp", "tp" or ids, parts joined
/// by commas. A row that comes without its heading is labelled with it. Throws Error("--rows", ...) for words that name
/// nothing.
std::vector<LayoutRow> rows_called(const std::vector<LayoutRow>& rows, const std::string& words);

}  // namespace braid
