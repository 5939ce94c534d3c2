// SPDX-License-Identifier: Apache-2.0
#include "sim/base/error.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <numeric>

namespace braid {
namespace {

std::string one_line(const std::string& where, const std::string& what) {
  return where.empty() ? what : where + ": " + what;
}

std::string all_lines(std::span<const Issue> issues) {
  std::string text;
  for (const Issue& issue : issues) {
    if (!text.empty()) text += '\n';
    text += one_line(issue.where, issue.what);
  }
  return text;
}

int edit_distance(std::string_view a, std::string_view b) {
  std::vector<int> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

bool begin_alike(std::string_view a, std::string_view b) { return !a.empty() && !b.empty() && a[0] == b[0]; }

bool abbreviates(std::string_view word, std::string_view candidate) {
  if (word.size() < 2 || !begin_alike(word, candidate)) return false;
  std::size_t found = 0;
  for (const char letter : candidate) {
    if (found < word.size() && letter == word[found]) ++found;
  }
  return found == word.size();
}

/// The shortest of those that the word abbreviates.
std::string spelt_out(std::string_view word, std::span<const std::string> known) {
  std::string shortest;
  for (const std::string& candidate : known) {
    if (abbreviates(word, candidate) && (shortest.empty() || candidate.size() < shortest.size())) shortest = candidate;
  }
  return shortest;
}

}  // namespace

Error::Error(std::string where, std::string what) : std::runtime_error(one_line(where, what)) {}
Error::Error(std::span<const Issue> issues) : std::runtime_error(all_lines(issues)) {}

void throw_if_any(std::span<const Issue> issues) {
  if (!issues.empty()) throw Error(issues);
}

std::string nearest_word(std::string_view word, std::span<const std::string> known) {
  std::string best;
  // More than a third of the letters wrong is another word, not a slip.
  int best_distance = std::max(2, static_cast<int>(word.size()) / 3) + 1;
  for (const std::string& candidate : known) {
    const int distance = edit_distance(word, candidate);
    if (distance >= static_cast<int>(word.size())) continue;  // nothing in common
    const bool nearer = distance < best_distance ||
                        (distance == best_distance && begin_alike(word, candidate) && !begin_alike(word, best));
    if (!nearer) continue;
    best_distance = distance;
    best = candidate;
  }
  return best.empty() ? spelt_out(word, known) : best;
}

void check_failed(const char* condition, const char* should_hold, const char* file, int line) {
  std::fprintf(stderr, "braid: bug at %s:%d: %s does not hold: %s\n", file, line, condition, should_hold);
  std::abort();
}

}  // namespace braid
