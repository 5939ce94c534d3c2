// SPDX-License-Identifier: Apache-2.0
#include "gui/model/row_layout.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <sstream>
#include <tuple>

namespace braid {
namespace {

/// A heading to be: a stage, a rank of it, a process, what belongs to no rank.
struct Group {
  std::string id{}, label{}, path{};
  std::vector<std::size_t> ranks{};  ///< positions of all it stands for, folded ones too
  std::vector<Group> groups{};
  std::vector<std::uint32_t> rows{};  ///< of its only shown rank, if it has no groups
  bool collapses = false;             ///< its one row takes its label, no heading
};

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// As a part of the text, but "rank1" is not in "rank12".
bool has_word(const std::string& text, const std::string& word) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const std::size_t after = at + word.size();
    const bool cut_before = at > 0 && digit(word.front()) && digit(text[at - 1]);
    const bool cut_after = after < text.size() && digit(word.back()) && digit(text[after]);
    if (!cut_before && !cut_after) return true;
  }
  return false;
}

bool has_words(const std::string& path, const std::string& words) {
  std::string close = path;  // "stage0/rank3/tp"
  std::erase(close, ' ');
  const std::string text = lower(path + ' ' + close);
  std::istringstream stream(lower(words));
  for (std::string word; stream >> word;) {
    if (!has_word(text, word)) return false;
  }
  return true;
}

class Layouter {
 public:
  Layouter(const RunView& run, const LayoutOptions& options) : run_(run), options_(options) {
    rows_of_.resize(run.ranks.size() + 1);
    for (std::uint32_t row = 0; row < run.rows.size(); ++row) {
      const RunRow& r = run.rows[row];
      if (r.kind == RowKind::counter) continue;
      rows_of_[r.rank < 0 ? run.ranks.size() : static_cast<std::size_t>(r.rank)].push_back(row);
    }
  }

  std::vector<LayoutRow> rows() {
    for (const Group& group : groups()) add(group, 0, rows_);
    std::stable_partition(rows_.begin(), rows_.end(), [](const LayoutRow& row) { return row.pinned; });
    double top = 0;
    for (LayoutRow& row : rows_) {
      row.top = top;
      top += row.height;
    }
    return std::move(rows_);
  }

 private:
  // ---- groups

  std::vector<Group> groups() {
    std::vector<Group> all;
    std::vector<std::size_t> placed;
    for (std::size_t i = 0; i < run_.ranks.size(); ++i) {
      if (!rows_of_[i].empty() && run_.ranks[i].pp >= 0) placed.push_back(i);
    }
    std::stable_sort(placed.begin(), placed.end(), [&](std::size_t a, std::size_t b) {
      const RunRank &x = run_.ranks[a], &y = run_.ranks[b];
      return std::tie(x.pp, x.dp, x.tp) < std::tie(y.pp, y.dp, y.tp);
    });
    for (std::size_t begin = 0; begin < placed.size();) {
      std::size_t end = begin;
      while (end < placed.size() && run_.ranks[placed[end]].pp == run_.ranks[placed[begin]].pp) ++end;
      all.push_back(stage(
          {placed.begin() + static_cast<std::ptrdiff_t>(begin), placed.begin() + static_cast<std::ptrdiff_t>(end)}));
      begin = end;
    }
    for (std::size_t i = 0; i < run_.ranks.size(); ++i) {
      if (!rows_of_[i].empty() && run_.ranks[i].pp < 0) all.push_back(process(i));
    }
    if (!rows_of_.back().empty()) {
      all.push_back({.id = unique("cluster"), .label = "cluster", .path = "cluster", .rows = rows_of_.back()});
    }
    in_users_order(all);
    return all;
  }

  Group stage(const std::vector<std::size_t>& ranks) {
    const std::string number = std::to_string(run_.ranks[ranks.front()].pp);
    Group group{.id = unique("pp" + number), .label = "stage " + number, .ranks = ranks};
    group.path = group.label;
    std::vector<std::vector<std::size_t>> shown;  // each with those that are folded into it
    for (const std::size_t rank : ranks) {
      const auto peer =
          !options_.fold_tp_peers && !options_.fold_dp_replicas
              ? shown.end()
              : std::find_if(shown.begin(), shown.end(), [&](const auto& s) { return folds(s.front(), rank); });
      if (peer == shown.end()) {
        shown.push_back({rank});
      } else {
        peer->push_back(rank);
      }
    }
    for (const std::vector<std::size_t>& peers : shown) {
      const RunRank& first = run_.ranks[peers.front()];
      Group one{.label = rank_name(run_, peers.front()), .ranks = peers, .rows = rows_of_[peers.front()]};
      one.path = group.path + '/' + one.label;
      if (peers.size() > 1) one.label += " (first of " + std::to_string(peers.size()) + ')';
      one.id = unique(group.id + "/tp" + std::to_string(std::max(first.tp, 0)) + "/dp" +
                      std::to_string(std::max(first.dp, 0)));
      group.groups.push_back(std::move(one));
    }
    if (ranks.size() == 1) {  // a heading for the rank would say the same again
      Group only = std::move(group.groups.front());
      only.label = group.label;
      row_prefix_[group.id] = only.id;
      only.id = group.id;
      only.collapses =
          std::count_if(only.rows.begin(), only.rows.end(), [&](std::uint32_t row) { return wanted(row); }) == 1;
      return only;
    }
    in_users_order(group.groups);
    return group;
  }

  Group process(std::size_t rank) {
    const std::string name = rank_name(run_, rank);
    return {.id = unique("rank" + std::to_string(run_.ranks[rank].rank)),
            .label = name,
            .path = name,
            .ranks = {rank},
            .rows = rows_of_[rank]};
  }

  bool folds(std::size_t shown, std::size_t rank) const {
    const RunRank &a = run_.ranks[shown], &b = run_.ranks[rank];
    if (a.tp == b.tp && a.dp == b.dp) return false;
    const bool tp = a.tp == b.tp || (options_.fold_tp_peers && a.tp >= 0 && b.tp >= 0);
    const bool dp = a.dp == b.dp || (options_.fold_dp_replicas && a.dp >= 0 && b.dp >= 0);
    return tp && dp;
  }

  void in_users_order(std::vector<Group>& groups) const {
    const auto place = [&](const Group& g) {
      return std::find(options_.order.begin(), options_.order.end(), g.id) - options_.order.begin();
    };
    std::stable_sort(groups.begin(), groups.end(), [&](const Group& a, const Group& b) { return place(a) < place(b); });
  }

  std::string unique(const std::string& id) {
    std::string free = id;
    for (int n = 2; !ids_.insert(free).second; ++n) free = id + '#' + std::to_string(n);
    return free;
  }

  // ---- rows

  /// By kind and lane; what the structure depends on.
  bool wanted(std::uint32_t row) const {
    const RunRow& r = run_.rows[row];
    return r.kind == RowKind::passes ? options_.show_passes : !options_.hidden_lanes.contains(r.lane);
  }
  bool is_active(std::uint32_t row) const {
    const RunRow& r = run_.rows[row];
    const auto ends = run_.end.subspan(r.begin, r.end - r.begin);
    // Spans of a row do not overlap, so their ends are in order as well.
    auto i = static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), options_.active.begin) - ends.begin());
    for (i += r.begin; i < r.end && run_.start[i] < options_.active.end; ++i) {
      if (!is_idle(run_.category[i])) return true;
    }
    return false;
  }
  bool is_compute_row(std::uint32_t row) const {
    return run_.rows[row].kind == RowKind::lane && run_.rows[row].lane == Lane::compute;
  }
  double height_of(std::uint32_t row) const {
    const bool full = run_.rows[row].kind == RowKind::passes || run_.rows[row].lane == Lane::compute;
    return full ? options_.row_height : std::max(3.0, options_.row_height / 2);
  }

  void add(const Group& group, int depth, std::vector<LayoutRow>& out) {
    const bool folded = !group.collapses && options_.folded.contains(group.id);
    std::vector<LayoutRow> below;
    const int under = group.collapses ? depth : depth + 1;
    for (const Group& sub : group.groups) add(sub, under, below);
    const auto prefix = row_prefix_.find(group.id);
    for (const std::uint32_t row : group.rows) {
      add_row(group, prefix == row_prefix_.end() ? group.id : prefix->second, row, under, below);
    }
    const auto is_pinned = [](const LayoutRow& row) { return row.pinned; };
    if (!group.collapses && !std::all_of(below.begin(), below.end(), is_pinned))
      out.push_back(heading(group, depth, folded));
    for (LayoutRow& row : below) {
      if (!folded || row.pinned) out.push_back(std::move(row));
    }
  }

  LayoutRow heading(const Group& group, int depth, bool folded) const {
    // Between a line that can be read and one that takes no more room than a row.
    LayoutRow row{.kind = LayoutRow::Kind::heading,
                  .label = group.label,
                  .id = group.id,
                  .path = group.groups.empty() && group.label.starts_with("stage ") ? group.label : group.path,
                  .depth = depth,
                  .folded = folded,
                  .height = std::clamp(options_.row_height, 11.0, 18.0)};
    if (!folded) return row;
    row.height = std::max(row.height, options_.row_height);
    std::vector<std::size_t> ranks = group.ranks;
    if (ranks.empty()) ranks.push_back(run_.ranks.size());
    for (const std::size_t rank : ranks) {
      std::copy_if(rows_of_[rank].begin(), rows_of_[rank].end(), std::back_inserter(row.members),
                   [&](std::uint32_t r) { return is_compute_row(r); });
    }
    if (row.members.empty()) {
      for (const std::size_t rank : ranks)
        row.members.insert(row.members.end(), rows_of_[rank].begin(), rows_of_[rank].end());
    }
    return row;
  }

  void add_row(const Group& group, const std::string& prefix, std::uint32_t index, int depth,
               std::vector<LayoutRow>& out) {
    const std::string name = row_name(run_, index);
    LayoutRow row{.members = {index},
                  .label = name,
                  .id = unique(prefix + '/' + name),
                  .path = group.path + '/' + name,
                  .depth = depth,
                  .height = height_of(index)};
    row.pinned = options_.pinned.contains(row.id);
    if (!row.pinned) {
      if (!wanted(index) || (!options_.filter.empty() && !has_words(row.path, options_.filter)) ||
          (options_.only_active && !is_active(index))) {
        return;
      }
    }
    const bool main_row = run_.rows[index].kind == RowKind::passes || is_compute_row(index);
    if (group.collapses) row.label = main_row ? group.label : group.label + ' ' + name;
    if (row.pinned) {
      row.depth = 0;
      row.label = group.groups.empty() && group.label.starts_with("stage ") ? group.label + ' ' + name : row.path;
    }
    out.push_back(std::move(row));
  }

  const RunView& run_;
  const LayoutOptions& options_;
  std::vector<std::vector<std::uint32_t>> rows_of_;  ///< by position of the rank; the last of no rank
  std::set<std::string> ids_;
  std::map<std::string, std::string> row_prefix_;  ///< ids of rows name the rank even where its heading does not
  std::vector<LayoutRow> rows_;
};

}  // namespace

std::vector<LayoutRow> layout_rows(const RunView& run, const LayoutOptions& options) {
  return Layouter(run, options).rows();
}

double total_height(const std::vector<LayoutRow>& rows) {
  return rows.empty() ? 0 : rows.back().top + rows.back().height;
}

std::size_t row_at(const std::vector<LayoutRow>& rows, double y) {
  if (y < 0) return rows.size();
  const auto after =
      std::upper_bound(rows.begin(), rows.end(), y, [](double at, const LayoutRow& row) { return at < row.top; });
  if (after == rows.begin()) return rows.size();
  const auto row = after - 1;
  return y < row->top + row->height ? static_cast<std::size_t>(row - rows.begin()) : rows.size();
}

}  // namespace braid
