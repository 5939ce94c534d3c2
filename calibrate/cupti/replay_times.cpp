// SPDX-License-Identifier: Apache-2.0
#include "calibrate/cupti/replay_times.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "calibrate/cupti/op_tag.hpp"
#include "sim/base/error.hpp"

namespace braid::gpu {
namespace {

constexpr std::size_t kNoOp = static_cast<std::size_t>(-1);
using Launches = std::vector<const GpuActivity*>;
using OpOfTag = std::unordered_map<std::uint64_t, std::size_t>;

std::size_t op_of_launch(const GpuTrace& t, const OpOfTag& ops, const GpuActivity& a) {
  const auto at = ops.find(t.tag(a));
  return at == ops.end() ? kNoOp : at->second;
}

/// Launches by replay, in the order in which the replays began.
std::vector<Launches> replays_of(const Launches& all) {
  std::vector<Launches> r;
  std::unordered_map<std::uint32_t, std::size_t> by_correlation;
  for (const auto* a : all) {
    const auto [at, first] = by_correlation.try_emplace(a->correlation, r.size());
    if (first) r.emplace_back();
    r[at->second].push_back(a);
  }
  return r;
}

/// The op of each launch of one replay by tag; nothing unless every op made as many launches as in the pass.
std::optional<std::vector<std::size_t>> whole_by_tag(const GpuTrace& t, const OpOfTag& ops, const Launches& replay,
                                                     const std::vector<Launches>& pass) {
  std::vector<std::size_t> op, count(pass.size(), 0);
  for (const auto* a : replay) {
    op.push_back(op_of_launch(t, ops, *a));
    if (op.back() == kNoOp) return std::nullopt;
    ++count[op.back()];
  }
  for (std::size_t i = 0; i < pass.size(); ++i)
    if (count[i] != pass[i].size()) return std::nullopt;
  return op;
}

void add_replay(ReplayTimes& r, const Launches& replay, const std::vector<std::size_t>& op) {
  std::vector<double> us(r.launches.size(), 0);
  for (std::size_t k = 0; k < replay.size(); ++k) us[op[k]] += replay[k]->us();
  for (std::size_t i = 0; i < us.size(); ++i) r.us[i].push_back(us[i]);
}

/// What ran in the pass, by op; returns what ran after it.
Launches split(const GpuTrace& t, const OpOfTag& ops, const std::vector<std::uint64_t>& bounds, ReplayTimes& r) {
  Launches after;
  for (const auto& a : t.activities) {
    if (a.start_ns < bounds.front()) continue;  // preparations
    if (a.start_ns >= bounds.back()) {
      after.push_back(&a);
      continue;
    }
    const auto clock =
        static_cast<std::size_t>(std::upper_bound(bounds.begin(), bounds.end(), a.start_ns) - bounds.begin() - 1);
    const auto tag = op_of_launch(t, ops, a);
    r.pass_untagged += tag == kNoOp;
    r.pass_astray += tag != kNoOp && tag != clock;
    r.launches[tag == kNoOp ? clock : tag].push_back(&a);
  }
  return after;
}

}  // namespace

ReplayTimes replay_times(const GpuTrace& t, const OpByOp& pass, std::size_t replays) {
  if (pass.bounds_ns.size() != pass.ops.size() + 1)
    throw Error("replay times", std::to_string(pass.ops.size()) + " ops need one bound more, not " +
                                    std::to_string(pass.bounds_ns.size()));
  OpOfTag ops;
  for (std::size_t i = 0; i < pass.ops.size(); ++i)
    if (!ops.emplace(tag_of(pass.ops[i]), i).second)
      throw Error("replay times", "two ops named " + to_text(pass.ops[i]));
  ReplayTimes r{.launches = std::vector<Launches>(pass.ops.size()),
                .us = std::vector<std::vector<double>>(pass.ops.size())};
  const Launches after = split(t, ops, pass.bounds_ns, r);

  Launches graph;
  std::copy_if(after.begin(), after.end(), std::back_inserter(graph), [](const auto* a) { return a->graph_node != 0; });
  const bool nodes = !graph.empty();
  if (!nodes) graph = after;  // a CUPTI that does not name nodes
  r.replayed = graph.size(), r.stray = after.size() - graph.size();
  for (const auto* a : graph) r.tagged += op_of_launch(t, ops, *a) != kNoOp;

  auto by_tag = nodes ? replays_of(graph) : std::vector<Launches>();
  if (by_tag.size() > replays) by_tag.erase(by_tag.begin(), by_tag.end() - static_cast<std::ptrdiff_t>(replays));
  std::vector<std::optional<std::vector<std::size_t>>> whole;
  for (const auto& replay : by_tag) whole.push_back(whole_by_tag(t, ops, replay, r.launches));
  const auto count = static_cast<std::size_t>(
      std::count_if(whole.begin(), whole.end(), [](const auto& ops_of) { return ops_of.has_value(); }));
  r.cut = replays - count;

  // By order: the op of each launch of one replay.
  std::vector<std::size_t> in_order;
  for (std::size_t i = 0; i < r.launches.size(); ++i) in_order.insert(in_order.end(), r.launches[i].size(), i);
  const std::size_t length = in_order.size();
  const bool ordered = length && graph.size() % length == 0 && graph.size() >= length * replays;
  const auto first = static_cast<std::ptrdiff_t>(ordered ? graph.size() - length * replays : 0);
  const auto nth = [&](std::size_t k) {
    const auto from = graph.begin() + first + static_cast<std::ptrdiff_t>(k * length);
    return Launches(from, from + static_cast<std::ptrdiff_t>(length));
  };

  if (ordered && replays && r.cut == 0) {
    r.agree = true;
    for (std::size_t k = 0; k < replays; ++k) r.agree = *r.agree && by_tag[k] == nth(k) && *whole[k] == in_order;
  }
  if (ordered && r.cut) {
    for (std::size_t k = 0; k < replays; ++k) add_replay(r, nth(k), in_order);
    r.by = MappedBy::order;
  } else if (count) {
    for (std::size_t k = 0; k < by_tag.size(); ++k)
      if (whole[k]) add_replay(r, by_tag[k], *whole[k]);
    r.by = MappedBy::tag;
  }
  return r;
}

std::string summary(const ReplayTimes& r) {
  const auto launches = std::accumulate(r.launches.begin(), r.launches.end(), std::size_t{0},
                                        [](std::size_t sum, const Launches& l) { return sum + l.size(); });
  const auto text = [](std::size_t n) { return std::to_string(n); };
  std::string s = "op by op " + text(launches) + " launches, " + text(r.pass_untagged) + " untagged, " +
                  text(r.pass_astray) + " in the time of another op; in replays " + text(r.tagged) + " of " +
                  text(r.replayed) + " tagged, " + text(r.stray) + " stray, " + text(r.cut) + " replays not whole; ";
  switch (r.by) {
    case MappedBy::tag:
      return s + "times by tag, " +
             (!r.agree   ? "the order cannot tell"
              : *r.agree ? "the order agrees"
                         : "the order DISAGREES");
    case MappedBy::order:
      return s + "times by order, tags cannot tell";
    case MappedBy::nothing:
      break;
  }
  return s + "NO times: neither tags nor order fit";
}

}  // namespace braid::gpu
