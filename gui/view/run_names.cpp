// SPDX-License-Identifier: Apache-2.0
#include "gui/view/run_names.hpp"

#include <QFileInfo>
#include <algorithm>

namespace braid {
namespace {

QString plain_name(const Trace& trace) {
  if (!trace.facts().title.empty()) return QString::fromStdString(trace.facts().title);
  return QFileInfo(QString::fromStdString(trace.path())).completeBaseName();
}

}  // namespace

QString run_name(const ViewState& state, std::size_t document) {
  const auto& documents = state.documents();
  const QString name = plain_name(*documents[document].trace);
  const auto same = std::ranges::count_if(documents, [&](const auto& one) { return plain_name(*one.trace) == name; });
  return same == 1 && !name.isEmpty() ? name : QStringLiteral("%1 (%2)").arg(name).arg(document + 1);
}

void go_to_span(ViewState& state, std::size_t document, std::uint32_t span) {
  // A span of a hundredth of the width is some fifteen pixels wide; zoomed in it takes a thirtieth.
  constexpr std::int64_t kLegible = 100, kZoomed = 30;
  state.select(document, span);
  const ViewState::Document& shown = state.documents()[document];
  const RunView& run = shown.trace->run();
  const std::int64_t begin = run.start[span] + shown.shift, end = run.end[span] + shown.shift;
  const TimeRange range = state.range();
  const std::int64_t length = std::max<std::int64_t>(end - begin, 1);
  const bool legible = length >= range.length() / kLegible;
  const bool in_view = length > range.length() ? begin < range.end && end > range.begin  //
                                               : begin >= range.begin && end <= range.end;
  if (legible && in_view) return;
  const std::int64_t wanted = legible ? range.length() : length * kZoomed;
  const std::int64_t from = begin + (end - begin) / 2 - wanted / 2;
  state.go_to({from, from + wanted});
}

}  // namespace braid
