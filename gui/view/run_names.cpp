// SPDX-License-Identifier: Apache-2.0
#include "gui/view/run_names.hpp"

#include <QFileInfo>
#include <algorithm>

#include "gui/view/navigation.hpp"

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
  // A hundredth of the width is some fifteen pixels; zoomed in it takes a thirtieth.
  constexpr std::int64_t kLegible = 100, kZoomed = 30;
  const ViewState::Document& shown = state.documents()[document];
  const RunView& run = shown.trace->run();
  const std::int64_t length = std::max<std::int64_t>(run.end[span] - run.start[span], 1);
  if (length >= state.range().length() / kLegible) return select_in_view(state, document, span);
  state.select(document, span);
  const std::int64_t begin = run.start[span] + shown.shift - length * kZoomed / 2;
  state.go_to({begin, begin + length * (kZoomed + 1)});
}

}  // namespace braid
