// SPDX-License-Identifier: Apache-2.0
#include "gui/paint/row_painter.hpp"

#include <algorithm>
#include <cmath>

#include "gui/paint/block_label.hpp"

namespace braid {
namespace {

constexpr unsigned char kEdge = 1, kShort = 2;
constexpr float kWhole = 0.9995f;
/// Blocks from this width have an edge and the tone of their chunk.
constexpr double kBlock = 3;
/// The edge of a narrower one is fainter, else edges would be all one sees.
constexpr double kFullEdge = 12;

struct Mix {
  float red = 0, green = 0, blue = 0;
  void add(QRgb colour, float share) {
    red += share * static_cast<float>(qRed(colour));
    green += share * static_cast<float>(qGreen(colour));
    blue += share * static_cast<float>(qBlue(colour));
  }
  QRgb colour() const {
    const auto whole = [](float v) { return std::min(255, static_cast<int>(v + 0.5f)); };
    return qRgb(whole(red), whole(green), whole(blue));
  }
};

QRgb towards(QRgb from, QRgb to, double share) { return mixed(QColor(from), QColor(to), share).rgb(); }

}  // namespace

void RowPainter::paint(const BodyFrame& frame, const RowPlace& place, int from, int to, QRgb* pixels,
                       std::ptrdiff_t stride) {
  frame_ = &frame;
  place_ = &place;
  row_ = &frame.scene->rows[place.row];
  pixels_ = pixels;
  stride_ = stride;
  first_ = frame.grid.first;
  const bool is_heading = row_->kind == LayoutRow::Kind::heading;
  ground_ = is_heading ? &frame.heading : place.row % 2 == 0 ? &frame.even : &frame.odd;
  ground(from, to);
  if (row_->members.empty() || (is_heading && !row_->folded)) return;
  blocks_.clear();
  marks_.assign(static_cast<std::size_t>(to - from), 0);
  if (is_heading) {
    gather_mean(from, to);
  } else {
    gather_shares(from, to);
    gather_blocks(from, to);
  }
  compose(from, to);
  for (const Block& block : blocks_) draw_block(block, from, to);
}

void RowPainter::ground(int from, int to) {
  for (int line = 0; line < place_->height; ++line) {
    std::copy(ground_->begin() + from, ground_->begin() + to, &pixel(from, line));
  }
}

void RowPainter::gather_shares(int from, int to) {
  const Coverage& coverage = frame_->scene->trace->coverage();
  const std::uint32_t row = row_->members.front();
  const std::span<const Category> categories = coverage.categories(row);
  slots_.clear();
  for (const Category c : categories) slots_.push_back(&frame_->tiles.tile(c));
  shares_.resize(static_cast<std::size_t>(to - from) * categories.size());
  coverage.shares(row, frame_->grid, from, to, shares_);
}

void RowPainter::gather_mean(int from, int to) {
  const Coverage& coverage = frame_->scene->trace->coverage();
  slots_.clear();
  for (int c = 0; c < kCategories; ++c) slots_.push_back(&frame_->tiles.tile(static_cast<Category>(c)));
  const auto columns = static_cast<std::size_t>(to - from);
  shares_.assign(columns * kCategories, 0.0f);
  const float weight = 1.0f / static_cast<float>(row_->members.size());
  for (const std::uint32_t row : row_->members) {
    const std::span<const Category> categories = coverage.categories(row);
    const std::size_t k = categories.size();
    member_.resize(columns * k);
    coverage.shares(row, frame_->grid, from, to, member_);
    for (std::size_t column = 0; column < columns; ++column) {
      for (std::size_t c = 0; c < k; ++c) {
        shares_[column * kCategories + static_cast<std::size_t>(categories[c])] += weight * member_[column * k + c];
      }
    }
  }
}

void RowPainter::gather_blocks(int from, int to) {
  const Scene& scene = *frame_->scene;
  const RunView& run = scene.trace->run();
  const Coverage& coverage = scene.trace->coverage();
  const std::uint32_t row = row_->members.front();
  const auto end = static_cast<std::uint32_t>(run.rows[row].end);
  const PixelGrid& grid = frame_->grid;
  for (std::int64_t at = from; at < to;) {
    // A stretch of segments in which a span is wider than a pixel on average.
    std::int64_t stretch = Coverage::segment_of(grid, at), until = stretch;
    while (until < to && coverage.spans_within(row, grid, until, until + Coverage::kSegment) <=
                             static_cast<std::uint64_t>(Coverage::kSegment)) {
      until += Coverage::kSegment;
    }
    if (until == stretch) {
      at = stretch + Coverage::kSegment;
      continue;
    }
    at = until;
    const auto last = static_cast<double>(first_ + std::min<std::int64_t>(until, to));
    const std::int64_t begin = std::max<std::int64_t>(stretch, from);
    const auto mark = [&](double place, unsigned char what) {
      const double column = std::floor(place) - static_cast<double>(first_);
      // An edge between two pixels softens neither.
      if (what == kEdge && place - std::floor(place) < 1e-3) return;
      if (column < static_cast<double>(begin) || column >= last - static_cast<double>(first_)) return;
      marks_[static_cast<std::size_t>(column) - static_cast<std::size_t>(from)] |= what;
    };
    for (std::uint32_t i = coverage.first_span(row, grid.time(static_cast<double>(begin)) - 1); i < end; ++i) {
      const double x0 = grid.place(run.start[i]), x1 = grid.place(run.end[i]);
      if (x0 >= last) break;
      if (x1 - x0 < 1) {
        if (x1 > x0) mark(x0, kShort), mark(x1, kShort);
        continue;
      }
      mark(x0, kEdge);
      mark(x1, kEdge);
      if (x1 - x0 < kBlock || x1 <= static_cast<double>(first_ + begin)) continue;
      blocks_.push_back({i, x0, x1, first_ + stretch, first_ + until});
    }
  }
}

void RowPainter::compose(int from, int to) {
  const std::size_t k = slots_.size();
  if (k == 0) return;
  const bool blend = place_->bar_height < kThinBar || frame_->scene->mode == PixelMode::blend;
  const auto whole_slot = [&](int column) {
    const float* const s = shares_.data() + static_cast<std::size_t>(column - from) * k;
    for (std::size_t c = 0; c < k; ++c) {
      if (s[c] >= kWhole) return c;
    }
    return k;
  };
  for (int column = from; column < to;) {
    const float* const s = shares_.data() + static_cast<std::size_t>(column - from) * k;
    const std::size_t slot = whole_slot(column);
    if (slot == k) {
      if (blend || marks_[static_cast<std::size_t>(column - from)] == kEdge) {
        blended_column(column, s);
      } else {
        stacked_column(column, s);
      }
      ++column;
      continue;
    }
    int end = column + 1;
    while (end < to && whole_slot(end) == slot) ++end;
    const Tile& fill = tile(slot);
    for (int line = 0; line < place_->bar_height; ++line) {
      QRgb* const at = &pixel(0, place_->bar_top + line);
      if (place_->bar_height < kThinBar) {
        std::fill(at + column, at + end, fill.flat);
      } else {
        for (int x = column; x < end; ++x) at[x] = fill.at(first_ + x, line);
      }
    }
    column = end;
  }
}

void RowPainter::stacked_column(int column, const float* shares) {
  const auto bar = static_cast<float>(place_->bar_height);
  const QRgb under = (*ground_)[static_cast<std::size_t>(column)];
  int line = place_->bar_height - 1;  // from the bottom up
  float room = 1;                     // of this pixel
  Mix mix;
  for (std::size_t c = 0; c < slots_.size() && line >= 0; ++c) {
    float left = shares[c] * bar;
    while (left > 0 && line >= 0) {
      const QRgb colour = tile(c).at(first_ + column, line);
      if (room == 1 && left >= 1) {
        pixel(column, place_->bar_top + line) = colour;
        left -= 1;
        --line;
        continue;
      }
      const float part = std::min(room, left);
      mix.add(colour, part);
      left -= part;
      room -= part;
      if (room > 0) break;
      pixel(column, place_->bar_top + line) = mix.colour();
      mix = {};
      room = 1;
      --line;
    }
  }
  if (room < 1 && line >= 0) {
    mix.add(under, room);
    pixel(column, place_->bar_top + line) = mix.colour();
  }
}

void RowPainter::blended_column(int column, const float* shares) {
  Mix mix;
  float empty = 1;
  for (std::size_t c = 0; c < slots_.size(); ++c) {
    if (shares[c] <= 0) continue;
    mix.add(tile(c).flat, shares[c]);
    empty -= shares[c];
  }
  if (empty > 0) mix.add((*ground_)[static_cast<std::size_t>(column)], empty);
  const QRgb colour = mix.colour();
  for (int line = 0; line < place_->bar_height; ++line) pixel(column, place_->bar_top + line) = colour;
}

void RowPainter::draw_block(const Block& block, int from, int to) {
  const RunView& run = frame_->scene->trace->run();
  const Category category = run.category[block.span];
  const Category half = run.half.empty() ? category : run.half[block.span];
  // Whole pixels of it; those at its ends are shared with its neighbours.
  const auto whole_from = static_cast<std::int64_t>(std::ceil(block.begin)) - first_;
  const auto whole_to = static_cast<std::int64_t>(std::floor(block.end)) - first_;
  const auto begin = static_cast<int>(std::max<std::int64_t>({whole_from, block.shown_from - first_, from}));
  const auto end = static_cast<int>(std::min<std::int64_t>({whole_to, block.shown_to - first_, to}));
  const int bar = place_->bar_height;
  const bool blend = bar < kThinBar || frame_->scene->mode == PixelMode::blend;
  const int chunk = run.key.empty() ? 0 : chunk_tone(run.key[block.span].chunk);
  if (chunk > 0 && !is_idle(category)) {
    // The category that comes first lies below, as in a stack of shares.
    const Tile& low = frame_->tiles.tile(std::min(category, half), chunk);
    const Tile& high = frame_->tiles.tile(std::max(category, half), chunk);
    for (int line = 0; line < bar; ++line) {
      // The middle line of an odd number belongs to both.
      const bool both = half != category && (blend || 2 * line + 1 == bar);
      const QRgb colour = both ? towards(low.flat, high.flat, 0.5) : 2 * line < bar ? high.flat : low.flat;
      std::fill(&pixel(begin, place_->bar_top + line), &pixel(begin, place_->bar_top + line) + std::max(0, end - begin),
                colour);
    }
  }
  const double edge = frame_->scene->theme.edge * std::min(1.0, (block.end - block.begin) / kFullEdge);
  if (!is_idle(category) && edge > 0 && whole_from >= begin && whole_from < end) {
    for (int line = 0; line < bar; ++line) {
      QRgb& at = pixel(static_cast<int>(whole_from), place_->bar_top + line);
      at = towards(at, qRgb(0, 0, 0), edge);
    }
  }
  if (frame_->scene->labels && bar >= kLabelBar) label_block(block, begin, end);
}

void RowPainter::label_block(const Block& block, int from, int to) {
  const RunView& run = frame_->scene->trace->run();
  // In the middle of what is visible of the block, so that a long one can be read wherever the view is.
  const auto view_from = std::max(std::ceil(block.begin), static_cast<double>(first_));
  const auto view_to = std::min(std::floor(block.end), static_cast<double>(first_ + frame_->width));
  constexpr int kMargin = 3;
  const int room = static_cast<int>(view_to - view_from) - 2 * kMargin;
  if (room + 2 * kMargin < kLabelWidth || from >= to) return;
  const GlyphSheet& sheet = place_->bar_height >= frame_->large->capital() + 8 ? *frame_->large : *frame_->small;
  fitting_label(
      run, block.span, room, [&](std::string_view text) { return sheet.width(text); }, text_, spare_);
  if (text_.empty()) return;
  const Category category = run.category[block.span];
  const Category half = run.half.empty() ? category : run.half[block.span];
  const int chunk = run.key.empty() ? 0 : run.key[block.span].chunk;
  const Theme& theme = frame_->scene->theme;
  // On a braid it lies over two colours.
  const QColor below = chunk_colour(theme, std::min(category, half), chunk);
  const QColor above = chunk_colour(theme, std::max(category, half), chunk);
  const QRgb ink = is_idle(category) ? theme.text.rgb() : readable_on(below, above).rgb();
  const auto left = static_cast<std::int64_t>(view_from) - first_ + kMargin + (room - sheet.width(text_)) / 2;
  const int baseline = place_->bar_top + (place_->bar_height + sheet.capital() + 1) / 2;
  sheet.draw(text_, static_cast<int>(left), baseline, ink, pixels_, stride_, from, to, place_->height);
}

}  // namespace braid
