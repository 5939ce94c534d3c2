// SPDX-License-Identifier: Apache-2.0
// Runs written down span by span, for tests with arithmetic by hand.
#pragma once

#include <vector>

#include "sim/timeline/run_file.hpp"

namespace braid {

struct SmallSpan {
  std::int64_t start = 0, end = 0;
  Category category = Category::forward;
  OpKey key{};
  const char* name = nullptr;
  std::vector<std::uint32_t> deps{};
};

/// Rows in the order in which they are given. Keys, names and dependences are columns as soon as one span has them.
class SmallRun {
 public:
  SmallRun& rank(RunRank rank) {
    run_.ranks.push_back(rank);
    return *this;
  }
  /// Of the rank that was given last.
  SmallRun& row(RowKind kind, Lane lane, const std::vector<SmallSpan>& spans) {
    const std::uint64_t begin = spans_.size();
    spans_.insert(spans_.end(), spans.begin(), spans.end());
    run_.rows.push_back({.rank = static_cast<std::int32_t>(run_.ranks.size()) - 1,
                         .kind = kind,
                         .lane = lane,
                         .begin = begin,
                         .end = spans_.size()});
    return *this;
  }
  SmallRun& facts(std::string json) {
    run_.facts = std::move(json);
    return *this;
  }

  RunColumns columns() const {
    RunColumns run = run_;
    bool keys = false, names = false, deps = false;
    for (const SmallSpan& span : spans_) {
      keys |= span.key != OpKey{};
      names |= span.name != nullptr;
      deps |= !span.deps.empty();
    }
    if (deps) run.dep_begin.push_back(0);
    for (const SmallSpan& span : spans_) {
      run.start.push_back(span.start);
      run.end.push_back(span.end);
      run.category.push_back(span.category);
      run.half.push_back(span.category);
      if (keys) run.key.push_back(span.key);
      if (names) run.name.push_back(span.name == nullptr ? kNoIndex : run.add_name(span.name));
      run.deps.insert(run.deps.end(), span.deps.begin(), span.deps.end());
      if (deps) run.dep_begin.push_back(static_cast<std::uint32_t>(run.deps.size()));
    }
    return run;
  }

 private:
  RunColumns run_;
  std::vector<SmallSpan> spans_;
};

}  // namespace braid
