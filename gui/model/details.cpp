// SPDX-License-Identifier: Apache-2.0
#include "gui/model/details.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gui/model/find.hpp"
#include "sim/base/units.hpp"
#include "sim/report/html_parts.hpp"
#include "sim/report/svg.hpp"

namespace braid {
namespace {

constexpr std::size_t kMostDeps = 64;
constexpr std::size_t kMostIdle = 10;

std::string rate_text(double per_second, const char* unit) {
  for (const auto& [scale, prefix] : {std::pair{1e15, "P"}, {1e12, "T"}, {1e9, "G"}, {1e6, "M"}}) {
    if (per_second >= scale) return fmt::format("{:.4g} {}{}", per_second / scale, prefix, unit);
  }
  return fmt::format("{:.4g} {}", per_second, unit);
}

/// To the nanosecond: a point in time has no digits to lose.
std::string point_text(const RunFacts& facts, std::int64_t ns) {
  return facts.time_unit == "slot" ? time_text(facts, ns) : shortest(static_cast<double>(ns) * 1e-6, 6) + " ms";
}

class Details {
 public:
  Details(const Trace& trace, std::uint32_t span) : run_(trace.run()), facts_(trace.facts()), span_(span) {}

  std::vector<DetailLine> lines() {
    what();
    when();
    if (is_idle(run_.category[span_])) {
      why_idle();
    } else {
      work();
      waits_for();
      held_up();
      blamed();
    }
    return std::move(lines_);
  }

  /// "rank 3, tp" of any span.
  std::string place_of(std::uint32_t span) const {
    const std::uint32_t row = run_.row_of(span);
    if (row == kNoIndex) return "";
    const std::int32_t rank = run_.rows[row].rank;
    return (rank < 0 ? "cluster" : rank_name(run_, static_cast<std::size_t>(rank))) + ", " + row_name(run_, row);
  }
  std::string why(std::uint32_t idle) const {
    return meaning_of(static_cast<Cause>(static_cast<int>(run_.category[idle]) - static_cast<int>(Category::idle_tp)));
  }

 private:
  void add(std::string name, std::string value, std::uint32_t span = kNoIndex) {
    lines_.push_back({.name = std::move(name), .value = std::move(value), .span = span});
  }
  void head(std::string name) { lines_.push_back({.name = std::move(name), .value = {}, .heading = true}); }
  std::int64_t length_of(std::uint32_t span) const { return run_.end[span] - run_.start[span]; }
  std::string time(std::int64_t ns) const { return time_text(facts_, ns); }

  void what() {
    head(label_of(run_, span_));
    const std::uint32_t row = run_.row_of(span_);
    const std::int32_t at = row == kNoIndex ? -1 : run_.rows[row].rank;
    if (at >= 0) {
      const RunRank& rank = run_.ranks[static_cast<std::size_t>(at)];
      std::string place;
      for (const auto& [name, index] : {std::pair{"stage", rank.pp}, {"tp", rank.tp}, {"dp", rank.dp}}) {
        if (index >= 0) place += fmt::format("{}{} {}", place.empty() ? ": " : ", ", name, index);
      }
      add("rank", rank_name(run_, static_cast<std::size_t>(at)) + place);
      const auto n = static_cast<std::size_t>(at);
      const int gpus = n < facts_.gpus.size() ? facts_.gpus[n] : facts_.multiplicity;
      if (gpus > 1) add("played for", fmt::format("{} ranks that do the same", gpus));
    }
    if (row != kNoIndex) add("lane", row_name(run_, row));
    const Category category = run_.category[span_];
    const Category half = run_.half.empty() ? category : run_.half[span_];
    add("category",
        half == category ? to_text(category) : fmt::format("braid of {} and {}", to_text(category), to_text(half)));
    if (run_.key.empty() || is_idle(category)) return;
    const OpKey& key = run_.key[span_];
    if (key.microbatch >= 0) add("microbatch", std::to_string(key.microbatch));
    if (key.chunk >= 0) add("chunk", std::to_string(key.chunk));
    if (key.layer >= 0) add("layer", std::to_string(key.layer));
  }

  void when() {
    add("start", point_text(facts_, run_.start[span_]));
    add("end", point_text(facts_, run_.end[span_]));
    std::string length = time(length_of(span_));
    if (facts_.step_time_ns > 0) {
      length += fmt::format(" ({:.2g} % of the step)",
                            100.0 * static_cast<double>(length_of(span_)) / static_cast<double>(facts_.step_time_ns));
    }
    add("duration", length);
    if (!run_.stretch.empty() && run_.stretch[span_] > 0 && length_of(span_) > 0) {
      add("stretch", fmt::format("{} of it by contention ({:.3g} %)", time(run_.stretch[span_]),
                                 100.0 * run_.stretch[span_] / static_cast<double>(length_of(span_))));
    }
    if (run_.critical.empty() || is_idle(run_.category[span_])) return;
    const bool on = std::find(run_.critical.begin(), run_.critical.end(), span_) != run_.critical.end();
    add("critical path", on ? "on it" : "not on it");
  }

  void work() {
    if (run_.work.empty() || run_.work[span_] == kNoWork || run_.work[span_] >= facts_.works.size()) return;
    const WorkFacts& work = facts_.works[run_.work[span_]];
    const double seconds = static_cast<double>(length_of(span_)) * 1e-9;
    head("work");
    if (!work.op_class.empty()) add("class", work.op_class);
    if (!work.shape.empty()) add("shape", work.shape);
    if (work.flops > 0) add("arithmetic", rate_text(work.flops, "FLOP"));
    if (work.bytes > 0) add("bytes", to_text(Bytes(work.bytes)));
    if (work.flops > 0 && seconds > 0) add("achieved", rate_text(work.flops / seconds, "FLOP/s"));
    if (work.bytes > 0 && seconds > 0) add("achieved", rate_text(work.bytes / seconds, "B/s"));
    if (work.price_s > 0) {
      add("predicted, alone", to_text(Seconds(work.price_s)));
      const double off = 100 * (seconds / work.price_s - 1);
      // Durations are whole nanoseconds: what is below that is no difference.
      if (seconds > 0) add("against it", std::abs(off) < 0.005 ? "equal" : fmt::format("{:+.3g} %", off));
    }
    if (!work.source.empty()) add("price from", work.source);
  }

  void waits_for() {
    const auto deps = run_.deps_of(span_);
    if (deps.empty()) return;
    std::vector<std::uint32_t> sorted(deps.begin(), deps.end());
    std::stable_sort(sorted.begin(), sorted.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return run_.end[a] > run_.end[b]; });
    head(fmt::format("waits for {}", sorted.size()));
    for (std::size_t i = 0; i < std::min(sorted.size(), kMostDeps); ++i) link(sorted[i], sorted[i], span_);
  }

  void held_up() {
    const std::vector<std::uint32_t> dependents = dependents_of(run_, span_, kMostDeps);
    if (dependents.empty()) return;
    head(fmt::format("waited for by {}{}", dependents.size(), dependents.size() == kMostDeps ? " or more" : ""));
    for (const std::uint32_t other : dependents) link(other, span_, other);
  }

  /// A recv covers the time of its send. Others too may begin before what they wait for ends: a message needs no op
  /// that is ready for it, and measured clocks differ.
  void link(std::uint32_t other, std::uint32_t first, std::uint32_t then) {
    const std::int64_t slack = run_.start[then] - run_.end[first];
    const bool one_transfer = run_.category[first] == Category::pp && run_.category[then] == Category::pp &&
                              run_.start[first] == run_.start[then] && run_.end[first] == run_.end[then];
    const std::string text = one_transfer ? "the same transfer"
                             : slack < 0  ? fmt::format("begins {} before its end", time(-slack))
                                          : "slack " + time(slack);
    add(full_label_of(run_, other), fmt::format("{}  ({})", text, place_of(other)), other);
  }

  void blamed() {
    std::vector<std::uint32_t> idle = idle_blamed_on(run_, span_);
    if (idle.empty()) return;
    std::int64_t sum = 0;
    for (const std::uint32_t piece : idle) sum += length_of(piece);
    std::stable_sort(idle.begin(), idle.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return length_of(a) > length_of(b); });
    head(fmt::format("to blame for {} idle", time(sum)));
    for (std::size_t i = 0; i < std::min(idle.size(), kMostIdle); ++i)
      add(label_of(run_, idle[i]), fmt::format("{}  ({})", time(length_of(idle[i])), place_of(idle[i])), idle[i]);
    if (idle.size() > kMostIdle) add("and", fmt::format("{} shorter ones", idle.size() - kMostIdle));
  }

  void why_idle() {
    head("why");
    add("cause", why(span_));
    const auto deps = run_.deps_of(span_);
    if (deps.size() != 2) return;
    const auto [waiting, blamed] = std::pair(deps[0], deps[1]);
    if (waiting == span_) return;  // nothing is known
    const bool after = run_.end[waiting] <= run_.start[span_];
    add(after ? "last op before" : "could not start",
        fmt::format("{}  ({})", full_label_of(run_, waiting), place_of(waiting)), waiting);
    if (waiting == blamed) return;
    add("waited for", fmt::format("{}  ({})", full_label_of(run_, blamed), place_of(blamed)), blamed);
    add("which ran",
        fmt::format("{} to {}", point_text(facts_, run_.start[blamed]), point_text(facts_, run_.end[blamed])));
    if (run_.start[blamed] <= run_.start[span_]) return;
    // It had not begun itself: what it waited for is the reason.
    const auto deps_of_blamed = run_.deps_of(blamed);
    const auto last = std::max_element(deps_of_blamed.begin(), deps_of_blamed.end(),
                                       [&](std::uint32_t a, std::uint32_t b) { return run_.end[a] < run_.end[b]; });
    if (last == deps_of_blamed.end() || run_.end[*last] <= run_.start[span_]) return;
    add("after it waited for", fmt::format("{}  ({})", full_label_of(run_, *last), place_of(*last)), *last);
  }

  const RunView& run_;
  const RunFacts& facts_;
  std::uint32_t span_;
  std::vector<DetailLine> lines_;
};

}  // namespace

std::vector<DetailLine> details_of(const Trace& trace, std::uint32_t span) {
  if (span >= trace.run().spans()) return {};
  return Details(trace, span).lines();
}

std::string tooltip_of(const Trace& trace, std::uint32_t span) {
  const RunView& run = trace.run();
  if (span >= run.spans()) return "";
  const Details details(trace, span);
  const std::string length = time_text(trace.facts(), run.end[span] - run.start[span]);
  if (!is_idle(run.category[span]))
    return fmt::format("{}: {}\n{}", label_of(run, span), length, details.place_of(span));
  std::string text = fmt::format("idle {}: {}", length, details.why(span));
  const auto deps = run.deps_of(span);
  if (deps.size() == 2 && deps[0] != deps[1])
    text += fmt::format("\nfor {} ({})", full_label_of(run, deps[1]), details.place_of(deps[1]));
  return text;
}

std::string full_label_of(const RunView& run, std::uint32_t span) {
  const bool named = !run.name.empty() && run.name[span] != kNoIndex;
  return named || run.key.empty() || is_idle(run.category[span]) ? label_of(run, span) : to_text(run.key[span]);
}

std::string time_text(const RunFacts& facts, std::int64_t ns) {
  if (facts.time_unit != "slot") return to_text(Seconds(static_cast<double>(ns) * 1e-9));
  const std::string slots = shortest(static_cast<double>(ns) * 1e-9, 4);
  return slots + (slots == "1" ? " slot" : " slots");
}

}  // namespace braid
