// SPDX-License-Identifier: Apache-2.0
// Runs of a row or a few, written out span by span or by a seeded random.
#pragma once

#include <array>
#include <random>
#include <vector>

#include "gui/model/time_map.hpp"
#include "sim/timeline/run_file.hpp"

namespace braid {

struct Piece {
  std::int64_t start = 0, end = 0;
  Category category = Category::forward;
  Category half = category;
  int chunk = 0;
};

/// One rank, a compute lane for each list of pieces.
inline RunColumns run_of_rows(const std::vector<std::vector<Piece>>& rows) {
  RunColumns run;
  run.ranks.push_back({.rank = 0});
  for (const std::vector<Piece>& pieces : rows) {
    const std::uint64_t begin = run.start.size();
    run.rows.push_back({.rank = 0, .begin = begin, .end = begin + pieces.size()});
    for (const Piece& piece : pieces) {
      run.start.push_back(piece.start);
      run.end.push_back(piece.end);
      run.category.push_back(piece.category);
      run.half.push_back(piece.half);
      run.key.push_back({.microbatch = static_cast<std::int16_t>((run.start.size() - begin) % 10),
                         .chunk = static_cast<std::int8_t>(piece.chunk),
                         .kind = piece.category == Category::input_grad ? OpKind::input_grad : OpKind::forward,
                         .unit = Unit::attn});
    }
  }
  return run;
}

inline RunColumns run_of(const std::vector<Piece>& pieces) { return run_of_rows({pieces}); }

/// Spans of 1 to `longest` ns, some of none, every fourth a braid, with gaps; in bursts if `bursts`.
inline std::vector<Piece> random_pieces(std::size_t spans, std::int64_t longest, bool bursts, unsigned seed) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::int64_t n) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
  };
  constexpr std::array kinds{Category::forward, Category::input_grad, Category::weight_grad, Category::idle_tp};
  std::vector<Piece> pieces;
  std::int64_t now = 1'000'000'007;
  for (std::size_t i = 0; i < spans; ++i) {
    if (below(3) == 0) now += below(longest);
    if (bursts && i % 1000 == 0) now += 1000 * longest;
    const std::int64_t length = below(20) == 0 ? 0 : 1 + below(longest);
    const Category kind = kinds[static_cast<std::size_t>(below(4))];
    const Category half = !is_idle(kind) && below(4) == 0 ? kinds[static_cast<std::size_t>(below(3))] : kind;
    pieces.push_back({now, now + length, kind, half, static_cast<int>(below(3))});
    now += length;
  }
  return pieces;
}

/// What the categories of a row have in the range, span by span: ns.
inline std::array<double, kCategories> summed(const RunView& run, std::size_t row, TimeRange range) {
  std::array<double, kCategories> sums{};
  for (std::uint64_t i = run.rows[row].begin; i < run.rows[row].end; ++i) {
    const std::int64_t overlap = std::min(run.end[i], range.end) - std::max(run.start[i], range.begin);
    if (overlap <= 0) continue;
    sums[static_cast<std::size_t>(run.category[i])] += 0.5 * static_cast<double>(overlap);
    sums[static_cast<std::size_t>(run.half[i])] += 0.5 * static_cast<double>(overlap);
  }
  return sums;
}

}  // namespace braid
