// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/run/run_sweep.hpp"

#include <algorithm>
#include <memory>

#include "sim/base/error.hpp"
#include "sim/sweep/run/configuration.hpp"
#include "sim/sweep/run/resume.hpp"
#include "sim/sweep/run/worker_process.hpp"
#include "sim/sweep/store/pack.hpp"

namespace braid {
namespace {

constexpr std::size_t kMostWaiting = 200;
constexpr std::int64_t kLongestWaitNs = 200'000'000;

/// Rows on their way into the store, some at a time.
class Writer {
 public:
  explicit Writer(const std::function<void(const std::vector<Configuration>&)>& write) : write_(write) {}
  void take(Configuration row) {
    waiting_.push_back(std::move(row));
    if (waiting_.size() >= kMostWaiting) flush();
  }
  void flush_if_due() {
    if (steady_ns() - written_ >= kLongestWaitNs) flush();
  }
  void flush() {
    if (!waiting_.empty()) write_(waiting_);
    waiting_.clear();
    written_ = steady_ns();
  }

 private:
  std::function<void(const std::vector<Configuration>&)> write_;
  std::vector<Configuration> waiting_;
  std::int64_t written_ = steady_ns();
};

class Sweeping {
 public:
  Sweeping(const Sweep& sweep, SweepStore& store, const SweepOptions& options)
      : sweep_(sweep), store_(store), options_(options) {}

  /// False: it was told to stop.
  bool screen(const std::vector<std::int64_t>& points, SweepProgress& progress) {
    const Known known = known_points(store_, sweep_, points, options_.shards == 1);
    progress = {.stage = "screen", .points = static_cast<std::int64_t>(points.size())};
    progress.known = progress.done = progress.points - static_cast<std::int64_t>(known.unknown.size());
    for (const Configuration& row : known.rows) count(row, progress);
    Writer writer([this](const std::vector<Configuration>& rows) {
      store_.together([&] {
        for (const Configuration& row : rows) {
          if (!store_.add(row)) store_.add_same(row.choice, row.hash);
        }
      });
    });
    const auto screener = std::make_shared<Screener>();
    return play(
        known.unknown, progress, writer, [&](std::int64_t point) { return screen_point(sweep_, point, *screener); },
        [&](std::int64_t point, const std::string& fault) { return failed_point(sweep_, point, fault); });
  }

  bool refine(SweepProgress& progress) {
    const std::vector<Configuration> best = candidates();
    progress = {.stage = "refine", .points = static_cast<std::int64_t>(best.size())};
    std::vector<std::int64_t> points;
    std::vector<std::int64_t> ids;
    for (const Configuration& row : best) {
      if (is_refined(row) || !row.reason.empty()) {
        ++progress.known;
        count(row, progress);
      } else {
        points.push_back(row.point);
        ids.push_back(row.id);
      }
    }
    progress.done = progress.known;
    Writer writer([&, at = std::size_t{0}](const std::vector<Configuration>& rows) mutable {
      store_.together([&] {
        for (const Configuration& row : rows) {
          const std::int64_t id = ids[at++];
          if (row.ok()) {
            store_.refine(row);
          } else {
            Configuration screened = store_.at(id);
            screened.reason = "not refined: " + row.reason;
            store_.refine(screened);
          }
        }
      });
    });
    return play(
        points, progress, writer, [&](std::int64_t point) { return play_point(sweep_, point); },
        [&](std::int64_t, const std::string& fault) {
          return Configuration{.status = ConfigurationStatus::failed, .reason = fault};
        });
  }

 private:
  static void count(const Configuration& row, SweepProgress& progress) {
    progress.pruned += row.status == ConfigurationStatus::pruned;
    progress.failed += row.status == ConfigurationStatus::failed;
    progress.not_fitting += row.ok() && !row.fits;
  }

  template <class Work, class Faulty>
  bool play(const std::vector<std::int64_t>& points, SweepProgress& progress, Writer& writer, const Work& work,
            const Faulty& faulty) {
    const std::int64_t started = steady_ns();
    bool stopped = false;
    const auto tell = [&] {
      writer.flush_if_due();
      progress.elapsed_s = double(steady_ns() - started) * 1e-9;
      stopped = options_.progress && !options_.progress(progress);
      return !stopped;
    };
    const auto point_of = [&](std::int64_t task) { return points[static_cast<std::size_t>(task)]; };
    run_in_workers(
        static_cast<std::int64_t>(points.size()), options_.limits,
        [&](std::int64_t task) { return pack(work(point_of(task))); },
        [&](std::int64_t task, const TaskResult& result) {
          Configuration row = result.fault.empty() ? unpack(result.bytes) : faulty(point_of(task), result.fault);
          ++progress.done;
          count(row, progress);
          writer.take(std::move(row));
        },
        tell);
    writer.flush();
    if (!stopped) tell();
    return progress.done == progress.points;
  }

  /// The best by screening, refined or not.
  std::vector<Configuration> candidates() const {
    std::vector<Configuration> rows = store_.all(true);
    std::erase_if(rows, [this](const Configuration& row) {
      const bool too_tight = sweep_.refine_most_bytes > 0 && row.peak_memory_bytes > sweep_.refine_most_bytes;
      // What was refined did fit when it was chosen.
      const bool unfit = (!row.fits || too_tight) && !is_refined(row);
      return row.point < 0 || !row.ok() || unfit || screened_tokens_per_s(row) <= 0;
    });
    std::sort(rows.begin(), rows.end(), [](const Configuration& a, const Configuration& b) {
      const double left = screened_tokens_per_s(a), right = screened_tokens_per_s(b);
      return left != right ? left > right : a.point < b.point;
    });
    if (rows.size() > static_cast<std::size_t>(std::max(sweep_.refine, 0)))
      rows.resize(static_cast<std::size_t>(std::max(sweep_.refine, 0)));
    return rows;
  }

  const Sweep& sweep_;
  SweepStore& store_;
  const SweepOptions& options_;
};

std::vector<std::int64_t> of_shard(const std::vector<std::int64_t>& points, int shard, int shards) {
  if (shards < 1 || shard < 1 || shard > shards) throw Error("--shard", "is I/N with I from 1 to N, such as 3/16");
  std::vector<std::int64_t> mine;
  for (std::size_t i = static_cast<std::size_t>(shard - 1); i < points.size(); i += static_cast<std::size_t>(shards))
    mine.push_back(points[i]);
  return mine;
}

/// Of the first point's cluster: a sweep over clusters that are priced in several says so nowhere else.
std::string currency_of(const Sweep& sweep, const std::vector<std::int64_t>& points) try {
  return points.empty() ? "" : scenario_at(sweep, choice_of(sweep, points.front())).cluster.currency;
} catch (const Error&) { return ""; }

}  // namespace

SweepOutcome run_sweep(const Sweep& sweep, SweepStore& store, const SweepOptions& options) {
  store.claim();
  Expansion expansion = expand(sweep);
  const std::vector<std::int64_t> points = of_shard(expansion.points, options.shard, options.shards);
  tie(store, sweep, static_cast<std::int64_t>(expansion.points.size()));
  if (const std::string currency = currency_of(sweep, expansion.points); !currency.empty()) store.price_in(currency);
  SweepOutcome outcome{.dropped_by = std::move(expansion.dropped_by)};
  Sweeping sweeping(sweep, store, options);
  outcome.stopped = !sweeping.screen(points, outcome.screened);
  if (!outcome.stopped && options.shards == 1) outcome.stopped = !sweeping.refine(outcome.refined);
  return outcome;
}

}  // namespace braid
