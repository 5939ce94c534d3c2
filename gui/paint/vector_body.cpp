// SPDX-License-Identifier: Apache-2.0
#include "gui/paint/vector_body.hpp"

#include <QFontMetricsF>
#include <QPainterPath>
#include <array>
#include <cmath>
#include <vector>

#include "gui/paint/block_label.hpp"
#include "gui/paint/row_painter.hpp"
#include "gui/paint/scene_geometry.hpp"
#include "gui/paint/tiles.hpp"

namespace braid {
namespace {

constexpr double kNamed = 1;  ///< units: narrower rectangles are never asked about
constexpr double kEdged = 3;  ///< narrower ones have no edge, it would be all of them

/// Coarser than what an eye tells apart, so that equal neighbours become one.
double rounded(double height) { return std::round(height * 10) / 10; }

class VectorBody {
 public:
  VectorBody(QPainter& painter, const Scene& scene, const std::function<void(std::uint32_t)>& next)
      : painter_(painter),
        scene_(scene),
        next_(next),
        run_(scene.trace->run()),
        coverage_(scene.trace->coverage()),
        grid_(grid_of(scene)),
        width_(scene.size.width()) {
    const Tiles all = tiles(scene.theme);
    for (int chunk = 0; chunk < Tiles::kChunks; ++chunk) {
      for (int c = 0; c < kCategories; ++c)
        fill(static_cast<Category>(c), chunk) = brush_of(all, static_cast<Category>(c), chunk);
    }
    for (int c = 0; c < kCategories; ++c) flat_[static_cast<std::size_t>(c)] = all.tile(static_cast<Category>(c)).flat;
    large_ = scene.theme.font;
    if (large_.pixelSize() <= 0) large_.setPixelSize(11);
    small_ = large_;
    small_.setPixelSize(large_.pixelSize() - 2);
  }

  void paint() {
    painter_.save();
    painter_.setClipRect(QRectF(QPointF(0, 0), QSizeF(scene_.size)));
    const std::vector<RowPlace> places = visible_rows(scene_);
    ground(places);
    for (const RowPlace& place : places) {
      place_ = &place;
      row_ = &scene_.rows[place.row];
      if (row_->members.empty()) continue;
      painter_.save();
      painter_.setClipRect(QRectF(0, place.clip_top, width_, place.clip_bottom - place.clip_top));
      if (row_->kind == LayoutRow::Kind::heading) {
        shares(0, width_);
      } else {
        spans_and_shares();
      }
      painter_.restore();
    }
    painter_.restore();
  }

 private:
  struct Piece {
    std::uint32_t span = 0;
    double begin = 0, end = 0;
    Category category = Category::other, half = Category::other;
    int chunk = 0;
    bool continues(const Piece& next) const {
      return category == next.category && half == next.half && chunk == next.chunk && next.begin - end < 0.01 &&
             end - begin < kNamed && next.end - next.begin < kNamed;
    }
  };

  static QBrush brush_of(const Tiles& all, Category c, int chunk) {
    const Tile& tile = all.tile(c, chunk);
    if (!is_idle(c)) return QBrush(QColor(tile.flat));
    QImage image(Tile::kSide, Tile::kSide, QImage::Format_RGB32);
    for (int line = 0; line < Tile::kSide; ++line) {
      for (int column = 0; column < Tile::kSide; ++column) image.setPixel(column, line, tile.at(column, line));
    }
    return QBrush(image);
  }
  QBrush& fill(Category c, int chunk) { return fills_[static_cast<std::size_t>(chunk)][static_cast<std::size_t>(c)]; }
  double bar_top() const { return place_->top + place_->bar_top; }
  bool blends() const { return scene_.mode == PixelMode::blend || place_->bar_height < kThinBar; }

  void ground(const std::vector<RowPlace>& places) {
    painter_.setPen(Qt::NoPen);
    painter_.fillRect(QRectF(QPointF(0, 0), QSizeF(scene_.size)), scene_.theme.background);
    for (const RowPlace& place : places) {
      if (scene_.rows[place.row].kind == LayoutRow::Kind::heading) continue;
      painter_.fillRect(QRectF(0, place.clip_top, width_, place.clip_bottom - place.clip_top),
                        place.row % 2 == 0 ? scene_.theme.row_even : scene_.theme.row_odd);
    }
    if (!scene_.grid || places.empty()) return;
    const std::int64_t step = tick_step(grid_.step, kTickApart), zero = scene_.trace->extent().begin;
    QPainterPath lines;
    for (std::int64_t time = first_tick(grid_.time(0), zero, step); grid_.x(time) < width_; time += step) {
      lines.moveTo(grid_.x(time), 0);
      lines.lineTo(grid_.x(time), places.back().clip_bottom);
    }
    painter_.strokePath(lines, QPen(scene_.theme.grid, 0.5));
  }

  /// Segment by segment, as the screen decides.
  void spans_and_shares() {
    const std::uint32_t row = row_->members.front();
    const auto many = [&](std::int64_t at) {
      return coverage_.spans_within(row, grid_, at, at + Coverage::kSegment) >
             static_cast<std::uint64_t>(Coverage::kSegment);
    };
    for (std::int64_t at = Coverage::segment_of(grid_, 0); at < width_;) {
      const bool as_shares = many(at);
      std::int64_t until = at;
      while (until < width_ && many(until) == as_shares) until += Coverage::kSegment;
      const int from = static_cast<int>(std::max<std::int64_t>(at, 0));
      const int to = static_cast<int>(std::min<std::int64_t>(until, width_));
      as_shares ? shares(from, to) : spans(row, from, to);
      at = until;
    }
  }

  // ---- spans

  void spans(std::uint32_t row, double from, double to) {
    std::vector<Piece> pieces;
    for (std::uint32_t i = coverage_.first_span(row, grid_.time(from) - 1); i < run_.rows[row].end; ++i) {
      Piece piece{
          .span = i, .begin = std::max(from, grid_.x(run_.start[i])), .end = std::min(to, grid_.x(run_.end[i]))};
      if (piece.begin >= to) break;
      if (piece.end <= piece.begin) continue;
      piece.category = run_.category[i];
      piece.half = run_.half.empty() ? piece.category : run_.half[i];
      piece.chunk = run_.key.empty() || is_idle(piece.category) ? 0 : chunk_tone(run_.key[i].chunk);
      if (!pieces.empty() && pieces.back().continues(piece)) {
        pieces.back().end = piece.end;
      } else {
        pieces.push_back(piece);
      }
    }
    for (const Piece& piece : pieces) block(piece);
    if (!scene_.labels || place_->bar_height < kLabelBar) return;
    for (const Piece& piece : pieces) label(piece);
  }

  void block(const Piece& piece) {
    const double width = piece.end - piece.begin;
    const bool edged = !is_idle(piece.category) && width >= kEdged && scene_.theme.edge > 0;
    painter_.setPen(edged ? QPen(QColor(0, 0, 0, static_cast<int>(255 * scene_.theme.edge)), 0.5) : QPen(Qt::NoPen));
    if (next_ && width >= kNamed) next_(piece.span);
    const QRectF box(piece.begin, bar_top(), width, place_->bar_height);
    if (piece.half == piece.category) {
      painter_.setBrush(fill(piece.category, piece.chunk));
      painter_.drawRect(box);
      return;
    }
    // The category that comes first lies below, as in a stack of shares.
    painter_.setBrush(fill(std::max(piece.category, piece.half), piece.chunk));
    painter_.drawRect(box.adjusted(0, 0, 0, -box.height() / 2));
    painter_.setBrush(fill(std::min(piece.category, piece.half), piece.chunk));
    painter_.drawRect(box.adjusted(0, box.height() / 2, 0, 0));
  }

  void label(const Piece& piece) {
    constexpr double kMargin = 2;
    const double room = piece.end - piece.begin - 2 * kMargin;
    if (room + 2 * kMargin < kLabelWidth) return;
    const bool is_large = place_->bar_height >= QFontMetricsF(large_).capHeight() + 8;
    const QFont& font = is_large ? large_ : small_;
    const QFontMetricsF metrics(font);
    const auto advance = [&](std::string_view text) {
      return metrics.horizontalAdvance(QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())));
    };
    fitting_label(
        run_, piece.span, static_cast<int>(room),
        [&](std::string_view text) { return static_cast<int>(std::ceil(advance(text))); }, text_, spare_);
    if (text_.empty()) return;
    const double baseline = bar_top() + (place_->bar_height + metrics.capHeight()) / 2;
    painter_.setFont(font);
    painter_.setPen(is_idle(piece.category) ? scene_.theme.text
                                            : readable_on(chunk_colour(scene_.theme, piece.category, piece.chunk)));
    painter_.drawText(QPointF(piece.begin + kMargin + (room - advance(text_)) / 2, baseline),
                      QString::fromStdString(text_));
  }

  // ---- shares

  /// Means over the members of the row, by column and category.
  std::vector<float> mean_shares(int from, int to) const {
    const auto columns = static_cast<std::size_t>(to - from);
    std::vector<float> mean(columns * kCategories, 0.0f), one;
    const float weight = 1.0f / static_cast<float>(row_->members.size());
    for (const std::uint32_t row : row_->members) {
      const auto categories = coverage_.categories(row);
      one.resize(columns * categories.size());
      coverage_.shares(row, grid_, from, to, one);
      for (std::size_t column = 0; column < columns; ++column) {
        for (std::size_t c = 0; c < categories.size(); ++c) {
          mean[column * kCategories + static_cast<std::size_t>(categories[c])] +=
              weight * one[column * categories.size() + c];
        }
      }
    }
    return mean;
  }

  void shares(int from, int to) {
    const std::vector<float> mean = mean_shares(from, to);
    painter_.setPen(Qt::NoPen);
    blends() ? mixed_columns(mean, from, to) : stacked(mean, from, to);
  }

  /// From the top of the stack down, each over all that lies below it: only the upper outline has steps.
  void stacked(std::vector<float> shares, int from, int to) {
    const auto columns = static_cast<std::size_t>(to - from);
    for (std::size_t column = 0; column < columns; ++column) {
      for (std::size_t c = 1; c < kCategories; ++c)
        shares[column * kCategories + c] += shares[column * kCategories + c - 1];
    }
    const double bottom = bar_top() + place_->bar_height;
    for (std::size_t c = kCategories; c-- > 0;) {
      QPainterPath path(QPointF(from, bottom));
      double before = 0;
      bool any = false;
      for (std::size_t column = 0; column <= columns; ++column) {
        const float* stack = column < columns ? &shares[column * kCategories] : nullptr;
        const float own = stack ? stack[c] - (c > 0 ? stack[c - 1] : 0) : 0;
        any |= own > 0;
        const double height = stack ? rounded(stack[c] * place_->bar_height) : 0;
        if (height == before) continue;
        const double x = from + static_cast<double>(column);
        path.lineTo(x, bottom - before);
        path.lineTo(x, bottom - height);
        before = height;
      }
      path.closeSubpath();
      if (any) painter_.fillPath(path, fill(static_cast<Category>(c), 0));
    }
  }

  void mixed_columns(const std::vector<float>& shares, int from, int to) {
    const QColor ground = row_->kind == LayoutRow::Kind::heading ? scene_.theme.background
                          : place_->row % 2 == 0                 ? scene_.theme.row_even
                                                                 : scene_.theme.row_odd;
    const auto colour_at = [&](int column) {
      const float* share = &shares[static_cast<std::size_t>(column - from) * kCategories];
      double rest = 1, red = 0, green = 0, blue = 0;
      const auto add = [&](double weight, QRgb colour) {
        red += weight * qRed(colour), green += weight * qGreen(colour), blue += weight * qBlue(colour);
      };
      for (std::size_t c = 0; c < kCategories; ++c) {
        rest -= share[c];
        add(share[c], flat_[c]);
      }
      add(std::max(0.0, rest), ground.rgb());
      // In steps of four, so that neighbours that look equal are.
      const auto step = [](double v) { return std::min(255, static_cast<int>(std::lround(v / 4)) * 4); };
      return qRgb(step(red), step(green), step(blue));
    };
    for (int column = from; column < to;) {
      const QRgb colour = colour_at(column);
      int end = column + 1;
      while (end < to && colour_at(end) == colour) ++end;
      painter_.fillRect(QRectF(column, bar_top(), end - column, place_->bar_height), QColor(colour));
      column = end;
    }
  }

  QPainter& painter_;
  const Scene& scene_;
  const std::function<void(std::uint32_t)>& next_;
  const RunView& run_;
  const Coverage& coverage_;
  PixelGrid grid_;
  int width_;
  std::array<std::array<QBrush, kCategories>, Tiles::kChunks> fills_;
  std::array<QRgb, kCategories> flat_{};
  QFont large_, small_;
  const RowPlace* place_ = nullptr;
  const LayoutRow* row_ = nullptr;
  std::string text_, spare_;
};

}  // namespace

void paint_vector_body(QPainter& painter, Scene scene, const std::function<void(std::uint32_t span)>& next) {
  scene.device_pixel_ratio = 1;
  if (scene.trace) VectorBody(painter, scene, next).paint();
}

}  // namespace braid
