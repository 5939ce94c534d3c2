// SPDX-License-Identifier: Apache-2.0
#include "validate/device/step_timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace braid::gpu {
namespace {

constexpr std::uint64_t kNever = ~std::uint64_t{0};

struct Interval {
  std::uint64_t start = kNever, end = 0;
  bool any() const { return start != kNever; }
  void add(std::uint64_t from, std::uint64_t to) {
    start = std::min(start, from);
    end = std::max(end, to);
  }
};

/// Whether an op of the program is expected to launch something.
bool has_kernel(const RecordedSteps& s, const Op& op) {
  const WorkItem& work = s.program.works[op.work];
  const Placement& p = s.program.placement;
  switch (work.kind) {
    case WorkKind::compute:
      return true;
    case WorkKind::collective:
      return work.bytes > Bytes(0) && (work.scope == Scope::tp ? p.tp : p.dp) > 1;
    case WorkKind::message:
      return work.bytes > Bytes(0) && !(s.sender_writes && op.key.kind == OpKind::recv);
    case WorkKind::fixed:
      return work.fixed > Seconds(0);
    case WorkKind::copy:
      break;
  }
  return true;
}

class Builder {
 public:
  explicit Builder(const RecordedSteps& s) : s_(s), releases_(s.repeats, kNever), found_(s.repeats) {
    for (std::size_t i = 0; i < s.instances.size(); ++i)
      for (std::uint32_t op = 0; op < s.tags[i].size(); ++op)
        by_tag_[s.tags[i][op]].push_back({static_cast<std::uint32_t>(i), op});
    for (auto& repeat : found_)
      for (const auto& tags : s.tags) repeat.emplace_back(tags.size());
  }

  StepTimelines run() {
    find_releases();
    sort_activities();
    check_same_kernels();
    for (std::size_t r = 0; r < s_.repeats; ++r) out_.repeats.push_back(timeline_of(r));
    return std::move(out_);
  }

 private:
  struct Place {
    std::uint32_t instance, op;
  };
  const RankProgram& rank(std::size_t i) const {
    return s_.program.ranks[static_cast<std::size_t>(s_.instances[i].pp)];
  }

  void find_releases() {
    // Of several GPUs the first that was released: all are opened within a microsecond.
    for (const TaggedActivity& a : s_.activities)
      if (a.tag >= 1 && a.tag <= s_.repeats) releases_[a.tag - 1] = std::min(releases_[a.tag - 1], a.end_ns);
    for (std::size_t r = 0; r < s_.repeats; ++r)
      if (releases_[r] == kNever) throw Error("trace", fmt::format("repeat {} has no record of its release", r + 1));
    if (!std::is_sorted(releases_.begin(), releases_.end())) throw Error("trace", "repeats are not in order of time");
  }

  void sort_activities() {
    for (const TaggedActivity& a : s_.activities) {
      if (a.tag == kOwnTag || (a.tag >= 1 && a.tag <= s_.repeats)) continue;
      const auto after = std::upper_bound(releases_.begin(), releases_.end(), a.start_ns);
      if (after == releases_.begin()) continue;  // before the first step
      const auto repeat = static_cast<std::size_t>(after - releases_.begin()) - 1;
      const auto places = by_tag_.find(a.tag);
      if (places == by_tag_.end()) {
        ++out_.untagged;
        continue;
      }
      for (const Place& p : places->second) found_[repeat][p.instance][p.op].add(a.start_ns, a.end_ns);
    }
    for (std::size_t r = 0; r < s_.host.size(); ++r)
      for (const HostSpan& h : s_.host[r]) {
        // The host's idea of the release is a moment before the GPU's.
        const std::uint64_t start = std::max(h.start_ns, releases_[r]);
        found_[r][h.instance][h.op].add(start, std::max(h.end_ns, start));
      }
  }

  void check_same_kernels() {
    for (std::size_t i = 0; i < s_.instances.size(); ++i) {
      for (std::uint32_t op = 0; op < s_.tags[i].size(); ++op) {
        std::size_t with = 0;
        for (const auto& repeat : found_) with += repeat[i][op].any();
        const Op& o = rank(i).ops[op];
        if (with != 0 && with != s_.repeats) {
          throw Error(fmt::format("rank {}: {}", s_.instances[i].rank, to_text(o.key)),
                      fmt::format("was recorded in {} of {} repeats", with, s_.repeats));
        }
        if (with != 0 || !has_kernel(s_, o)) continue;
        if (out_.without_kernel++ == 0)
          out_.first_without_kernel = fmt::format("rank {}: {}", s_.instances[i].rank, to_text(o.key));
      }
    }
  }

  Timeline timeline_of(std::size_t repeat) {
    auto& found = found_[repeat];
    if (s_.sender_writes) copy_sends(found);
    if (repeat < s_.host.size())
      for (std::size_t i = 0; i < s_.instances.size(); ++i) cut_host_spans(found[i], i, repeat);
    for (std::size_t i = 0; i < s_.instances.size(); ++i) settle(found[i], i, releases_[repeat]);

    Timeline t{.provenance = {.kind = "measured", .facts = {}}};
    const Placement& p = s_.program.placement;
    const bool unfolded = p.tp * p.dp > 1;
    for (std::size_t i = 0; i < s_.instances.size(); ++i) {
      RankTimeline row{.rank = s_.instances[i].rank};
      const std::vector<Op>& ops = rank(i).ops;
      for (std::uint32_t op = 0; op < ops.size(); ++op) {
        Span span{.key = ops[op].key,
                  .start = since(found[i][op].start, releases_[repeat]),
                  .end = since(found[i][op].end, releases_[repeat])};
        if (unfolded) span.key.rank = row.rank;
        t.step_time = std::max(t.step_time, span.end);
        row.lanes[static_cast<std::size_t>(ops[op].lane)].push_back(span);
      }
      for (auto& lane : row.lanes)
        std::stable_sort(lane.begin(), lane.end(), [](const Span& a, const Span& b) { return a.start < b.start; });
      t.ranks.push_back(std::move(row));
    }
    return t;
  }

  void copy_sends(std::vector<std::vector<Interval>>& found) const {
    for (std::uint32_t i = 0; i < s_.instances.size(); ++i) {
      for (const Message& m : s_.program.messages) {
        if (m.to != s_.instances[i].pp) continue;
        found[i][m.recv_op] = found[pipeline_peer(s_.instances, i, m.from)][m.send_op];  // as recorded
      }
    }
  }

  /// Last ops first, so that of a chain of host spans each ends where the next one, as cut, begins.
  void cut_host_spans(std::vector<Interval>& spans, std::size_t i, std::size_t repeat) {
    std::vector<bool> timed(spans.size(), false);
    for (const HostSpan& h : s_.host[repeat])
      if (h.instance == i) timed[h.op] = true;
    std::vector<std::uint64_t> limit(spans.size(), kNever);
    for (std::size_t op = spans.size(); op-- > 0;) {
      Interval& span = spans[op];
      if (!span.any()) continue;
      if (timed[op] && span.end > limit[op]) {
        const double late = static_cast<double>(span.end - limit[op]) * 1e-9;
        if (late <= kHostSlackS) {
          out_.cut_s = std::max(out_.cut_s, late);
          span.end = limit[op];
          span.start = std::min(span.start, span.end);
        }
      }
      for (const std::uint32_t dep : rank(i).deps_of(rank(i).ops[op])) limit[dep] = std::min(limit[dep], span.start);
    }
  }

  /// Spans for ops without kernels, and starts moved by what the clock is off. In the order of enqueueing, in which
  /// whatever an op waits for comes before it.
  void settle(std::vector<Interval>& spans, std::size_t i, std::uint64_t release) {
    const RankIssue& plan = s_.plan[static_cast<std::size_t>(s_.instances[i].pp)];
    std::vector<std::uint64_t> stream_end(plan.streams.size(), release);
    for (const IssueStep& step : plan.steps) {
      const Op& op = rank(i).ops[step.op];
      std::uint64_t ready = release;
      const bool eager_recv =
          op.message != kNoMessage && op.key.kind == OpKind::recv && s_.program.p2p != P2pMode::batched;
      if (!eager_recv)
        for (const std::uint32_t dep : rank(i).deps_of(op))
          ready = std::max(ready, spans[dep].any() ? spans[dep].end : release);
      if (op.lane != Lane::pp) ready = std::max(ready, stream_end[step.stream]);
      Interval& span = spans[step.op];
      if (!span.any()) span = {ready, ready};
      if (span.start < ready) {
        const double early = static_cast<double>(ready - span.start) * 1e-9;
        if (early <= s_.clock_slack_s) {
          out_.moved_s = std::max(out_.moved_s, early);
          span.start = ready;
          span.end = std::max(span.end, span.start);
        }
      }
      stream_end[step.stream] = std::max(stream_end[step.stream], span.end);
    }
  }

  static Seconds since(std::uint64_t ns, std::uint64_t release) {
    return Seconds(1e-9 * static_cast<double>(static_cast<std::int64_t>(ns - release)));
  }

  const RecordedSteps& s_;
  std::vector<std::uint64_t> releases_;
  std::unordered_map<std::uint64_t, std::vector<Place>> by_tag_;
  std::vector<std::vector<std::vector<Interval>>> found_;  // by repeat, instance, op
  StepTimelines out_;
};

}  // namespace

StepTimelines step_timelines(const RecordedSteps& steps) { return Builder(steps).run(); }

}  // namespace braid::gpu
