// SPDX-License-Identifier: Apache-2.0
#include "gui/paint/picture_export.hpp"

#include <gtest/gtest.h>

#include <QFile>
#include <QImage>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QXmlStreamReader>
#include <cmath>

#include "gui/paint/svg_device.hpp"
#include "gui/paint/vector_body.hpp"
#include "sim/base/csv.hpp"
#include "sim/base/error.hpp"
#include "tests/gui/made_run.hpp"

namespace braid {
namespace {

Scene scene_of(RunColumns run, QSize size = {1000, 0}) {
  Scene scene{.trace = std::make_shared<const Trace>(std::move(run), "made.braid"),
              .theme = theme(PaletteKind::colour_blind_safe, Light::day)};
  scene.rows = layout_rows(scene.trace->run(), {});
  scene.range = scene.trace->extent();
  scene.size = {size.width(),
                size.height() > 0 ? size.height() : static_cast<int>(std::ceil(total_height(scene.rows)))};
  return scene;
}

std::string exported(const Scene& scene, const char* ending, const ExportOptions& options = {}) {
  const QTemporaryDir folder;
  const QString path = folder.filePath(QStringLiteral("picture") + QLatin1String(ending));
  export_picture(scene, path, options);
  return read_file(path.toStdString());
}

/// F from 0 to 100 ns, idle to 250, a braid of F and I to 1000.
RunColumns three_spans() {
  RunColumns run;
  run.ranks = {{.rank = 0, .pp = 0, .tp = 0, .dp = 0}};
  run.start = {0, 100, 250};
  run.end = {100, 250, 1000};
  run.category = {Category::forward, Category::idle_tp, Category::forward};
  run.half = {Category::forward, Category::idle_tp, Category::input_grad};
  run.rows = {{.rank = 0, .begin = 0, .end = 3}};
  run.facts = R"({"title": "a < b & c"})";
  return run;
}

TEST(ExportSvg, PutsBlocksWhereTheirTimesAre) {
  // 500 units for 1000 ns: 50, 75 and 375 wide; a bar of 18 - 1 - 1 = 16, of the braid two of 8.
  const std::string svg = exported(scene_of(three_spans(), {500, 0}), ".svg");
  static const QRegularExpression kRect(QStringLiteral(
      "<rect class=\"s\\d+\" x=\"([\\d.]+)\" y=\"([\\d.]+)\" width=\"([\\d.]+)\" height=\"([\\d.]+)\"><title>([^<]*)"));
  auto found = kRect.globalMatch(QString::fromStdString(svg));
  std::vector<std::array<double, 4>> boxes;
  QStringList titles;
  while (found.hasNext()) {
    const auto match = found.next();
    boxes.push_back({match.captured(1).toDouble(), match.captured(2).toDouble(), match.captured(3).toDouble(),
                     match.captured(4).toDouble()});
    titles += match.captured(5);
  }
  ASSERT_EQ(boxes.size(), 3u);
  EXPECT_EQ(titles, (QStringList{QStringLiteral("F, 100 ns"), QStringLiteral("idle: tp, 150 ns"),
                                 QStringLiteral("F, 750 ns")}));
  EXPECT_NEAR(boxes[1][0] - boxes[0][0], 50, 0.011);
  EXPECT_NEAR(boxes[2][0] - boxes[0][0], 125, 0.011);
  EXPECT_NEAR(boxes[0][2], 50, 0.011);
  EXPECT_NEAR(boxes[1][2], 75, 0.011);
  EXPECT_NEAR(boxes[2][2], 375, 0.011);
  EXPECT_EQ(boxes[0][1], boxes[2][1]);
  EXPECT_EQ(boxes[0][3], 16);
  EXPECT_EQ(boxes[2][3], 8);
}

TEST(ExportSvg, IsWellFormedTextWithoutImages) {
  const std::string svg = exported(scene_of(three_spans()), ".svg");
  QXmlStreamReader xml(QByteArray::fromStdString(svg));
  QStringList texts;
  while (!xml.atEnd()) {
    if (xml.readNext() == QXmlStreamReader::StartElement && xml.name() == QLatin1String("text"))
      texts += xml.readElementText();
  }
  EXPECT_FALSE(xml.hasError()) << xml.errorString().toStdString();
  EXPECT_EQ(svg.find("<image"), std::string::npos);
  EXPECT_TRUE(texts.contains(QStringLiteral("stage 0"))) << texts.join(u'|').toStdString();
  EXPECT_NE(svg.find("<title>a &lt; b &amp; c</title>"), std::string::npos);
}

TEST(ExportSvg, LeavesOutWhatIsNotWanted) {
  const Scene scene = scene_of(three_spans());
  const std::string all = exported(scene, ".svg");
  const std::string bare = exported(scene, ".svg", {.legend = false, .ruler = false, .provenance = false});
  for (const char* text : {"F forward", "bubble 15 % (150 ns of 1 x 1 us)", "\xc2\xb5s</text>"}) {
    EXPECT_NE(all.find(text), std::string::npos) << text;
    EXPECT_EQ(bare.find(text), std::string::npos) << text;
  }
}

TEST(Export, GivesEqualScenesEqualBytes) {
  const MadeRun wanted{.pp = 2, .microbatches = 4};
  for (const char* ending : {".svg", ".pdf", ".png"}) {
    const std::string first = exported(scene_of(made_run(wanted)), ending);
    EXPECT_EQ(first, exported(scene_of(made_run(wanted)), ending)) << ending;
    EXPECT_GT(first.size(), 2000u) << ending;
  }
}

TEST(ExportPdf, HasNoDate) {
  const std::string pdf = exported(scene_of(three_spans()), ".pdf");
  EXPECT_EQ(pdf.substr(0, 5), "%PDF-");
  EXPECT_NE(pdf.find("/CreationDate (D:00000000000000"), std::string::npos);
}

TEST(ExportPng, IsAsLargeAsItsScaleSays) {
  const Scene scene = scene_of(three_spans(), {500, 0});
  const QImage one = QImage::fromData(QByteArray::fromStdString(exported(scene, ".png")), "PNG");
  const QImage two = QImage::fromData(QByteArray::fromStdString(exported(scene, ".png", {.scale = 2})), "PNG");
  EXPECT_EQ(two.size(), one.size() * 2);
  // Margins of 10 and at least 40 for names beside 500.
  EXPECT_GE(one.width(), 560);
}

TEST(ExportSvg, StaysSmallWhereThereAreThousandsOfBlocks) {
  // 4 ranks, 2500 spans in all, most of them wider than a pixel. 500 kB is what a page can carry.
  const Scene scene = scene_of(made_run({.pp = 4, .microbatches = 10, .layers = 4}), {3000, 0});
  EXPECT_GT(scene.trace->run().spans(), 2000u);
  EXPECT_LT(exported(scene, ".svg").size(), 500'000u);
}

TEST(VectorBody, PaintsSharesAsTheyAre) {
  // So many spans a pixel that rows are drawn as shares. Pixels of a colour, over all of the bar, are its category's
  // share of the time; heights are rounded to 0.1 of 98.
  Scene scene = scene_of(made_run({.pp = 1, .microbatches = 40, .layers = 20}), {300, 0});
  scene.theme.hatch = scene.theme.edge = 0;
  scene.labels = scene.grid = false;
  LayoutRow compute;
  for (const LayoutRow& row : scene.rows) {
    if (row.label == "compute") compute = row;
  }
  compute.top = 0;
  compute.height = 100;
  scene.rows = {compute};
  scene.size.setHeight(100);
  ASSERT_FALSE(scene.trace->coverage().draws_spans(compute.members[0], {scene.range, 300}));
  QImage image(scene.size, QImage::Format_RGB32);
  QPainter painter(&image);
  paint_vector_body(painter, scene);
  painter.end();
  const auto times = scene.trace->coverage().times(compute.members[0], scene.range);
  for (const Category c : {Category::forward, Category::input_grad, Category::idle_tp}) {
    const QRgb colour = scene.theme.category[static_cast<std::size_t>(c)].rgb();
    int pixels = 0;
    for (int y = 0; y < image.height(); ++y) {
      for (int x = 0; x < image.width(); ++x) pixels += image.pixel(x, y) == colour ? 1 : 0;
    }
    const double share = times[static_cast<std::size_t>(c)] / static_cast<double>(scene.range.length());
    EXPECT_GT(share, 0.01);
    EXPECT_NEAR(pixels / (300.0 * 98), share, 0.005) << to_text(c);
  }
}

TEST(Export, SaysWhatItCannotDo) {
  const Scene scene = scene_of(three_spans());
  const auto complaint = [](const Scene& s, const char* path, const ExportOptions& options = {}) -> std::string {
    try {
      export_picture(s, QLatin1String(path), options);
    } catch (const Error& e) { return e.what(); }
    return "";
  };
  EXPECT_EQ(complaint(scene, "a.jpeg"), "a.jpeg: a picture is a .png, .svg or .pdf");
  EXPECT_EQ(complaint({}, "a.svg"), "a.svg: there is nothing to draw");
  EXPECT_NE(complaint(scene, "/no/such/folder/a.svg").find("cannot be written"), std::string::npos);
  EXPECT_NE(complaint(scene, "a.png", {.scale = 1e6}).find("cannot be made"), std::string::npos);
}

std::string drawn(const std::function<void(QPainter&)>& draw) {
  SvgDevice device({100, 50}, "t");
  QPainter painter(&device);
  draw(painter);
  painter.end();
  return device.svg();
}

TEST(SvgDevice, CutsRectanglesAtTheClip) {
  const std::string svg = drawn([](QPainter& p) {
    p.setClipRect(QRectF(10, 10, 20, 20));
    p.fillRect(QRectF(0, 0, 15, 15), Qt::red);
    p.fillRect(QRectF(50, 0, 15, 15), Qt::red);
  });
  EXPECT_NE(svg.find("x=\"10\" y=\"10\" width=\"5\" height=\"5\"/>"), std::string::npos) << svg;
  EXPECT_EQ(svg.find("x=\"50\""), std::string::npos) << svg;
}

TEST(SvgDevice, GivesEqualLooksOneClassAndEscapesText) {
  const std::string svg = drawn([](QPainter& p) {
    p.translate(1, 2);
    p.fillRect(QRectF(0, 0, 5, 5), Qt::red);
    p.fillRect(QRectF(5.004, 0, 5, 5), Qt::blue);
    p.fillRect(QRectF(10, 0, 5, 5), Qt::red);
    p.drawText(QPointF(0, 20), QStringLiteral("a<b"));
  });
  EXPECT_NE(svg.find("<rect class=\"s0\" x=\"1\" y=\"2\""), std::string::npos) << svg;
  EXPECT_NE(svg.find("<rect class=\"s1\" x=\"6\" y=\"2\""), std::string::npos) << svg;  // 6.004 is 6
  EXPECT_NE(svg.find("<rect class=\"s0\" x=\"11\" y=\"2\""), std::string::npos) << svg;
  EXPECT_NE(svg.find("x=\"1\" y=\"22\">a&lt;b</text>"), std::string::npos) << svg;
}

TEST(SvgDevice, KeepsLinesWithoutAnArea) {
  const std::string svg = drawn([](QPainter& p) {
    p.setClipRect(QRectF(0, 0, 100, 50));
    p.setPen(Qt::black);
    p.drawLine(QPointF(5, 10), QPointF(50, 10));
  });
  EXPECT_NE(svg.find("M5 10H50"), std::string::npos) << svg;
}

}  // namespace
}  // namespace braid
