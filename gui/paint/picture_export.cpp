// SPDX-License-Identifier: Apache-2.0
#include "gui/paint/picture_export.hpp"

#include <fmt/format.h>

#include <QBuffer>
#include <QFontMetricsF>
#include <QPageSize>
#include <QPdfWriter>
#include <QSaveFile>
#include <cmath>

#include "gui/model/details.hpp"
#include "gui/model/provenance_line.hpp"
#include "gui/paint/svg_device.hpp"
#include "gui/paint/timeline_painter.hpp"
#include "gui/paint/vector_body.hpp"
#include "sim/base/error.hpp"

namespace braid {
namespace {

constexpr double kMargin = 10, kRuler = 24, kLine = 14;
/// More tooltips would make the file larger than what they explain.
constexpr std::size_t kMostNamed = 5000;
constexpr double kLargestSide = 32'000;  ///< of an image, pixels

/// Where the parts of the picture are.
struct Parts {
  QRectF ruler, labels, body, legend, small_print;
  QStringList lines;  ///< of the small print
  QSizeF size;
};

double label_width(const Scene& scene) {
  QFont bold = scene.theme.font;
  bold.setBold(true);
  const QFontMetricsF metrics(bold);
  double width = 40;
  for (const LayoutRow& row : scene.rows) {
    // As paint_row_labels() indents them.
    width = std::max(width, 24 + 12.0 * row.depth + metrics.horizontalAdvance(QString::fromStdString(row.label)));
  }
  return std::min<double>(std::ceil(width), kLabelColumn);
}

QFont small_font(const Scene& scene) {
  QFont font = scene.theme.font;
  font.setPixelSize(10);
  return font;
}

/// Broken at blanks so that no line is wider.
QStringList wrapped(const QString& text, const QFont& font, double width) {
  const QFontMetricsF metrics(font);
  QStringList lines{QString()};
  for (const QString& word : text.split(u' ', Qt::SkipEmptyParts)) {
    const QString longer = lines.back().isEmpty() ? word : lines.back() + u' ' + word;
    if (!lines.back().isEmpty() && metrics.horizontalAdvance(longer) > width) {
      lines.push_back(word);
    } else {
      lines.back() = longer;
    }
  }
  return lines;
}

Parts parts_of(const Scene& scene, const ExportOptions& options) {
  Parts parts;
  const double left = kMargin + label_width(scene), width = scene.size.width();
  const double all = left - kMargin + width;
  double y = kMargin;
  if (options.ruler) {
    parts.ruler = {left, y, width, kRuler};
    y += kRuler;
  }
  parts.labels = {kMargin, y, left - kMargin, static_cast<double>(scene.size.height())};
  parts.body = {left, y, width, static_cast<double>(scene.size.height())};
  y = parts.body.bottom() + 4;
  if (options.legend) {
    parts.legend = {kMargin, y, all, legend_height(scene, all)};
    y = parts.legend.bottom();
  }
  if (options.provenance) {
    parts.lines = wrapped(QString::fromStdString(provenance_line(*scene.trace, scene.range)), small_font(scene), all);
    parts.small_print = {kMargin, y, all, kLine * static_cast<double>(parts.lines.size())};
    y = parts.small_print.bottom();
  }
  parts.size = {std::ceil(left + width + kMargin), std::ceil(y + kMargin)};
  return parts;
}

/// All but the body.
void paint_around(QPainter& painter, const Scene& scene, const Parts& parts) {
  painter.fillRect(QRectF(QPointF(0, 0), parts.size), scene.theme.background);
  paint_row_labels(painter, scene, parts.labels);
  if (!parts.ruler.isEmpty()) paint_ruler(painter, scene, parts.ruler);
  if (!parts.legend.isEmpty()) paint_legend(painter, scene, parts.legend);
  painter.setFont(small_font(scene));
  painter.setPen(scene.theme.faint_text);
  for (qsizetype i = 0; i < parts.lines.size(); ++i) {
    painter.drawText(QPointF(parts.small_print.left(), parts.small_print.top() + kLine * static_cast<double>(i) + 11),
                     parts.lines[i]);
  }
}

void paint_all(QPainter& painter, const Scene& scene, const Parts& parts,
               const std::function<void(std::uint32_t)>& next = {}) {
  paint_around(painter, scene, parts);
  painter.translate(parts.body.topLeft());
  paint_vector_body(painter, scene, next);
  TimelinePainter().overlays(painter, scene);
}

QByteArray svg(const Scene& scene, const Parts& parts) {
  SvgDevice device(parts.size, scene.trace->facts().title);
  QPainter painter(&device);
  std::size_t named = 0;
  const bool few = blocks(scene).size() <= kMostNamed;
  paint_all(painter, scene, parts, [&](std::uint32_t span) {
    if (!few || named++ >= kMostNamed) return;
    const RunView& run = scene.trace->run();
    device.name_next(label_of(run, span) + ", " + time_text(scene.trace->facts(), run.end[span] - run.start[span]));
  });
  painter.end();
  return QByteArray::fromStdString(device.svg());
}

/// Of the same length, so that no offset in the file changes.
void blank_dates(QByteArray& pdf) {
  for (const char* key : {"/CreationDate (", "/ModDate ("}) {
    qsizetype at = pdf.indexOf(key);
    if (at < 0) continue;
    for (at += qsizetype(strlen(key)); at < pdf.size() && pdf[at] != ')'; ++at) {
      if (pdf[at] >= '0' && pdf[at] <= '9') pdf[at] = '0';
    }
  }
}

QByteArray pdf(const Scene& scene, const Parts& parts) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  {
    QPdfWriter writer(&buffer);
    writer.setTitle(QString::fromStdString(scene.trace->facts().title));
    writer.setCreator(QStringLiteral("Braid"));
    // A unit of the picture is a point of 1/72 inch.
    writer.setResolution(72);
    writer.setPageSize(QPageSize(parts.size, QPageSize::Point, {}, QPageSize::ExactMatch));
    writer.setPageMargins({});
    QPainter painter(&writer);
    paint_all(painter, scene, parts);
  }
  blank_dates(bytes);
  return bytes;
}

QByteArray png(Scene scene, const Parts& parts, double scale) {
  QImage image((parts.size * scale).toSize(), QImage::Format_RGB32);
  image.setDevicePixelRatio(scale);
  scene.device_pixel_ratio = scale;
  QPainter painter(&image);
  painter.setRenderHint(QPainter::TextAntialiasing);
  paint_around(painter, scene, parts);
  painter.drawImage(parts.body.topLeft(), TimelinePainter().picture(scene));
  painter.end();
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  image.save(&buffer, "PNG");
  return bytes;
}

}  // namespace

void export_picture(const Scene& scene, const QString& path, const ExportOptions& options) {
  const std::string where = path.toStdString();
  if (!scene.trace || scene.size.isEmpty() || scene.rows.empty()) throw Error(where, "there is nothing to draw");
  const Parts parts = parts_of(scene, options);
  QByteArray bytes;
  if (path.endsWith(u".svg", Qt::CaseInsensitive)) {
    bytes = svg(scene, parts);
  } else if (path.endsWith(u".pdf", Qt::CaseInsensitive)) {
    bytes = pdf(scene, parts);
  } else if (path.endsWith(u".png", Qt::CaseInsensitive)) {
    if (!(options.scale > 0) || std::max(parts.size.width(), parts.size.height()) * options.scale > kLargestSide)
      throw Error(where, fmt::format("an image of {:.0f} x {:.0f} pixels cannot be made; choose fewer rows or SVG",
                                     parts.size.width() * options.scale, parts.size.height() * options.scale));
    bytes = png(scene, parts, options.scale);
  } else {
    throw Error(where, "a picture is a .png, .svg or .pdf");
  }
  QSaveFile file(path);
  if (bytes.isEmpty() || !file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
    throw Error(where, fmt::format("cannot be written: {}", file.errorString().toStdString()));
}

}  // namespace braid
