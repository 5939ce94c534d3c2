// SPDX-License-Identifier: Apache-2.0
// Rows by words of the command line.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "gui/model/row_layout.hpp"
#include "sim/base/error.hpp"

namespace braid {
namespace {

/// What is between commas and slashes: "stage0-3" is a name and a range, "tp" a name, "0-3" a range.
struct Word {
  std::string text;
  std::string name;
  std::optional<int> first, last;
};

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(at, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

/// The number that the text ends with is cut off it.
std::optional<int> cut_number(std::string& text) {
  std::size_t begin = text.size();
  while (begin > 0 && text[begin - 1] >= '0' && text[begin - 1] <= '9') --begin;
  int number = 0;
  const auto [end, error] = std::from_chars(text.data() + begin, text.data() + text.size(), number);
  if (begin == text.size() || error != std::errc{}) return std::nullopt;
  text.resize(begin);
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return number;
}

Word word_of(const std::string& text) {
  Word word{.text = text, .name = text, .first = {}, .last = {}};
  word.last = cut_number(word.name);
  word.first = word.last;
  if (word.last && word.name.ends_with('-')) {
    std::string before = word.name.substr(0, word.name.size() - 1);
    if (const std::optional<int> first = cut_number(before)) {
      word.first = first;
      word.name = before;
    }
  }
  return word;
}

bool names(const Word& word, const std::string& segment, bool is_first) {
  if (segment == word.text) return true;
  std::string name = segment;
  const std::optional<int> number = cut_number(name);
  if (!word.first) return name == word.name;  // "pp" is "pp 2" as well
  const bool named = word.name.empty() ? is_first : name == word.name;
  return named && number && *word.first <= *number && *number <= *word.last;
}

/// Whether the words name parts of the path, in order.
bool is_called(const LayoutRow& row, const std::string& part) {
  if (row.id == part || row.id.starts_with(part + '/')) return true;
  const std::vector<std::string> segments = split(row.path, '/');
  std::size_t at = 0;
  for (const std::string& text : split(part, '/')) {
    const Word word = word_of(text);
    while (at < segments.size() && !names(word, segments[at], at == 0)) ++at;
    if (at++ == segments.size()) return false;
  }
  return true;
}

std::string what_there_is(const std::vector<LayoutRow>& rows) {
  std::vector<std::string> groups, lanes;
  const auto add = [](std::vector<std::string>& to, const std::string& name) {
    if (std::find(to.begin(), to.end(), name) == to.end()) to.push_back(name);
  };
  for (const LayoutRow& row : rows) {
    const std::vector<std::string> segments = split(row.path, '/');
    add(groups, segments.front());
    if (row.kind == LayoutRow::Kind::spans) add(lanes, segments.back());
  }
  constexpr std::size_t kMost = 8;
  const auto list = [](const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const bool skips = names.size() > kMost && i >= kMost - 2 && i + 1 < names.size();
      if (skips && i > kMost - 2) continue;
      text += (i == 0 ? "" : ", ") + (skips ? "..." : names[i]);
    }
    return text;
  };
  return rows.empty() ? "there are no rows" : fmt::format("there are {}; of each {}", list(groups), list(lanes));
}

std::string label_without_heading(const LayoutRow& row) {
  std::vector<std::string> segments = split(row.path, '/');
  // Under a stage with one rank the rank says nothing new.
  if (row.depth == 1 && segments.size() == 3) segments.erase(segments.begin() + 1);
  std::string label;
  for (const std::string& segment : segments) label += (label.empty() ? "" : " ") + segment;
  return label;
}

}  // namespace

std::vector<LayoutRow> rows_called(const std::vector<LayoutRow>& rows, const std::string& words) {
  std::vector<bool> called(rows.size(), false);
  for (const std::string& part : split(words, ',')) {
    bool any = false;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!part.empty() && is_called(rows[i], part)) called[i] = any = true;
    }
    if (!any) throw Error("--rows", fmt::format("'{}' names no row; {}", part, what_there_is(rows)));
  }
  std::vector<LayoutRow> chosen;
  std::vector<bool> headed;  // by depth, of the rows above
  double top = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const LayoutRow& row = rows[i];
    headed.resize(static_cast<std::size_t>(row.depth) + 1);
    headed[static_cast<std::size_t>(row.depth)] = called[i];
    if (!called[i]) continue;
    LayoutRow& copy = chosen.emplace_back(row);
    const bool under_heading = row.depth > 0 && headed[static_cast<std::size_t>(row.depth) - 1];
    if (row.kind == LayoutRow::Kind::spans && row.depth > 0 && !row.pinned && !under_heading) {
      copy.label = label_without_heading(row);
      copy.depth = 0;
    }
    copy.top = top;
    top += copy.height;
  }
  return chosen;
}

}  // namespace braid
