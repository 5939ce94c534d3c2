// SPDX-License-Identifier: Apache-2.0
#include "gui/paint/timeline_painter.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "gui/paint/row_painter.hpp"
#include "gui/paint/row_workers.hpp"

namespace braid {
namespace {

/// What the pixels of a body depend on.
struct Look {
  std::shared_ptr<const Trace> trace;
  std::vector<LayoutRow> rows;
  PixelGrid grid;
  int scroll = 0, pinned = 0;
  QSize size;
  double ratio = 0;
  Theme theme;
  PixelMode mode = PixelMode::share;
  bool labels = true, lines = true;
};

bool same_rows(const std::vector<LayoutRow>& a, const std::vector<LayoutRow>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const LayoutRow& x, const LayoutRow& y) {
    return x.kind == y.kind && x.folded == y.folded && x.pinned == y.pinned && x.top == y.top && x.height == y.height &&
           x.members == y.members;
  });
}

struct Piece {
  std::size_t place = 0;     ///< into the visible rows
  int from = 0, to = 0;      ///< columns
  int above = 0, below = 0;  ///< lines of the body
};

}  // namespace

struct TimelinePainter::Body {
  QImage image;
  Look look;
  bool valid = false;
  std::size_t painted = 0;

  BodyFrame frame;
  std::vector<RowPlace> places;
  std::vector<Piece> pieces;
  std::array<RowPainter, RowWorkers::kWorkers> painters;
  std::array<std::vector<QRgb>, RowWorkers::kWorkers> spare;
  std::unique_ptr<RowWorkers> workers;
  std::unique_ptr<GlyphSheet> large, small;
  QFont sheets_of;
  double sheets_ratio = 0;

  /// Whether the picture that is there can be moved to be that of the scene, and by how much.
  bool reusable(const Scene& scene, const PixelGrid& grid, int scroll) const;
  void prepare(const Scene& scene);
  void keep(const Scene& scene, const PixelGrid& grid, int scroll);
  void shift(int dx, int dy);
  void plan_all();
  void plan_exposed(const Scene& scene, int dx, int dy);
  void paint(const Scene& scene);
};

bool TimelinePainter::Body::reusable(const Scene& scene, const PixelGrid& grid, int scroll) const {
  if (!valid || look.trace != scene.trace || look.size != scene.size || look.ratio != scene.device_pixel_ratio ||
      look.mode != scene.mode || look.labels != scene.labels || look.lines != scene.grid ||
      look.grid.step != grid.step || look.grid.zero != grid.zero || !(look.theme == scene.theme)) {
    return false;
  }
  const bool far = std::abs(grid.first - look.grid.first) >= image.width() ||
                   std::abs(scroll - look.scroll) >= image.height() - look.pinned;
  return !far && same_rows(look.rows, scene.rows);
}

void TimelinePainter::Body::prepare(const Scene& scene) {
  const double ratio = scene.device_pixel_ratio;
  if (!large || !(sheets_of == scene.theme.font) || sheets_ratio != ratio) {
    const double size = scene.theme.font.pixelSize() > 0 ? scene.theme.font.pixelSize() : 11;
    large = std::make_unique<GlyphSheet>(scene.theme.font, static_cast<int>(std::lround(size * ratio)));
    small = std::make_unique<GlyphSheet>(scene.theme.font, static_cast<int>(std::lround((size - 2) * ratio)));
    sheets_of = scene.theme.font;
    sheets_ratio = ratio;
  }
  const int width = std::max(1, static_cast<int>(std::lround(scene.size.width() * ratio)));
  const int height = std::max(1, static_cast<int>(std::lround(scene.size.height() * ratio)));
  if (image.width() != width || image.height() != height) image = QImage(width, height, QImage::Format_RGB32);
  image.setDevicePixelRatio(ratio);
  frame.scene = &scene;
  frame.width = width;
  frame.large = large.get();
  frame.small = small.get();
  if (!valid || !(look.theme == scene.theme)) frame.tiles = tiles(scene.theme);
  const auto ground = [&](std::vector<QRgb>& line, const QColor& colour) {
    line.assign(static_cast<std::size_t>(width), colour.rgb());
  };
  ground(frame.even, scene.theme.row_even);
  ground(frame.odd, scene.theme.row_odd);
  ground(frame.heading, scene.theme.background);
  if (!scene.grid) return;
  const PixelGrid& grid = frame.grid;
  const std::int64_t step = tick_step(grid.step, kTickApart * ratio);
  const std::int64_t begin = grid.time(0), zero = scene.trace ? scene.trace->extent().begin : 0;
  for (std::int64_t time = first_tick(begin, zero, step);; time += step) {
    const double column = std::floor(grid.place(time)) - static_cast<double>(grid.first);
    if (column >= width) break;
    if (column < 0) continue;
    for (std::vector<QRgb>* line : {&frame.even, &frame.odd, &frame.heading}) {
      (*line)[static_cast<std::size_t>(column)] = scene.theme.grid.rgb();
    }
  }
}

void TimelinePainter::Body::keep(const Scene& scene, const PixelGrid& grid, int scroll) {
  if (!valid || !same_rows(look.rows, scene.rows)) look.rows = scene.rows;
  if (!valid || !(look.theme == scene.theme)) look.theme = scene.theme;
  look.trace = scene.trace;
  look.grid = grid;
  look.scroll = scroll;
  look.pinned = std::min(pinned_bottom(scene), image.height());
  look.size = scene.size;
  look.ratio = scene.device_pixel_ratio;
  look.mode = scene.mode;
  look.labels = scene.labels;
  look.lines = scene.grid;
  valid = true;
}

void TimelinePainter::Body::shift(int dx, int dy) {
  const int width = image.width(), height = image.height();
  const auto columns = static_cast<std::size_t>(width - std::abs(dx));
  const auto move = [&](int line, int source) {
    auto* to = reinterpret_cast<QRgb*>(image.scanLine(line)) + std::max(0, -dx);
    const auto* from = reinterpret_cast<const QRgb*>(image.constScanLine(source)) + std::max(0, dx);
    std::memmove(to, from, columns * sizeof(QRgb));
  };
  if (dx != 0) {
    for (int line = 0; line < look.pinned; ++line) move(line, line);
  }
  if (dy >= 0) {
    for (int line = look.pinned; line + dy < height; ++line) move(line, line + dy);
  } else {
    for (int line = height - 1; line + dy >= look.pinned; --line) move(line, line + dy);
  }
}

void TimelinePainter::Body::plan_all() {
  pieces.clear();
  for (std::size_t i = 0; i < places.size(); ++i) {
    pieces.push_back({i, 0, frame.width, places[i].clip_top, places[i].clip_bottom});
  }
}

void TimelinePainter::Body::plan_exposed(const Scene& scene, int dx, int dy) {
  pieces.clear();
  const int width = frame.width, height = image.height();
  const PixelGrid& grid = frame.grid;
  const RunView& run = scene.trace->run();
  for (std::size_t i = 0; i < places.size(); ++i) {
    const RowPlace& place = places[i];
    const LayoutRow& row = scene.rows[place.row];
    int top = place.clip_top, bottom = place.clip_bottom;
    if (!row.pinned && dy != 0) {
      // Lines that scrolling has brought in.
      const int new_from = dy > 0 ? height - dy : look.pinned, new_to = dy > 0 ? height : look.pinned - dy;
      const int from = std::max(top, new_from), to = std::min(bottom, new_to);
      if (from < to) {
        pieces.push_back({i, 0, width, from, to});
        (dy > 0 ? bottom : top) = dy > 0 ? from : to;
        if (top >= bottom) continue;
      }
    }
    if (dx == 0) continue;
    int left = std::max(0, -dx), right = width - std::max(0, dx);
    // A label is in the middle of what is visible of its block, so where a block crosses an edge of the old or the new
    // view, all of it is painted again.
    const bool has_labels = scene.labels && place.bar_height >= kLabelBar && row.kind == LayoutRow::Kind::spans;
    for (const int edge : {0, width, -dx, width - dx}) {
      if (!has_labels) break;
      const std::uint32_t member = row.members.front();
      const std::uint32_t span = scene.trace->coverage().first_span(member, grid.time(edge));
      if (span >= run.rows[member].end) continue;
      const double x0 = grid.x(run.start[span]), x1 = grid.x(run.end[span]);
      if (x0 > edge || x1 - x0 < kLabelWidth) continue;
      // One that reaches to the left edge is painted from there, else from its own begin to the right.
      if (x0 <= std::max(0, -dx) + 1) left = std::max(left, static_cast<int>(std::ceil(std::min(x1, width + 1.0))));
      if (x1 >= width - std::max(0, dx) - 1) right = std::min(right, static_cast<int>(std::floor(std::max(x0, -1.0))));
    }
    left = std::clamp(left, 0, width);
    right = std::clamp(right, 0, width);
    if (left >= right) {
      pieces.push_back({i, 0, width, top, bottom});
      continue;
    }
    if (left > 0) pieces.push_back({i, 0, left, top, bottom});
    if (right < width) pieces.push_back({i, right, width, top, bottom});
  }
}

void TimelinePainter::Body::paint(const Scene& scene) {
  painted = 0;
  for (const Piece& piece : pieces) {
    painted += static_cast<std::size_t>(piece.to - piece.from) * static_cast<std::size_t>(piece.below - piece.above);
  }
  const std::ptrdiff_t stride = image.bytesPerLine() / static_cast<std::ptrdiff_t>(sizeof(QRgb));
  auto* const bits = reinterpret_cast<QRgb*>(image.bits());
  auto job = [&](std::size_t i, int worker) {
    const Piece& piece = pieces[i];
    const RowPlace& place = places[piece.place];
    RowPainter& painter = painters[static_cast<std::size_t>(worker)];
    if (piece.above == place.top && piece.below == place.top + place.height) {
      painter.paint(frame, place, piece.from, piece.to, bits + place.top * stride, stride);
      return;
    }
    // A row that is not there in whole is painted beside and its visible lines are taken.
    std::vector<QRgb>& beside = spare[static_cast<std::size_t>(worker)];
    beside.resize(static_cast<std::size_t>(frame.width) * static_cast<std::size_t>(place.height));
    painter.paint(frame, place, piece.from, piece.to, beside.data(), frame.width);
    for (int line = piece.above; line < piece.below; ++line) {
      const QRgb* const from = beside.data() + static_cast<std::ptrdiff_t>(line - place.top) * frame.width;
      std::copy(from + piece.from, from + piece.to, bits + line * stride + piece.from);
    }
  };
  constexpr std::size_t kWorthThread = 60'000;
  if (painted < kWorthThread) {
    for (std::size_t i = 0; i < pieces.size(); ++i) job(i, 0);
  } else {
    if (!workers) workers = std::make_unique<RowWorkers>();
    workers->run(pieces.size(), job);
  }
  // Below the last row there is nothing.
  const int end = places.empty() ? 0 : std::max(places.back().clip_bottom, look.pinned);
  for (int line = std::max(end, 0); line < image.height(); ++line) {
    std::fill_n(bits + line * stride, frame.width, scene.theme.background.rgb());
  }
  if (look.pinned > 0 && look.pinned <= image.height()) {
    std::fill_n(bits + (look.pinned - 1) * stride, frame.width, scene.theme.faint_text.rgb());
  }
}

TimelinePainter::TimelinePainter() : body_(std::make_unique<Body>()) {}
TimelinePainter::~TimelinePainter() = default;

std::size_t TimelinePainter::painted_pixels() const { return body_->painted; }

const QImage& TimelinePainter::body(const Scene& scene) {
  Body& b = *body_;
  const PixelGrid grid = grid_of(scene);
  const auto scroll = static_cast<int>(std::lround(scene.scroll * scene.device_pixel_ratio));
  const bool reuse = b.reusable(scene, grid, scroll);
  const auto dx = reuse ? static_cast<int>(grid.first - b.look.grid.first) : 0;
  const int dy = reuse ? scroll - b.look.scroll : 0;
  if (reuse && dx == 0 && dy == 0) {
    b.painted = 0;
    return b.image;
  }
  b.frame.grid = grid;
  b.prepare(scene);
  visible_rows(scene, b.places);
  if (!scene.trace) b.places.clear();
  if (reuse) {
    b.shift(dx, dy);
    b.plan_exposed(scene, dx, dy);
  } else {
    b.plan_all();
  }
  b.keep(scene, grid, scroll);
  b.paint(scene);
  return b.image;
}

QImage TimelinePainter::picture(const Scene& scene) {
  QImage image = body(scene).copy();
  QPainter painter(&image);
  overlays(painter, scene);
  return image;
}

}  // namespace braid
