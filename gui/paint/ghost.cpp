// SPDX-License-Identifier: Apache-2.0
#include "gui/paint/ghost.hpp"

#include <algorithm>
#include <cmath>

namespace braid {
namespace {

/// The row that is `nth` of those of its kind on the rank at this place.
std::uint32_t row_like(const RunView& ghost, const RunRank& place, const RunRow& like, std::size_t nth) {
  for (std::uint32_t i = 0; i < ghost.rows.size(); ++i) {
    const RunRow& row = ghost.rows[i];
    if (row.kind != like.kind || row.lane != like.lane || row.rank < 0) continue;
    const RunRank& rank = ghost.ranks[static_cast<std::size_t>(row.rank)];
    const bool same =
        place.pp >= 0 ? rank.pp == place.pp && rank.tp == place.tp && rank.dp == place.dp : rank.rank == place.rank;
    if (same && nth-- == 0) return i;
  }
  return kNoIndex;
}

std::size_t nth_of_kind(const RunView& run, std::uint32_t row) {
  const RunRow& of = run.rows[row];
  return static_cast<std::size_t>(std::count_if(run.rows.begin(), run.rows.begin() + row, [&](const RunRow& other) {
    return other.rank == of.rank && other.kind == of.kind && other.lane == of.lane;
  }));
}

void paint_strip(QPainter& painter, const Scene& scene, const Coverage& coverage, std::uint32_t row, double bottom) {
  const std::span<const Category> categories = coverage.categories(row);
  const TimeMap map{scene.range, static_cast<double>(scene.size.width())};
  std::vector<float> shares(categories.size() * static_cast<std::size_t>(scene.size.width()));
  coverage.shares(row, map, shares);
  painter.fillRect(QRectF(0, bottom - kGhostHeight, scene.size.width(), kGhostHeight), scene.theme.background);
  // Columns that look alike are one rectangle: a strip of a few hundred blocks is a few hundred fills.
  constexpr int kTones = 8;
  const auto tone = [&](int x) {
    double work = 0;
    for (std::size_t c = 0; c < categories.size(); ++c) {
      if (!is_idle(categories[c])) work += shares[static_cast<std::size_t>(x) * categories.size() + c];
    }
    return static_cast<int>(std::lround(std::clamp(work, 0.0, 1.0) * kTones));
  };
  for (int x = 0, first = 0; x < scene.size.width(); ++x) {
    if (x + 1 < scene.size.width() && tone(x + 1) == tone(first)) continue;
    QColor colour = scene.theme.faint_text;
    colour.setAlphaF(static_cast<float>(tone(first)) / kTones);
    painter.fillRect(QRectF(first, bottom - kGhostHeight + 1, x + 1 - first, kGhostHeight - 1), colour);
    first = x + 1;
  }
}

}  // namespace

std::vector<std::uint32_t> ghost_rows(const std::vector<LayoutRow>& rows, const RunView& run, const RunView& ghost) {
  std::vector<std::uint32_t> found(rows.size(), kNoIndex);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].kind != LayoutRow::Kind::spans) continue;
    const std::uint32_t row = rows[i].members.front();
    if (run.rows[row].rank < 0) continue;
    found[i] =
        row_like(ghost, run.ranks[static_cast<std::size_t>(run.rows[row].rank)], run.rows[row], nth_of_kind(run, row));
  }
  return found;
}

void paint_ghost(QPainter& painter, const Scene& scene, const Trace& ghost, const std::vector<std::uint32_t>& rows) {
  double pinned = 0;
  for (const LayoutRow& row : scene.rows) {
    if (row.pinned) pinned = std::max(pinned, row.top + row.height);
  }
  for (std::size_t i = 0; i < std::min(rows.size(), scene.rows.size()); ++i) {
    const LayoutRow& row = scene.rows[i];
    const double top = row.pinned ? row.top : row.top - scene.scroll;
    const bool visible = top < scene.size.height() && top + row.height > (row.pinned ? 0 : pinned);
    if (rows[i] == kNoIndex || row.height < 2 * kGhostHeight || !visible) continue;
    paint_strip(painter, scene, ghost.coverage(), rows[i], top + row.height);
  }
  const double end = TimeMap{scene.range, static_cast<double>(scene.size.width())}.x(ghost.extent().end);
  if (end < 0 || end > scene.size.width()) return;
  painter.setPen(QPen(scene.theme.faint_text, 1, Qt::DashLine));
  painter.drawLine(QPointF(end, 0), QPointF(end, scene.size.height()));
}

}  // namespace braid
