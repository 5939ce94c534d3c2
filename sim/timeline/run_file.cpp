// SPDX-License-Identifier: Apache-2.0
#include "sim/timeline/run_file.hpp"

#include <algorithm>

#include "sim/timeline/tracks.hpp"

namespace braid {

std::string_view RunView::name_at(std::uint32_t i) const {
  if (i >= names()) return {};
  return {name_chars.data() + name_begin[i], name_begin[i + 1] - name_begin[i]};
}

std::span<const std::uint32_t> RunView::deps_of(std::uint32_t span) const {
  if (dep_begin.empty()) return {};
  return deps.subspan(dep_begin[span], dep_begin[span + 1] - dep_begin[span]);
}

std::uint32_t RunView::row_of(std::uint32_t span) const {
  // Rows of spans lie in order of their spans; counter rows among them are skipped by their kind.
  std::uint32_t found = kNoIndex;
  std::size_t low = 0, high = rows.size();
  while (low < high) {
    std::size_t middle = low + (high - low) / 2;
    const std::size_t at = middle;
    while (middle < high && rows[middle].kind == RowKind::counter) ++middle;
    if (middle == high) {
      high = at;
    } else if (rows[middle].begin <= span) {
      if (span < rows[middle].end) return static_cast<std::uint32_t>(middle);
      low = middle + 1;
    } else {
      high = at;
    }
  }
  return found;
}

std::string label_of(const RunView& run, std::uint32_t span) {
  if (!run.name.empty() && run.name[span] != kNoIndex) return std::string(run.name_at(run.name[span]));
  if (run.key.empty() || is_idle(run.category[span])) return to_text(run.category[span]);
  std::string text;
  append_name(text, run.key[span]);
  return text;
}

std::string rank_name(const RunView& run, std::size_t rank) {
  const RunRank& r = run.ranks[rank];
  return r.name == kNoIndex ? "rank " + std::to_string(r.rank) : std::string(run.name_at(r.name));
}

std::string row_name(const RunView& run, std::size_t row) {
  const RunRow& r = run.rows[row];
  if (r.name != kNoIndex) return std::string(run.name_at(r.name));
  return r.kind == RowKind::passes ? "passes" : to_text(r.lane);
}

std::uint32_t RunColumns::add_name(std::string_view text) {
  name_chars.insert(name_chars.end(), text.begin(), text.end());
  name_begin.push_back(name_chars.size());
  return static_cast<std::uint32_t>(name_begin.size() - 2);
}

RunView RunColumns::view() const {
  return {.facts = facts,
          .ranks = ranks,
          .rows = rows,
          .start = start,
          .end = end,
          .category = category,
          .half = half,
          .key = key,
          .name = name,
          .work = work,
          .stretch = stretch,
          .dep_begin = dep_begin,
          .deps = deps,
          .critical = critical,
          .points = points,
          .name_begin = name_begin,
          .name_chars = name_chars};
}

bool write_run_file(const RunView& run, const std::string& path, const std::function<bool()>& go_on) {
  ColumnWriter file(kRunFileKind);
  file.add("facts", std::span<const char>(run.facts));
  file.add("ranks", run.ranks);
  file.add("rows", run.rows);
  file.add("start", run.start);
  file.add("end", run.end);
  file.add("category", run.category);
  file.add("half", run.half);
  file.add("key", run.key);
  file.add("name", run.name);
  file.add("work", run.work);
  file.add("stretch", run.stretch);
  file.add("dep_begin", run.dep_begin);
  file.add("deps", run.deps);
  file.add("critical", run.critical);
  file.add("points", run.points);
  file.add("name_begin", run.name_begin);
  file.add("name_chars", run.name_chars);
  return file.write(path, go_on);
}

RunFile::RunFile(const std::string& path) : file_(path, kRunFileKind) {
  view_ = {.facts = file_.text("facts"),
           .ranks = file_.column<RunRank>("ranks"),
           .rows = file_.column<RunRow>("rows"),
           .start = file_.column<std::int64_t>("start"),
           .end = file_.column<std::int64_t>("end"),
           .category = file_.column<Category>("category"),
           .half = file_.column<Category>("half"),
           .key = file_.column<OpKey>("key"),
           .name = file_.column<std::uint32_t>("name"),
           .work = file_.column<std::uint16_t>("work"),
           .stretch = file_.column<std::uint32_t>("stretch"),
           .dep_begin = file_.column<std::uint32_t>("dep_begin"),
           .deps = file_.column<std::uint32_t>("deps"),
           .critical = file_.column<std::uint32_t>("critical"),
           .points = file_.column<CounterPoint>("points"),
           .name_begin = file_.column<std::uint64_t>("name_begin"),
           .name_chars = file_.column<char>("name_chars")};
  std::vector<Issue> issues = check(view_);
  for (Issue& issue : issues) issue.where = path + ": " + issue.where;
  throw_if_any(issues);
}

}  // namespace braid
