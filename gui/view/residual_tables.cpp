// SPDX-License-Identifier: Apache-2.0
#include "gui/view/residual_tables.hpp"

#include <QObject>
#include <algorithm>
#include <cmath>

#include "gui/model/details.hpp"

namespace braid {
namespace {

QString tr(const char* text) { return QObject::tr(text); }
const QString& ns() {
  static const QString kUnit = QStringLiteral("ns");
  return kUnit;
}

FigureCell time_cell(const RunFacts& facts, double ns) {
  return {.text = QString::fromStdString(time_text(facts, std::llround(ns))), .value = ns};
}

/// Differences below this part of the step are rounding: they have no bar.
constexpr double kNoDifference = 1e-6;

double bar_of(double ns, double largest, double step) {
  return largest > 0 && std::abs(ns) >= kNoDifference * step ? ns / largest : 0;
}

/// "+1.2 ms", with a bar as long as its part of `largest`.
FigureCell difference_cell(const RunFacts& facts, double ns, double largest, double step) {
  const QString text = QString::fromStdString(time_text(facts, std::llround(std::abs(ns))));
  const QString sign = ns > 0 ? QStringLiteral("+") : ns < 0 ? QStringLiteral("−") : QString();
  return {.text = sign + text, .value = ns, .bar = bar_of(ns, largest, step)};
}

/// "+3.1 %" of what the second run has; nothing where that is nothing.
FigureCell share_cell(double difference, double of) {
  if (!(of > 0)) return {.text = QStringLiteral("–"), .value = difference == 0 ? 0 : HUGE_VAL};
  const double percent = 100 * difference / of;
  const QString sign = percent > 0 ? QStringLiteral("+") : percent < 0 ? QStringLiteral("−") : QString();
  return {.text = QStringLiteral("%1%2 %").arg(sign).arg(std::abs(percent), 0, 'f', 2), .value = percent};
}

std::vector<FigureColumn> of_both(const ResidualNames& names, const QString& what, const QString& share) {
  return {{.title = what, .number = false},
          {.title = names.first, .unit = ns()},
          {.title = names.second, .unit = ns()},
          {.title = tr("difference"),
           .tip = tr("First minus second: to the right the first takes longer."),
           .unit = ns(),
           .difference = true},
          {.title = share, .unit = QStringLiteral("%")}};
}

FigureRow row_of(const RunFacts& facts, const QString& name, double first, double second, double largest, double of,
                 double step) {
  return {.cells = {{.text = name},
                    time_cell(facts, first),
                    time_cell(facts, second),
                    difference_cell(facts, first - second, largest, step),
                    share_cell(first - second, of)}};
}

template <typename Of>
double largest_of(const std::vector<Residual>& all, Of of) {
  double largest = 0;
  for (const Residual& one : all) largest = std::max(largest, std::abs(of(one)));
  return largest;
}

}  // namespace

std::vector<FigureColumn> summary_columns(const ResidualNames& names) {
  return of_both(names, tr("mean over ranks"), tr("of the step"));
}

std::vector<FigureRow> summary_rows(const RunComparison& c, const RunFacts& facts) {
  struct Line {
    QString name;
    double first = 0, second = 0;
  };
  std::vector<Line> lines{{tr("step"), static_cast<double>(c.first_step), static_cast<double>(c.second_step)},
                          {tr("busy"), c.first_busy(), c.second_busy()}};
  for (std::size_t i = 0; i < kCategories; ++i) {
    const auto category = static_cast<Category>(i);
    if (!is_idle(category) || (c.first_time[i] == 0 && c.second_time[i] == 0)) continue;
    lines.push_back({QString::fromUtf8(to_text(category)), c.first_time[i], c.second_time[i]});
  }
  const auto step = static_cast<double>(c.second_step);
  double largest = 0;
  for (const Line& line : lines) largest = std::max(largest, std::abs(line.first - line.second));
  std::vector<FigureRow> rows;
  for (const Line& line : lines) {
    rows.push_back(row_of(facts, line.name, line.first, line.second, largest, step, step));
  }
  return rows;
}

std::vector<FigureColumn> class_columns(const ResidualNames& names) {
  std::vector<FigureColumn> columns = of_both(names, tr("class"), tr("relative"));
  columns.push_back({.title = tr("apart"),
                     .tip = tr("Sum over the ops that both have of how far they are apart, whichever is slower."),
                     .unit = ns()});
  columns.push_back({.title = tr("ops in both")});
  columns.push_back({.title = tr("in first")});
  columns.push_back({.title = tr("in second")});
  return columns;
}

std::vector<FigureRow> class_rows(const RunComparison& c, const RunFacts& facts) {
  const double largest = largest_of(c.classes, [](const Residual& one) { return one.difference(); });
  const double farthest = largest_of(c.classes, [](const Residual& one) { return one.absolute; });
  const auto step = static_cast<double>(c.second_step);
  const auto count = [](std::uint64_t n) {
    return FigureCell{.text = QString::number(n), .value = static_cast<double>(n)};
  };
  std::vector<FigureRow> rows;
  for (const Residual& one : c.classes) {
    FigureRow row = row_of(facts, QString::fromStdString(one.name), one.first, one.second, largest, one.second, step);
    FigureCell apart = time_cell(facts, one.absolute);
    apart.bar = bar_of(one.absolute, farthest, step);
    apart.colour = one.category;
    row.cells.push_back(apart);
    for (const std::uint64_t n : {one.count, one.first_count, one.second_count}) row.cells.push_back(count(n));
    row.span = one.first_span;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<FigureColumn> op_columns(const ResidualNames& names) { return of_both(names, tr("op"), tr("relative")); }

std::vector<FigureRow> op_rows(const RunComparison& c, const RunFacts& facts) {
  const double largest = largest_of(c.ops, [](const Residual& one) { return one.difference(); });
  std::vector<FigureRow> rows;
  for (const Residual& one : c.ops) {
    FigureRow row = row_of(facts, QString::fromStdString(one.name), one.first, one.second, largest, one.second,
                           static_cast<double>(c.second_step));
    row.span = one.first_span;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace braid
