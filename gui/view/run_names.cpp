// SPDX-License-Identifier: Apache-2.0
#include "gui/view/run_names.hpp"

#include <algorithm>

#include "gui/model/headline.hpp"

namespace braid {
namespace {

QString plain_name(const Trace& trace) { return QString::fromStdString(run_title(trace.facts(), trace.path())); }

}  // namespace

QString run_name(const ViewState& state, std::size_t document) {
  const auto& documents = state.documents();
  const QString name = plain_name(*documents[document].trace);
  const auto same = std::ranges::count_if(documents, [&](const auto& one) { return plain_name(*one.trace) == name; });
  return same == 1 && !name.isEmpty() ? name : QStringLiteral("%1 (%2)").arg(name).arg(document + 1);
}

}  // namespace braid
