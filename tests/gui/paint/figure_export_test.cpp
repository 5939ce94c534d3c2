// SPDX-License-Identifier: Apache-2.0
// Bar 7 of the window: the schedules of the papers' figures as exported pictures, read back cell by cell.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QXmlStreamReader>
#include <cmath>
#include <map>

#include "gui/paint/picture_export.hpp"
#include "sim/app/abstract_run.hpp"
#include "sim/base/csv.hpp"
#include "sim/schedule/generators.hpp"
#include "tests/sim/schedule/oracle_files.hpp"

namespace braid {
namespace {

constexpr double kSlot = 36;  ///< units of the picture a slot: room for "F10' & I10'" in two

struct Figure {
  const char* picture;   ///< in docs/pictures
  const char* schedule;  ///< of generate_schedule()
  int stages = 0, microbatches = 0;
  P2pMode p2p = P2pMode::eager;
  const char* oracle;  ///< in tests/data/schedules
};

const Figure kFigures[] = {
    {"stp-p4-m12", "stp", 4, 12, P2pMode::batched, "stp_fig_p4_m12.grid.csv"},
    {"stp-p2-m9", "stp", 2, 9, P2pMode::batched, "stp_fig_p2_m9.grid.csv"},
    {"1f1b-i-p4-m12", "1f1b-i", 4, 12, P2pMode::eager, "interleaved1f1b_v2_p4_m12.timeline_eager.csv"},
    {"zb-v-p4-m12", "zb-v", 4, 12, P2pMode::eager, "zbv_torch_p4_m12.timeline_eager.csv"},
};

std::string exported(const Figure& figure) {
  ScheduleRequest request{.stages = figure.stages, .microbatches = figure.microbatches};
  if (std::string(figure.schedule) == "1f1b-i") request.chunks = 2;
  const Schedule schedule = generate_schedule(figure.schedule, request);
  const auto trace =
      std::make_shared<const Trace>(run_columns(schedule, play_abstract(schedule, {}, figure.p2p)), "figure.braid");
  // As `braid gui --export FILE --rows compute --palette papers --row-height 24 --size WIDTH` has it.
  Scene scene{.trace = trace,
              .rows = rows_called(layout_rows(trace->run(), {.row_height = 24}), "compute"),
              .range = trace->extent(),
              .theme = theme(PaletteKind::papers, Light::day)};
  const auto length = static_cast<int>(trace->extent().length() / 1'000'000'000);
  scene.size = {static_cast<int>(kSlot) * length, static_cast<int>(std::ceil(total_height(scene.rows)))};
  const QTemporaryDir folder;
  const QString path = folder.filePath(QStringLiteral("figure.svg"));
  export_picture(scene, path);
  return read_file(path.toStdString());
}

/// A rectangle with a tooltip, "NAME, TIME".
struct Cell {
  double x = 0, y = 0, width = 0;
  std::string name;
  bool operator==(const Cell&) const = default;
};
struct Text {
  double x = 0, y = 0;
  std::string text;
};
struct Picture {
  std::vector<Cell> cells;
  std::vector<Text> texts;
};

Picture read(const std::string& svg) {
  Picture picture;
  QXmlStreamReader xml(QByteArray::fromStdString(svg));
  Cell cell;
  const auto attribute = [&](const char* name) { return xml.attributes().value(QLatin1String(name)).toDouble(); };
  while (!xml.atEnd()) {
    if (xml.readNext() != QXmlStreamReader::StartElement) continue;
    if (xml.name() == QLatin1String("rect")) {
      cell = {attribute("x"), attribute("y"), attribute("width"), ""};
    } else if (xml.name() == QLatin1String("title") && cell.width > 0) {
      const std::string text = xml.readElementText().toStdString();
      cell.name = text.substr(0, text.rfind(", "));
      picture.cells.push_back(cell);
    } else if (xml.name() == QLatin1String("text")) {
      Text text{attribute("x"), attribute("y"), ""};
      text.text = xml.readElementText().toStdString();
      picture.texts.push_back(text);
    }
  }
  EXPECT_FALSE(xml.hasError()) << xml.errorString().toStdString();
  return picture;
}

/// "F7 & B2'" in the words of the oracles: "F0.8", "B1.3", "B1.3". F, I and W fill a slot, B two; I is drawn as B.
std::vector<std::string> slots_of(const std::string& name) {
  std::vector<std::string> fills;
  for (const QString& action : QString::fromStdString(name).split(QStringLiteral(" & "))) {
    static const QRegularExpression kAction(QStringLiteral("^([FBIW])(\\d+)('?)$"));
    const auto match = kAction.match(action);
    if (!match.hasMatch()) return {};
    const QChar letter = match.captured(1)[0];
    const std::string text = (letter == u'I' ? std::string("B") : match.captured(1).toStdString()) +
                             (match.captured(3).isEmpty() ? "0" : "1") + '.' +
                             std::to_string(match.captured(2).toInt() + 1);
    fills.insert(fills.end(), letter == u'B' ? 2 : 1, text);
  }
  return fills;
}

using Grid = std::map<std::pair<int, int>, std::string>;  ///< by rank and slot; an idle slot is not in it

/// What the picture shows; checks on the way that cells fill whole slots and say what they are.
Grid shown(const Picture& picture, int stages) {
  std::map<double, int> ranks;  // by height: a row a rank
  double left = INFINITY;
  for (const Cell& cell : picture.cells) {
    ranks.emplace(cell.y, 0);
    left = std::min(left, cell.x);
  }
  EXPECT_EQ(static_cast<int>(ranks.size()), stages);
  int next = 0;
  for (auto& [y, rank] : ranks) rank = next++;
  Grid grid;
  for (const Cell& cell : picture.cells) {
    if (cell.name.starts_with("idle")) continue;
    const std::vector<std::string> fills = slots_of(cell.name);
    EXPECT_NEAR(cell.width, kSlot * static_cast<double>(fills.size()), 0.02) << cell.name;
    const double first = (cell.x - left) / kSlot;
    EXPECT_NEAR(first, std::round(first), 0.001) << cell.name;
    for (std::size_t i = 0; i < fills.size(); ++i) {
      const auto [at, is_new] =
          grid.emplace(std::pair(ranks[cell.y], static_cast<int>(std::lround(first)) + static_cast<int>(i)), fills[i]);
      EXPECT_TRUE(is_new) << "two cells in one slot: " << cell.name;
    }
    const bool written = std::any_of(picture.texts.begin(), picture.texts.end(), [&](const Text& text) {
      return text.text == cell.name && text.x > cell.x && text.x < cell.x + cell.width && text.y > cell.y &&
             text.y < cell.y + 24;
    });
    EXPECT_TRUE(written) << cell.name << " at " << cell.x;
  }
  return grid;
}

/// Of a grid (a slot a column) or of a timeline (an action a row).
Grid oracle(const Figure& figure) {
  const Csv csv = read_csv(test::kSchedules + figure.oracle);
  Grid grid;
  const bool is_grid = std::string(figure.oracle).find(".grid.") != std::string::npos;
  for (std::size_t r = 1; r < csv.rows.size(); ++r) {
    const auto& f = csv.rows[r].fields;
    if (is_grid) {
      for (std::size_t slot = 1; slot < f.size(); ++slot) {
        if (!f[slot].empty()) grid[{static_cast<int>(r) - 1, static_cast<int>(slot) - 1}] = f[slot];
      }
      continue;
    }
    // rank, block, block_start, block_end, sub, op, stage, microbatch; these schedules have one action a block.
    const char letter = f[5] == "I" ? 'B' : f[5][0];
    const int chunk = std::stoi(f[6]) / figure.stages;
    for (int slot = std::stoi(f[2]); slot < std::stoi(f[3]); ++slot)
      grid[{std::stoi(f[0]), slot}] = fmt::format("{}{}.{}", letter, chunk, std::stoi(f[7]) + 1);
  }
  return grid;
}

void PrintTo(const Figure& figure, std::ostream* out) { *out << figure.picture; }

class FigureExport : public testing::TestWithParam<Figure> {};

TEST_P(FigureExport, ShowsTheCellsOfTheFigure) {
  const Figure& figure = GetParam();
  const Grid expected = oracle(figure);
  const Grid found = shown(read(exported(figure)), figure.stages);
  EXPECT_EQ(found, expected);
  // Work of a rank: 2 chunks x m microbatches x (F 1 + I 1 + W 1) slots.
  EXPECT_EQ(found.size(), static_cast<std::size_t>(figure.stages * 6 * figure.microbatches));
}

TEST_P(FigureExport, IsWhatTheDocumentsHave) {
  const std::string path = std::string(BRAID_SOURCE_DIR "/docs/pictures/") + GetParam().picture + ".svg";
  ASSERT_TRUE(QFile::exists(QString::fromStdString(path)));
  const Picture committed = read(read_file(path));
  const std::string svg = exported(GetParam());
  EXPECT_EQ(shown(committed, GetParam().stages), oracle(GetParam()));
  if (committed.cells == read(svg).cells) return;
  const std::string actual = std::string(BRAID_BINARY_DIR "/") + GetParam().picture + ".svg.actual";
  QFile file(QString::fromStdString(actual));
  ASSERT_TRUE(file.open(QIODevice::WriteOnly));
  file.write(QByteArray::fromStdString(svg));
  FAIL() << "diff -u " << path << ' ' << actual;
}

INSTANTIATE_TEST_SUITE_P(Papers, FigureExport, testing::ValuesIn(kFigures), [](const auto& param) {
  std::string name = param.param.picture;
  std::erase(name, '-');
  return name;
});

}  // namespace
}  // namespace braid
