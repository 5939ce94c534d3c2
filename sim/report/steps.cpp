// SPDX-License-Identifier: Apache-2.0
#include "sim/report/steps.hpp"

#include <algorithm>

#include "sim/base/error.hpp"

namespace braid {
namespace {

struct Edge {
  double time = 0;
  std::size_t column = 0;
  double change = 0;
  int pieces = 0;  ///< 1 begins, -1 ends
};

}  // namespace

Steps sum_of(const std::vector<Piece>& pieces, std::size_t columns) {
  std::vector<Edge> edges;
  edges.reserve(2 * pieces.size());
  for (const Piece& piece : pieces) {
    if (!(piece.start < piece.end)) continue;
    edges.push_back({piece.start, piece.column, piece.value, 1});
    edges.push_back({piece.end, piece.column, -piece.value, -1});
  }
  std::ranges::stable_sort(edges, {}, &Edge::time);
  Steps steps{.time = {0}, .value = std::vector<std::vector<double>>(columns, std::vector<double>{0})};
  std::vector<double> now(columns, 0);
  std::vector<int> pieces_in(columns, 0);
  for (const Edge& edge : edges) {
    pieces_in[edge.column] += edge.pieces;
    // What rounding leaves of a sum that has lost all its parts is nothing.
    now[edge.column] = pieces_in[edge.column] == 0 ? 0 : now[edge.column] + edge.change;
    const bool fresh = steps.time.back() != edge.time;
    if (fresh) steps.time.push_back(edge.time);
    for (std::size_t c = 0; c < columns; ++c) {
      if (fresh) steps.value[c].push_back(now[c]);
      steps.value[c].back() = now[c];
    }
  }
  return steps;
}

Steps thinned(const Steps& steps, std::size_t most) {
  const std::size_t count = steps.time.size(), columns = steps.value.size();
  const std::size_t kept_of_a_run = 2 * (columns + (columns > 1 ? 1 : 0));
  BRAID_CHECK(most >= 2 + kept_of_a_run, "a run of instants keeps the extremes of every column");
  if (count <= most) return steps;
  std::vector<double> sum(count, 0);
  for (const auto& column : steps.value) {
    for (std::size_t i = 0; i < count; ++i) sum[i] += column[i];
  }
  std::vector<std::size_t> kept{0};
  const std::size_t runs = (most - 2) / kept_of_a_run, between = count - 2;
  for (std::size_t run = 0; run < runs; ++run) {
    const std::size_t from = 1 + run * between / runs, to = 1 + (run + 1) * between / runs;
    const std::size_t first_of_run = kept.size();
    const auto keep = [&](const std::vector<double>& column) {
      const auto begin = column.begin() + static_cast<std::ptrdiff_t>(from);
      const auto [low, high] = std::minmax_element(begin, column.begin() + static_cast<std::ptrdiff_t>(to));
      kept.push_back(static_cast<std::size_t>(low - column.begin()));
      kept.push_back(static_cast<std::size_t>(high - column.begin()));
    };
    for (const auto& column : steps.value) keep(column);
    if (columns > 1) keep(sum);
    const auto begin = kept.begin() + static_cast<std::ptrdiff_t>(first_of_run);
    std::sort(begin, kept.end());
    kept.erase(std::unique(begin, kept.end()), kept.end());
  }
  kept.push_back(count - 1);
  Steps thin{.time = {}, .value = std::vector<std::vector<double>>(columns)};
  for (const std::size_t i : kept) {
    thin.time.push_back(steps.time[i]);
    for (std::size_t c = 0; c < columns; ++c) thin.value[c].push_back(steps.value[c][i]);
  }
  return thin;
}

}  // namespace braid
