// SPDX-License-Identifier: Apache-2.0
#include "gui/paint/svg_device.hpp"

#include <fmt/format.h>

#include <QImage>
#include <QPainterPath>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "sim/report/svg.hpp"

namespace braid {
namespace {

std::string number(double value) { return shortest(value); }

std::string colour_text(const QColor& colour) { return colour.name(QColor::HexRgb).toStdString(); }

/// "fill:#123456", with its opacity if it has one; `what` is fill or stroke.
std::string paint_text(const char* what, const QColor& colour, double opacity) {
  const double alpha = colour.alphaF() * opacity;
  std::string text = fmt::format("{}:{}", what, colour_text(colour));
  if (alpha < 0.995) text += fmt::format(";{}-opacity:{}", what, number(alpha));
  return text;
}

}  // namespace

class SvgDevice::Engine : public QPaintEngine {
 public:
  Engine() : QPaintEngine(AllFeatures) {}

  bool begin(QPaintDevice*) override { return true; }
  bool end() override { return true; }
  Type type() const override { return User; }

  void updateState(const QPaintEngineState& changed) override {
    const DirtyFlags dirty = changed.state();
    if (dirty & DirtyTransform) transform_ = changed.transform();
    if (dirty & DirtyPen) pen_ = changed.pen();
    if (dirty & DirtyBrush) brush_ = changed.brush();
    if (dirty & DirtyOpacity) opacity_ = changed.opacity();
    if (dirty & DirtyClipPath) clip_to(changed.clipPath().boundingRect(), changed.clipOperation());
    if (dirty & DirtyClipRegion) clip_to(changed.clipRegion().boundingRect(), changed.clipOperation());
    if (dirty & DirtyClipEnabled && !changed.isClipEnabled()) clip_.reset();
  }

  void drawRects(const QRectF* rects, int count) override {
    for (int i = 0; i < count; ++i) {
      QRectF box = transform_.mapRect(rects[i]);
      std::string style = shape_style();
      const std::string name = std::exchange(name_, {});
      if (style.empty()) continue;
      std::string clip;
      if (pen_.style() == Qt::NoPen && clip_) {
        box = box.intersected(*clip_);
      } else {
        clip = clip_attribute(box);
      }
      if (box.isEmpty()) continue;
      // Snapped to pixels, a narrow one would be as wide as a pixel or not there at all.
      if (box.width() < 2) style += ";shape-rendering:auto";
      body_ += fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{}", style_class(style),
                           number(box.x()), number(box.y()), number(box.width()), number(box.height()), clip);
      body_ += name.empty() ? "/>\n" : fmt::format("><title>{}</title></rect>\n", escaped(name));
    }
  }

  void drawRects(const QRect* rects, int count) override {
    for (int i = 0; i < count; ++i) {
      const QRectF box(rects[i]);
      drawRects(&box, 1);
    }
  }

  void drawPath(const QPainterPath& path) override {
    if (shape_style().empty() || path.isEmpty()) return;
    const QPainterPath mapped = transform_.map(path);
    if (is_clipped_away(mapped.boundingRect())) return;
    const std::string rule = path.fillRule() == Qt::OddEvenFill ? "fill-rule:evenodd" : "";
    body_ +=
        fmt::format("<path class=\"{}\" d=\"{}\"{}/>\n", style_class(shape_style() + (rule.empty() ? "" : ";" + rule)),
                    data_of(mapped), clip_attribute(mapped.boundingRect()));
  }

  void drawPolygon(const QPointF* points, int count, PolygonDrawMode mode) override {
    QPainterPath path(points[0]);
    for (int i = 1; i < count; ++i) path.lineTo(points[i]);
    if (mode == PolylineMode) {
      const QBrush brush = std::exchange(brush_, QBrush(Qt::NoBrush));
      drawPath(path);
      brush_ = brush;
    } else {
      path.closeSubpath();
      if (mode == WindingMode) path.setFillRule(Qt::WindingFill);
      drawPath(path);
    }
  }

  void drawLines(const QLineF* lines, int count) override {
    const QBrush brush = std::exchange(brush_, QBrush(Qt::NoBrush));
    QPainterPath path;
    for (int i = 0; i < count; ++i) {
      path.moveTo(lines[i].p1());
      path.lineTo(lines[i].p2());
    }
    drawPath(path);
    brush_ = brush;
  }
  void drawLines(const QLine* lines, int count) override {
    const std::vector<QLineF> exact(lines, lines + count);
    drawLines(exact.data(), count);
  }

  void drawTextItem(const QPointF& at, const QTextItem& item) override {
    const QPointF place = transform_.map(at);
    const QFont font = item.font();
    const double scale = std::hypot(transform_.m12(), transform_.m22());
    const double pixels = (font.pixelSize() > 0 ? font.pixelSize() : font.pointSizeF() * 96 / 72) * scale;
    const QRectF box(place.x(), place.y() - item.ascent(), item.width(), item.ascent() + item.descent());
    if (is_clipped_away(box)) return;
    std::string style = fmt::format("font:{}{}{}px '{}',Verdana,sans-serif;{}", font.italic() ? "italic " : "",
                                    font.weight() >= QFont::DemiBold ? "bold " : "", number(pixels),
                                    font.family().toStdString(), paint_text("fill", pen_.color(), opacity_));
    body_ += fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\"{}>{}</text>\n", style_class(style), number(place.x()),
                         number(place.y()), clip_attribute(box), escaped(item.text().toStdString()));
  }

  /// Of such an image only its place is kept: what is drawn here is shapes and text.
  void drawPixmap(const QRectF& to, const QPixmap&, const QRectF&) override { drawRects(&to, 1); }

  void name_next(std::string text) { name_ = std::move(text); }

  std::string svg(QSizeF size, const std::string& title) const {
    std::string text = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\">\n"
        "<title>{2}</title>\n<style>\nrect,path{{shape-rendering:crispEdges}}\ntext{{white-space:pre}}\n",
        number(size.width()), number(size.height()), escaped(title));
    for (std::size_t i = 0; i < styles_.size(); ++i) text += fmt::format(".s{}{{{}}}\n", i, styles_[i]);
    text += "</style>\n";
    if (!definitions_.empty()) text += "<defs>\n" + definitions_ + "</defs>\n";
    return text + body_ + "</svg>\n";
  }

 private:
  void clip_to(const QRectF& logical, Qt::ClipOperation operation) {
    if (operation == Qt::NoClip) {
      clip_.reset();
      return;
    }
    const QRectF box = transform_.mapRect(logical);
    clip_ = operation == Qt::IntersectClip && clip_ ? clip_->intersected(box) : box;
  }

  /// A line has no area, so QRectF::intersects() would have it that it is never inside.
  bool is_clipped_away(const QRectF& box) const {
    return clip_ && (box.right() < clip_->left() || box.left() > clip_->right() || box.bottom() < clip_->top() ||
                     box.top() > clip_->bottom());
  }

  /// Fill and stroke; empty if nothing would be seen.
  std::string shape_style() {
    const bool fills = brush_.style() != Qt::NoBrush && brush_.color().alpha() > 0;
    const bool strokes = pen_.style() != Qt::NoPen && pen_.color().alpha() > 0;
    if (!fills && !strokes) return "";
    std::string style = !fills                                 ? "fill:none"
                        : brush_.style() == Qt::TexturePattern ? fmt::format("fill:url(#{})", pattern())
                                                               : paint_text("fill", brush_.color(), opacity_);
    if (!strokes) return style;
    const double width = pen_.widthF() == 0 ? 1 : pen_.widthF();
    style += ';' + paint_text("stroke", pen_.color(), opacity_) + ";stroke-width:" + number(width);
    if (pen_.style() != Qt::SolidLine) {
      style += ";stroke-dasharray:";
      const QList<qreal> dashes = pen_.dashPattern();
      for (int i = 0; i < dashes.size(); ++i) style += (i == 0 ? "" : " ") + number(dashes[i] * width);
    }
    return style;
  }

  std::string style_class(const std::string& style) {
    const auto [at, is_new] = classes_.try_emplace(style, styles_.size());
    if (is_new) styles_.push_back(style);
    return fmt::format("s{}", at->second);
  }

  /// A texture as a pattern of its pixels: runs of equal colour on the commonest one.
  std::string pattern() {
    const QImage image = brush_.textureImage().convertToFormat(QImage::Format_ARGB32);
    std::map<QRgb, int> counts;
    for (int y = 0; y < image.height(); ++y) {
      for (int x = 0; x < image.width(); ++x) ++counts[image.pixel(x, y)];
    }
    QRgb ground = image.pixel(0, 0);
    for (const auto& [colour, count] : counts) {
      if (count > counts[ground]) ground = colour;
    }
    std::map<QRgb, std::string> runs;
    for (int y = 0; y < image.height(); ++y) {
      for (int x = 0; x < image.width();) {
        int end = x + 1;
        while (end < image.width() && image.pixel(end, y) == image.pixel(x, y)) ++end;
        if (image.pixel(x, y) != ground) {
          runs[image.pixel(x, y)] += svg_subpath({.x = static_cast<double>(x),
                                                  .y = static_cast<double>(y),
                                                  .width = static_cast<double>(end - x),
                                                  .height = 1});
        }
        x = end;
      }
    }
    std::string text = fmt::format("<rect width=\"{}\" height=\"{}\" fill=\"{}\"/>", image.width(), image.height(),
                                   colour_text(QColor(ground)));
    for (const auto& [colour, path] : runs)
      text += fmt::format("<path fill=\"{}\" d=\"{}\"/>", colour_text(QColor(colour)), path);
    return definition(
        "pattern",
        fmt::format("width=\"{}\" height=\"{}\" patternUnits=\"userSpaceOnUse\"", image.width(), image.height()), text);
  }

  /// Nothing if the box is within the clip.
  std::string clip_attribute(const QRectF& box) {
    if (!clip_ || clip_->contains(box)) return "";
    const std::string rect = fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>", number(clip_->x()),
                                         number(clip_->y()), number(clip_->width()), number(clip_->height()));
    return fmt::format(" clip-path=\"url(#{})\"", definition("clipPath", "", rect));
  }

  std::string definition(const char* tag, const std::string& attributes, const std::string& inside) {
    const auto [at, is_new] = defined_.try_emplace(tag + inside, fmt::format("d{}", defined_.size()));
    if (is_new) {
      definitions_ += fmt::format("<{} id=\"{}\"{}{}>{}</{}>\n", tag, at->second, attributes.empty() ? "" : " ",
                                  attributes, inside, tag);
    }
    return at->second;
  }

  static std::string data_of(const QPainterPath& path) {
    std::string text;
    std::string x, y;  // as they were written
    QPointF subpath;
    for (int i = 0; i < path.elementCount(); ++i) {
      const QPainterPath::Element e = path.elementAt(i);
      const std::string to_x = number(e.x), to_y = number(e.y);
      if (e.isMoveTo()) {
        text += "M" + to_x + ' ' + to_y;
        subpath = e;
      } else if (e.isCurveTo()) {
        const QPainterPath::Element b = path.elementAt(i + 1), c = path.elementAt(i + 2);
        text += fmt::format("C{} {} {} {} {} {}", to_x, to_y, number(b.x), number(b.y), number(c.x), number(c.y));
        x = number(c.x), y = number(c.y);
        i += 2;
        continue;
      } else if (to_x == x && to_y == y) {
        continue;
      } else if (to_y == y) {
        text += "H" + to_x;
      } else if (to_x == x) {
        text += "V" + to_y;
      } else {
        text += "L" + to_x + ' ' + to_y;
      }
      x = to_x, y = to_y;
    }
    return text;
  }

  QTransform transform_;
  QPen pen_;
  QBrush brush_;
  double opacity_ = 1;
  std::optional<QRectF> clip_;  ///< in coordinates of the file
  std::string name_;
  std::string body_, definitions_;
  std::vector<std::string> styles_;
  std::map<std::string, std::size_t> classes_;
  std::map<std::string, std::string> defined_;
};

SvgDevice::SvgDevice(QSizeF size, std::string title)
    : size_(size), title_(std::move(title)), engine_(std::make_unique<Engine>()) {}
SvgDevice::~SvgDevice() = default;

void SvgDevice::name_next(std::string text) { engine_->name_next(std::move(text)); }
std::string SvgDevice::svg() const { return engine_->svg(size_, title_); }
QPaintEngine* SvgDevice::paintEngine() const { return engine_.get(); }

int SvgDevice::metric(PaintDeviceMetric metric) const {
  constexpr int kDpi = 96;
  switch (metric) {
    case PdmWidth:
      return static_cast<int>(std::ceil(size_.width()));
    case PdmHeight:
      return static_cast<int>(std::ceil(size_.height()));
    case PdmWidthMM:
      return static_cast<int>(size_.width() * 25.4 / kDpi);
    case PdmHeightMM:
      return static_cast<int>(size_.height() * 25.4 / kDpi);
    case PdmDpiX:
    case PdmDpiY:
    case PdmPhysicalDpiX:
    case PdmPhysicalDpiY:
      return kDpi;
    case PdmDepth:
      return 32;
    case PdmDevicePixelRatio:
      return 1;
    case PdmDevicePixelRatioScaled:
      return static_cast<int>(QPaintDevice::devicePixelRatioFScale());
    default:
      return QPaintDevice::metric(metric);
  }
}

}  // namespace braid
