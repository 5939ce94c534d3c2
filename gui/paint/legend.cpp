// SPDX-License-Identifier: Apache-2.0
// What the colours mean, and what a column of a zoomed-out picture is.
#include <array>

#include "gui/paint/tiles.hpp"
#include "gui/paint/timeline_painter.hpp"

namespace braid {
namespace {

constexpr double kLine = 18, kSwatch = 14, kGap = 16, kMargin = 6;

struct Item {
  Category category = Category::other;
  QString text;
  double x = 0, y = 0;
};

/// In words for people who see them for the first time.
const char* meaning(Category c) {
  switch (c) {
    case Category::forward:
      return "F forward";
    case Category::backward:
      return "B backward";
    case Category::input_grad:
      return "I input gradient";
    case Category::weight_grad:
      return "W weight gradient";
    case Category::tp:
      return "TP collective";
    case Category::pp:
      return "PP message";
    case Category::dp:
      return "DP collective";
    default:
      return to_text(c);
  }
}

std::array<bool, kCategories> present(const Scene& scene) {
  std::array<bool, kCategories> there{};
  if (!scene.trace) return there;
  const RunView& run = scene.trace->run();
  for (std::size_t row = 0; row < run.rows.size(); ++row) {
    for (const Category c : scene.trace->coverage().categories(row)) there[static_cast<std::size_t>(c)] = true;
  }
  return there;
}

QString last_line(const Scene& scene) {
  QString text = scene.mode == PixelMode::share ? QStringLiteral("zoomed out: column height = share of time")
                                                : QStringLiteral("zoomed out: colours mixed by their share of time");
  if (scene.trace) {
    const RunView& run = scene.trace->run();
    bool chunks = false;
    for (const OpKey& key : run.key.subspan(0, std::min<std::size_t>(run.key.size(), 100'000))) chunks |= key.chunk > 0;
    if (chunks) text += QStringLiteral("; later chunks of a rank are lighter");
  }
  return text;
}

std::vector<Item> lay_out(const Scene& scene, double width, double& height) {
  std::vector<Item> items;
  const std::array<bool, kCategories> there = present(scene);
  const QFontMetricsF metrics(scene.theme.font);
  double x = kMargin, y = kMargin / 2;
  const auto place = [&](Category c, const QString& text, double wide) {
    if (x > kMargin && x + wide > width - kMargin) {
      x = kMargin;
      y += kLine;
    }
    items.push_back({c, text, x, y});
    x += wide + kGap;
  };
  for (std::size_t c = 0; c < kCategories; ++c) {
    if (!there[c]) continue;
    const QString text = QString::fromUtf8(meaning(static_cast<Category>(c)));
    place(static_cast<Category>(c), text, kSwatch + 5 + metrics.horizontalAdvance(text));
  }
  const QString line = last_line(scene);
  // `other` without a swatch: the line of words.
  place(static_cast<Category>(kCategories), line, metrics.horizontalAdvance(line));
  height = y + kLine + kMargin / 2;
  return items;
}

}  // namespace

double legend_height(const Scene& scene, double width) {
  double height = 0;
  lay_out(scene, width, height);
  return height;
}

void paint_legend(QPainter& painter, const Scene& scene, QRectF where) {
  painter.save();
  painter.setClipRect(where);
  painter.fillRect(where, scene.theme.background);
  painter.setFont(scene.theme.font);
  const Tiles all = tiles(scene.theme);
  double height = 0;
  for (const Item& item : lay_out(scene, where.width(), height)) {
    const double x = where.left() + item.x, y = where.top() + item.y;
    const bool has_swatch = static_cast<int>(item.category) < kCategories;
    if (has_swatch) {
      const Tile& tile = all.tile(item.category);
      QImage swatch(Tile::kSide, Tile::kSide, QImage::Format_RGB32);
      for (int line = 0; line < Tile::kSide; ++line) {
        for (int column = 0; column < Tile::kSide; ++column) swatch.setPixel(column, line, tile.at(column, line));
      }
      const QRectF box(x, y + 3, kSwatch, 12);
      painter.setBrushOrigin(box.topLeft());
      painter.fillRect(box, QBrush(swatch));
      painter.setPen(mixed(scene.theme.category[static_cast<std::size_t>(item.category)], scene.theme.text, 0.35));
      painter.drawRect(box.adjusted(0, 0, -1, -1));
    }
    painter.setPen(has_swatch ? scene.theme.text : scene.theme.faint_text);
    painter.drawText(QRectF(x + (has_swatch ? kSwatch + 5 : 0), y, where.width(), kLine),
                     Qt::AlignVCenter | Qt::AlignLeft, item.text);
  }
  painter.restore();
}

}  // namespace braid
