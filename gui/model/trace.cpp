// SPDX-License-Identifier: Apache-2.0
#include "gui/model/trace.hpp"

namespace braid {

Trace::Trace(RunFile file, std::string path) : path_(std::move(path)), file_(std::move(file)) {
  view_ = file_->view();
  finish();
}

Trace::Trace(RunColumns columns, std::string path) : path_(std::move(path)), columns_(std::move(columns)) {
  view_ = columns_.view();
  finish();
}

void Trace::finish() {
  facts_ = parse_run_facts(view_.facts);
  coverage_ = std::make_unique<Coverage>(view_);
  bool any = false;
  for (const RunRow& row : view_.rows) {
    if (row.kind == RowKind::counter || row.begin == row.end) continue;
    const TimeRange one{view_.start[row.begin], view_.end[row.end - 1]};
    extent_ = any ? TimeRange{std::min(extent_.begin, one.begin), std::max(extent_.end, one.end)} : one;
    any = true;
  }
  extent_.end = std::max(extent_.end, extent_.begin + 1);
}

}  // namespace braid
