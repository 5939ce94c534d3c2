// SPDX-License-Identifier: Apache-2.0
#include "gui/view/run_names.hpp"

#include "gui/model/headline.hpp"

namespace braid {

QString run_name(const ViewState& state, std::size_t document) {
  std::vector<std::shared_ptr<const Trace>> runs;
  for (const ViewState::Document& one : state.documents()) runs.push_back(one.trace);
  return QString::fromStdString(run_names(runs)[document]);
}

}  // namespace braid
